const { default: circus } = require('jest-circus/runner');

/**
 * jest-circus, for files that have a test to run. Stryker says by name which tests judge a mutant, and
 * Jest would load every other file too, n8n with it, only to skip all of its tests.
 *
 * Stryker knows jest-circus by the name of the file.
 */

/** What the first run, of all tests, has found out of each file. */
const files = new Map();

module.exports = async function runFile(globalConfig, config, environment, runtime, testPath, ...others) {
	const { testNamePattern } = globalConfig;
	const names = files.get(testPath)?.names;
	if (names && testNamePattern) {
		const pattern = new RegExp(testNamePattern, 'i');
		if (!names.some((name) => pattern.test(name))) return nothingRun(testPath);
	}
	const startMs = Date.now();
	const result = await circus(globalConfig, config, environment, runtime, testPath, ...others);
	if (!testNamePattern && !names) {
		files.set(testPath, { ms: Date.now() - startMs, names: result.testResults.map(({ fullName }) => fullName) });
	}
	return result;
};

/** The quick files first: where one of them fails, the slow ones need not be asked. */
module.exports.byDuration = (tests) =>
	[...tests].sort((one, other) => (files.get(one.path)?.ms ?? 0) - (files.get(other.path)?.ms ?? 0));

function nothingRun(testFilePath) {
	const nowMs = Date.now();
	return {
		failureMessage: null,
		leaks: false,
		numFailingTests: 0,
		numPassingTests: 0,
		numPendingTests: 0,
		numTodoTests: 0,
		openHandles: [],
		perfStats: { end: nowMs, loadTestEnvironmentEnd: nowMs, loadTestEnvironmentStart: nowMs, runtime: 0, setupAfterEnvEnd: nowMs, setupAfterEnvStart: nowMs, setupFilesEnd: nowMs, setupFilesStart: nowMs, slow: false, start: nowMs },
		skipped: true,
		snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
		testFilePath,
		testResults: [],
	};
}

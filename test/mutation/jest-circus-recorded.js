const { default: circus } = require('jest-circus/runner');

/** By test file: how long it took in the first run, of all tests, and what their names are. */
const recorded = new Map();

/**
 * jest-circus, remembering what only it knows; for coveringFiles.js. Stryker goes by the name of this
 * file to see that it is jest-circus.
 */
module.exports = async function runFile(globalConfig, config, environment, runtime, testPath, ...others) {
	const startMs = Date.now();
	const result = await circus(globalConfig, config, environment, runtime, testPath, ...others);
	if (!globalConfig.testNamePattern && !recorded.has(testPath)) {
		recorded.set(testPath, { ms: Date.now() - startMs, names: result.testResults.map(({ fullName }) => fullName) });
	}
	return result;
};

module.exports.recorded = recorded;

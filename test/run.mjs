// npm test: every step runs, whatever became of the ones before it, and the last line counts them all.
// A step without a count of its own (the build, a linter) counts as one check.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const REPORTS = path.join(ROOT, '.cache', 'reports');
const JEST_CONFIG = 'test/jest.config.js';

const CHECKS = ['build', 'typecheck', 'lint', 'scan'];
// They take long on purpose and have commands of their own.
const SLOW_PROJECTS = new Set(['soak', 'mutation']);
// Each of their files starts n8n, or a cluster of it, and measures: two at once would spoil each other's figures.
const ONE_FILE_AT_A_TIME = new Set(['app', 'queue']);
const STEP_TIMEOUT_MS = 30 * 60_000;

/** Runs a command to its end, its output going to the terminal; says whether it ended well. */
function succeeds(command, args) {
	const options = { cwd: ROOT, stdio: 'inherit', timeout: STEP_TIMEOUT_MS };
	return spawnSync(command, args, options).status === 0;
}

function runCheck(script) {
	const passed = succeeds('npm', ['run', '--silent', script]);
	return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
}

/** Runs one jest project. A suite that could not run, or a run that left no report, is a failure. */
function runProject(project) {
	const report = path.join(REPORTS, `${project}.json`);
	const jest = path.join('node_modules', 'jest', 'bin', 'jest.js');
	const select = ['--config', JEST_CONFIG, '--selectProjects', project];
	// n8n's engine leaves timers and sockets behind that would keep a finished run from ending.
	const output = ['--forceExit', '--json', '--outputFile', report];
	const order = ONE_FILE_AT_A_TIME.has(project) ? ['--runInBand'] : [];
	const ended = succeeds(process.execPath, [jest, ...select, ...order, ...output]);
	if (!existsSync(report)) return { passed: 0, failed: 1 };
	const result = JSON.parse(readFileSync(report, 'utf8'));
	const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
	const unexplained = !ended || result.numTotalTests === 0 ? 1 : 0;
	return {
		passed: result.numPassedTests,
		failed: failed || unexplained,
		skipped: result.numPendingTests + result.numTodoTests,
	};
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
// Some rules and libraries change their behaviour by it; jest sets it for its own tests.
delete process.env.NODE_ENV;

const { projects } = createRequire(import.meta.url)('./jest.config.js');
const steps = [
	...CHECKS.map((name) => ({ name, run: () => runCheck(name) })),
	...projects
		.map(({ displayName }) => displayName)
		.filter((name) => !SLOW_PROJECTS.has(name))
		.map((name) => ({ name, run: () => runProject(name) })),
];

const lines = [];
const total = { passed: 0, failed: 0 };
for (const { name, run } of steps) {
	console.log(`\n── ${name}`);
	const { passed, failed, skipped = 0 } = run();
	total.passed += passed;
	total.failed += failed;
	const also = skipped > 0 ? `, ${skipped} skipped` : '';
	lines.push(`${name.padEnd(12)} ${passed} passed, ${failed} failed${also}`);
}

const summary = `${total.passed} passed, ${total.failed} failed`;
console.log(`\n${lines.join('\n')}\n\n${summary}`);
writeFileSync(path.join(REPORTS, 'summary.txt'), `${summary}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

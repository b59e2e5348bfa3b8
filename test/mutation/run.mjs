import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Mutation testing of nodes/shared, folder by folder: `npm run test:mutation -- [folder …] [options of Stryker]`.
 * Each folder is judged by its own tests, so that a mutant of a table is not asked for in all of them.
 */

const FOLDERS = ['http', 'webhook', 'operation'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STRYKER = fileURLToPath(new URL('../../node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url));

const chosen = process.argv.slice(2).filter((argument) => FOLDERS.includes(argument));
const options = process.argv.slice(2).filter((argument) => !FOLDERS.includes(argument));
const folders = chosen.length > 0 ? chosen : FOLDERS;

let failed = false;
for (const folder of folders) {
	console.log(`\nnodes/shared/${folder}`);
	const { status } = spawnSync(process.execPath, [STRYKER, 'run', 'test/mutation/stryker.config.mjs', ...options], {
		cwd: ROOT,
		stdio: 'inherit',
		env: { ...process.env, MUTATED_FOLDER: folder },
	});
	failed ||= status !== 0;
}
for (const folder of folders) console.log(summaryOf(folder));
process.exitCode = failed ? 1 : 0;

/** The score by Stryker's own definition: killed and timed out, of all that could be. */
function summaryOf(folder) {
	const report = `${ROOT}.cache/stryker/${folder}.report.json`;
	if (!existsSync(report)) return `${folder}: no report`;
	const mutants = Object.values(JSON.parse(readFileSync(report, 'utf8')).files).flatMap((file) => file.mutants);
	const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
	const [found, missed] = [count('Killed', 'Timeout'), count('Survived', 'NoCoverage')];
	return `${folder}: ${((100 * found) / (found + missed)).toFixed(1)} % (${found} of ${found + missed} mutants)`;
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installN8n } from '../../sandbox/n8n/install';

/**
 * Mutation testing of nodes/shared, folder by folder: `npm run test:mutation -- [folder …] [options of Stryker]`.
 * Each folder is judged by its own tests, so that a mutant of a table is not asked for in all of them.
 */

const FOLDERS = ['http', 'webhook', 'operation'];
const ROOT = join(__dirname, '../..');
const STRYKER = join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js');
/** Older ones copy the async context of every test file so far to every new promise: three times as long, and growing. */
const QUICK_NODE_MAJOR = 24;

interface Report {
	readonly files: Record<string, { readonly mutants: ReadonlyArray<{ readonly status: string }> }>;
}

const chosen = process.argv.slice(2).filter((argument) => FOLDERS.includes(argument));
const options = process.argv.slice(2).filter((argument) => !FOLDERS.includes(argument));
const folders = chosen.length > 0 ? chosen : FOLDERS;

async function main(): Promise<void> {
	const isQuick = Number.parseInt(process.versions.node, 10) >= QUICK_NODE_MAJOR;
	const node = isQuick ? process.execPath : (await installN8n()).node;
	for (const folder of folders) {
		console.log(`\nnodes/shared/${folder}`);
		const { status } = spawnSync(node, [STRYKER, 'run', 'test/mutation/stryker.config.mjs', ...options], {
			cwd: ROOT,
			stdio: 'inherit',
			env: { ...process.env, MUTATED_FOLDER: folder },
		});
		if (status !== 0) process.exitCode = 1;
	}
	for (const folder of folders) console.log(summaryOf(folder));
}

/** The score by Stryker's own definition: killed and timed out, of all that could be. */
function summaryOf(folder: string): string {
	const report = join(ROOT, '.cache/stryker', `${folder}.report.json`);
	if (!existsSync(report)) return `${folder}: no report`;
	const { files } = JSON.parse(readFileSync(report, 'utf8')) as Report;
	const mutants = Object.values(files).flatMap((file) => file.mutants);
	const count = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
	const [found, missed] = [count('Killed', 'Timeout'), count('Survived', 'NoCoverage')];
	return `${folder}: ${((100 * found) / (found + missed)).toFixed(1)} % (${found} of ${found + missed} mutants)`;
}

void main();

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { startContractBench } from '../contractBench';
import { NODES } from '../examples';
import { runExamples, schemaFiles } from './outputs';

const ROOT = path.resolve(__dirname, '../../..');

/** `npm run schemas`: writes what each operation puts out, for the previews of n8n's editor. */
async function main(): Promise<void> {
	const bench = await startContractBench();
	try {
		const files = schemaFiles(await runExamples(bench));
		for (const { folder } of NODES) rmSync(path.join(ROOT, 'nodes', folder, '__schema__'), { recursive: true, force: true });
		for (const [name, content] of files) {
			const file = path.join(ROOT, name);
			mkdirSync(path.dirname(file), { recursive: true });
			writeFileSync(file, content);
		}
		console.log(`${files.size} output schemas written`);
	} finally {
		await bench.stop();
	}
}

main()
	.catch((error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	})
	// n8n's engine leaves timers behind that would keep the process from ending.
	.finally(() => process.exit());

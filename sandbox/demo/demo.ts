import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { IConnections, IDataObject, INode, INodeExecutionData, IRun, ITaskData } from 'n8n-workflow';

import { createEngine, type Engine } from '../../test/support/engine';
import { startSandbox, type Sandbox } from '../index';
import { demoCredentials } from '../n8n/demoRecords';

/**
 * `npm run demo`: the example workflow `import-leads-and-close-deals` on n8n's own engine, without
 * the editor. The two file nodes are not part of the engine, so their output is pinned, as one
 * would pin it in the editor: the rows of the same CSV file.
 */

interface WorkflowFile {
	readonly nodes: INode[];
	readonly connections: IConnections;
}

const PROJECT = join(__dirname, '../..');
const WORKFLOW_FILE = 'workflows/import-leads-and-close-deals.json';
const CSV_FILE = 'sandbox/demo/leads.csv';
const PER_MINUTE = 500;
const PROGRESS_EVERY_MS = 500;

async function main(): Promise<void> {
	const sandbox = await startSandbox({ plan: 'professional' });
	try {
		sandbox.salesOs.seedDeals(50);
		const engine = await createEngine();
		const rows = await readRows();
		const workflow = await readWorkflow(engine, sandbox);
		print(`SalesOS sandbox: ${sandbox.salesOs.origin}, plan Professional, ${PER_MINUTE} requests a minute`);
		print(`${rows.length} rows in ${CSV_FILE}`);
		const startMs = Date.now();
		const stopProgress = showProgress(sandbox, startMs);
		const run = await engine.runWorkflow({
			...workflow,
			start: 'Extract the Rows',
			pinData: { 'Extract the Rows': rows },
		});
		stopProgress();
		report(run, sandbox, Date.now() - startMs);
	} finally {
		await sandbox.stop();
	}
}

async function readRows(): Promise<INodeExecutionData[]> {
	const csv = await readFile(join(PROJECT, CSV_FILE), 'utf8');
	return parse<IDataObject>(csv, { columns: true }).map((json) => ({ json }));
}

/** The workflow file with the sandbox's credentials; the nodes that need n8n's own packages left out. */
async function readWorkflow(engine: Engine, sandbox: Sandbox): Promise<WorkflowFile> {
	const { connections, nodes } = JSON.parse(await readFile(join(PROJECT, WORKFLOW_FILE), 'utf8')) as WorkflowFile;
	const references = new Map(
		demoCredentials(sandbox).map(({ data, type }) => [type, engine.credentials.add(type, data)]),
	);
	return {
		connections,
		nodes: nodes.map((node) => ({
			...node,
			type: engine.types.has(node.type) ? node.type : 'n8n-nodes-base.manualTrigger',
			credentials:
				node.credentials &&
				Object.fromEntries(Object.keys(node.credentials).map((type) => [type, references.get(type) ?? { id: null, name: '' }])),
		})),
	};
}

/** A line that is rewritten in place on a terminal, and printed now and then elsewhere. */
function showProgress(sandbox: Sandbox, startMs: number): () => void {
	let lastLine = '';
	const show = (): void => {
		const seconds = Math.round((Date.now() - startMs) / 1000);
		const { closed, created, limited, requests } = counts(sandbox);
		const line = `${created} leads created, ${closed} deals closed, ${requests} requests, ${limited} times 429`;
		if (process.stdout.isTTY) process.stdout.write(`\r  ${seconds} s  ${line}   `);
		else if (line !== lastLine) print(`  ${seconds} s  ${line}`);
		lastLine = line;
	};
	const timer = setInterval(show, PROGRESS_EVERY_MS);
	return () => {
		clearInterval(timer);
		show();
		if (process.stdout.isTTY) process.stdout.write('\n');
	};
}

function counts({ journal }: Sandbox) {
	const salesOs = journal.list({ vendor: 'salesOs' });
	const done = (method: string, route: string) =>
		salesOs.filter((entry) => entry.method === method && entry.route === route && entry.workDone).length;
	return {
		created: done('POST', '/v1/leads'),
		closed: done('POST', '/v1/deals/:id/close'),
		requests: journal.list().length,
		limited: salesOs.filter(({ status }) => status === 429).length,
	};
}

function report(run: IRun, sandbox: Sandbox, elapsedMs: number): void {
	const tasks = (name: string): ITaskData | undefined => run.data.resultData.runData[name]?.[0];
	const output = (name: string, index = 0): INodeExecutionData[] => tasks(name)?.data?.main[index] ?? [];
	const { closed, created, limited, requests } = counts(sandbox);
	const emails = new Set(output('Create Leads').map(({ json }) => json.email));
	print('');
	print(`Finished in ${(elapsedMs / 1000).toFixed(1)} s: ${run.status}`);
	print(`  leads created        ${created} (${emails.size} different emails in the output)`);
	print(`  rows refused         ${output('Create Leads', 1).length}`);
	for (const { json } of output('Create Leads', 1)) print(`    ${String(json.error)}`);
	print(`  deals moved          ${output('Move to Negotiation').length}`);
	print(`  deals closed         ${closed}`);
	print(`  OutboundSync account ${JSON.stringify(output('Check OutboundSync')[0]?.json.account)}`);
	print(`  requests             ${requests}, of them 429: ${limited}`);
	for (const [name, [task]] of Object.entries(run.data.resultData.runData)) {
		for (const hint of task.hints ?? []) print(`  hint of "${name}": ${hint.message}`);
		if (task.error) print(`  error of "${name}": ${task.error.message}`);
	}
	if (run.status !== 'success') process.exitCode = 1;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { IConnections, IDataObject, INode, INodeExecutionData, IRun } from 'n8n-workflow';

import { createEngine, type Engine } from '../../test/support/engine';
import { startSandbox, type Sandbox } from '../index';
import { demoCredentials } from '../n8n/demoRecords';
import { wrongFigures, type DemoFigures } from './figures';

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
		const figures = figuresOf(run, sandbox);
		report(run, sandbox, figures, Date.now() - startMs);
		const wrong = wrongFigures(figures);
		for (const problem of wrong) process.stderr.write(`Wrong: ${problem}\n`);
		if (wrong.length > 0) process.exitCode = 1;
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

/** What the sandbox did and answered so far. */
function counts({ journal }: Sandbox) {
	const salesOs = journal.list({ vendor: 'salesOs' });
	const done = (method: string, route: string) =>
		salesOs.filter((entry) => entry.method === method && entry.route === route && entry.workDone).length;
	return {
		created: done('POST', '/v1/leads'),
		moved: done('POST', '/v1/deals/:id/move'),
		closed: done('POST', '/v1/deals/:id/close'),
		requests: journal.list().length,
		limited: journal.list().filter(({ status }) => status === 429).length,
	};
}

function outputOf(run: IRun, name: string, index = 0): INodeExecutionData[] {
	return run.data.resultData.runData[name]?.[0]?.data?.main[index] ?? [];
}

function figuresOf(run: IRun, sandbox: Sandbox): DemoFigures {
	const { created, limited, moved } = counts(sandbox);
	const { deals, leads } = sandbox.salesOs.state;
	return {
		status: run.status,
		created,
		createdEmails: new Set(leads.all().map(({ email }) => email.toLowerCase())).size,
		output: outputOf(run, 'Create Leads').length,
		refused: outputOf(run, 'Create Leads', 1).map(({ json }) => (typeof json.error === 'string' ? json.error : '')),
		moved,
		closed: deals.all().filter(({ status }) => status === 'won').length,
		limited,
		accountKnown: outputOf(run, 'Check OutboundSync')[0]?.json.account !== undefined,
	};
}

function report(run: IRun, sandbox: Sandbox, figures: DemoFigures, elapsedMs: number): void {
	const { closed, created, createdEmails, limited, moved, refused, status } = figures;
	print('');
	print(`Finished in ${(elapsedMs / 1000).toFixed(1)} s: ${status}`);
	print(`  leads created        ${created} (${createdEmails} different emails)`);
	print(`  rows refused         ${refused.length}`);
	for (const reason of refused) print(`    ${reason}`);
	print(`  deals moved          ${moved}`);
	print(`  deals closed         ${closed}`);
	print(`  OutboundSync account ${JSON.stringify(outputOf(run, 'Check OutboundSync')[0]?.json.account)}`);
	print(`  requests             ${counts(sandbox).requests}, of them 429: ${limited}`);
	for (const [name, [task]] of Object.entries(run.data.resultData.runData)) {
		for (const hint of task.hints ?? []) print(`  hint of "${name}": ${hint.message}`);
		if (task.error) print(`  error of "${name}": ${task.error.message}`);
	}
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});

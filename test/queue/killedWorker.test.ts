import { readFile } from 'node:fs/promises';
import type { Execution } from '../../sandbox/n8n/records';
import type { Cluster, Member } from './cluster';
import { CLUSTER_START_TIMEOUT_MS, startCluster } from './cluster';
import { report } from './figures';
import type { ImportedLead } from './importWorkflow';
import { activateImport, someLeads } from './importWorkflow';
import { until } from '../support/until';

const LEADS = 300;
const KILLED_AFTER = 100;
/** A queue gives a worker up this long after it was heard of last; n8n's own: 60 s, looked at every 30 s. */
const LOCK_MS = 12_000;
const LOOK_MS = 4_000;

let cluster: Cluster;

beforeAll(async () => {
	cluster = await startCluster({
		workers: 2,
		webhooks: 1,
		// A window of the professional plan holds the whole import: nothing here is about quotas. Slow enough to be killed in the middle.
		sandbox: { plan: 'enterprise', latencyMs: 50 },
		env: {
			QUEUE_WORKER_LOCK_DURATION: String(LOCK_MS),
			QUEUE_WORKER_LOCK_RENEW_TIME: String(LOCK_MS / 4),
			QUEUE_WORKER_STALLED_INTERVAL: String(LOOK_MS),
		},
	});
}, CLUSTER_START_TIMEOUT_MS);

afterAll(async () => {
	await cluster?.stop();
}, 120_000);

function leads(): ImportedLead[] {
	return cluster.sandbox.salesOs.state.leads
		.all()
		.filter(({ email }) => email.endsWith('@import.example.com'))
		.map(({ company, email, name }) => ({ name, email, company: String(company) }))
		.sort((one, other) => one.email.localeCompare(other.email));
}

async function workerOf(executionId: string): Promise<Member> {
	return await until(`a worker that runs execution ${executionId}`, async () => {
		for (const worker of cluster.workers) {
			const log = await readFile(worker.instance.logFile, 'utf8');
			if (log.includes(`Worker started execution ${executionId} `)) return worker;
		}
		return undefined;
	});
}

it('leaves part of the import done, and a second run with Create or Update makes it exactly the input', async () => {
	const { journal } = cluster.sandbox;
	const input = someLeads(LEADS, 'import');
	const imported = await activateImport(cluster, 'upsert', { maxConcurrency: 5 });
	const executions = async () =>
		await cluster.session.api<{ data: Execution[] }>('GET', `/executions?workflowId=${imported.workflow.id}`);

	expect(await imported.start(input)).toBe(200);
	const [{ id }] = await until('the execution', async () => {
		const { data } = await executions();
		return data.length > 0 && data;
	});
	const worker = await workerOf(id);
	await until(`${KILLED_AFTER} leads`, () => leads().length >= KILLED_AFTER);
	await worker.instance.kill();
	const killedAtMs = Date.now();
	const requestsAtDeath = journal.count({ vendor: 'salesOs' });
	const doneAtDeath = leads().length;
	expect(doneAtDeath).toBeGreaterThanOrEqual(KILLED_AFTER);
	expect(doneAtDeath).toBeLessThan(LEADS);

	const broken = await until('what n8n makes of the broken execution', async () => {
		const { data } = await executions();
		return data[0].status !== 'running' && data[0].status !== 'new' && data;
	});
	const noticedAfterS = Math.round((Date.now() - killedAtMs) / 1000);
	// Not started over by n8n, neither by the other worker nor under another ID.
	expect(broken).toHaveLength(1);
	expect(['crashed', 'error']).toContain(broken[0].status);
	expect(journal.count({ vendor: 'salesOs' }) - requestsAtDeath).toBeLessThanOrEqual(5);
	const details = await cluster.session.api<{ data: { resultData: { error?: { message?: string }; runData: object } } }>(
		'GET',
		`/executions/${id}?includeData=true`,
	);

	// What was under way when the worker died may have been carried out after it.
	const doneBefore = leads().length;
	expect(doneBefore - doneAtDeath).toBeGreaterThanOrEqual(0);
	expect(doneBefore - doneAtDeath).toBeLessThanOrEqual(5);

	await worker.restart();
	expect((await executions()).data.map(({ status }) => status)).toEqual([broken[0].status]);
	const requestsBefore = journal.list({ vendor: 'salesOs' }).at(-1)?.id ?? 0;
	expect(await imported.start(input)).toBe(200);
	const [again] = await until('the end of the second run', async () => {
		const { data } = await executions();
		return data.length === 2 && data.every(({ status }) => status !== 'running' && status !== 'new') && data;
	});
	expect(again.status).toBe('success');
	expect(leads()).toEqual([...input].sort((one, other) => one.email.localeCompare(other.email)));
	const second = journal.list({ vendor: 'salesOs', afterId: requestsBefore });
	const created = second.filter(({ method }) => method === 'POST').length;
	expect(created).toBe(LEADS - doneBefore);
	report('killed worker', {
		'leads there when it died': doneAtDeath,
		'leads there before the second run': doneBefore,
		'status in n8n': broken[0].status,
		'told by n8n after s': noticedAfterS,
		'error in n8n': details.data.resultData.error?.message ?? 'none',
		'nodes with data in n8n': Object.keys(details.data.resultData.runData).join('+') || 'none',
		'requests of the second run': second.length,
		'of them creates': created,
	});
}, 360_000);

import type { INode } from 'n8n-workflow';
import type { Cluster } from './cluster';
import { CLUSTER_START_TIMEOUT_MS, startCluster } from './cluster';
import { report } from './figures';
import type { ImportedLead } from './importWorkflow';
import { activateImport, credentialOf, someLeads } from './importWorkflow';
import { serverWindows } from './serverWindows';
import { until } from '../support/until';

/** The smallest plan, where a few requests too many weigh most, at six times its speed. */
const PLAN = { plan: 'starter', windowMs: 10_000 } as const;
const LIMIT = 100;
const EXECUTIONS = 40;
const LEADS_EACH = 10;
const RUN_TIMEOUT_MS = 240_000;

let cluster: Cluster;

beforeAll(async () => {
	// Twenty on each worker, so that all forty run at once.
	cluster = await startCluster({ workers: 2, webhooks: 1, sandbox: PLAN, env: { N8N_CONCURRENCY_PRODUCTION_LIMIT: '20' } });
	// As the editor does with every credential that is saved in it. n8n keeps the token that this mints.
	const { id } = credentialOf(cluster, 'salesOsOAuth2Api').salesOsOAuth2Api;
	expect(await cluster.session.testCredential(String(id))).toMatchObject({ status: 'OK' });
}, CLUSTER_START_TIMEOUT_MS);

afterAll(async () => {
	await cluster?.stop();
}, 120_000);

function mints(): number {
	return cluster.sandbox.journal.list({ vendor: 'salesOsAuth', path: '/oauth/token' }).filter(({ status }) => status === 200).length;
}

interface Outcome {
	/** Executions that have begun before the first one ended. */
	atOnce: number;
	requests: number;
	refused: number;
	busiest: number;
	mints: number;
}

/** Runs all executions at once from an empty sandbox; checks what must hold in any case. */
async function runAtOnce(label: string, options: INode['parameters']): Promise<Outcome> {
	const { journal, salesOs } = cluster.sandbox;
	const before = new Set(salesOs.state.leads.all().map(({ id }) => id));
	const mintsBefore = mints();
	const lastId = journal.list().at(-1)?.id ?? 0;
	const imported = await activateImport(cluster, 'create', options);
	// The windows are counted from the run's first request on, so that one must open a window of the server.
	await until('the end of the last window', () => Date.now() >= (journal.list({ vendor: 'salesOs' }).at(-1)?.at ?? 0) + PLAN.windowMs);
	const batches = Array.from({ length: EXECUTIONS }, (_, index) => someLeads(LEADS_EACH, `${label}-${index}`));
	const startedAtMs = Date.now();
	const statuses = await Promise.all(batches.map(async (leads) => await imported.start(leads)));
	expect(new Set(statuses)).toEqual(new Set([200]));
	const { id: workflowId } = imported.workflow;
	const executions = await until(
		`the end of ${EXECUTIONS} executions`,
		async () => {
			const all = await cluster.session.listExecutions({ workflowId });
			return all.length === EXECUTIONS && all.every(({ status }) => status !== 'new' && status !== 'running') && all;
		},
		RUN_TIMEOUT_MS,
	);
	const seconds = Math.round((Date.now() - startedAtMs) / 1000);
	expect(executions.map(({ status }) => status)).toEqual(Array.from({ length: EXECUTIONS }, () => 'success'));
	const firstEndMs = Math.min(...executions.map(({ stoppedAt }) => Date.parse(String(stoppedAt))));
	const atOnce = executions.filter(({ startedAt }) => Date.parse(String(startedAt)) <= firstEndMs).length;

	const created = salesOs.state.leads.all().filter(({ id }) => !before.has(id));
	expect(created.map(({ company, email, name }) => ({ company, email, name })).sort(byEmail)).toEqual(
		batches.flat().map(({ company, email, name }) => ({ company, email, name })).sort(byEmail),
	);

	const sent = journal.list({ vendor: 'salesOs', path: '/v1/leads', afterId: lastId });
	const windows = serverWindows(sent, PLAN.windowMs);
	const refused = sent.filter(({ status }) => status === 429).length;
	const busiest = Math.max(...windows.map(({ requests }) => requests));
	report(label, {
		seconds,
		'executions at once': atOnce,
		requests: sent.length,
		'requests answered 429': `${refused} (${((100 * refused) / sent.length).toFixed(2)} %)`,
		'in each window of the server': windows.map((window) => `${window.requests}${window.refused > 0 ? ` (${window.refused} refused)` : ''}`).join(' '),
		'busiest 10 s, wherever they begin': journal.busiestWindow(PLAN.windowMs, { vendor: 'salesOs', path: '/v1/leads', afterId: lastId }),
		'tokens minted': mints() - mintsBefore,
	});
	return { atOnce, requests: sent.length, refused, busiest, mints: mints() - mintsBefore };
}

function byEmail(one: Pick<ImportedLead, 'email'>, other: Pick<ImportedLead, 'email'>): number {
	return one.email.localeCompare(other.email);
}

it('with half the limit for each of two workers, no window holds more than the plan, and almost nothing is refused', async () => {
	const outcome = await runAtOnce('share', { shareOfLimit: 50 });
	expect(outcome.refused / outcome.requests).toBeLessThan(0.01);
	expect(outcome.busiest).toBeLessThanOrEqual(LIMIT);
	// Twenty share fifty requests on each worker, so that none ends before the next window.
	expect(outcome.atOnce).toBe(EXECUTIONS);
	// The one of the credential's test serves both workers.
	expect([mints(), outcome.mints]).toEqual([1, 0]);
}, RUN_TIMEOUT_MS + 60_000);

it('without a share, few requests are refused, and no other token is minted', async () => {
	const outcome = await runAtOnce('no-share', {});
	expect(outcome.refused / outcome.requests).toBeLessThan(0.05);
	expect(outcome.busiest).toBeLessThanOrEqual(LIMIT * 1.1);
	expect(outcome.mints).toBe(0);
}, RUN_TIMEOUT_MS + 60_000);

it('a token that is revoked is minted once, whichever worker comes first', async () => {
	cluster.sandbox.salesOs.revokeTokens();
	const outcome = await runAtOnce('revoked', { shareOfLimit: 50 });
	expect(outcome.mints).toBe(1);
}, RUN_TIMEOUT_MS + 60_000);

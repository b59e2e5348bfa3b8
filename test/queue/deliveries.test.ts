import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Webhook } from '../../sandbox/salesOs/model';
import type { SavedWorkflow } from '../../sandbox/n8n/records';
import { outputOf } from '../../sandbox/n8n/session';
import { signDelivery } from '../../sandbox/webhooks/sign';
import type { Cluster, Member } from './cluster';
import { CLUSTER_START_TIMEOUT_MS, startCluster } from './cluster';
import { report } from './figures';
import { credentialOf } from './importWorkflow';
import type { Proxy } from './proxy';
import { startProxy } from './proxy';
import { until } from '../support/until';

/** The vendor's first retry comes after 60 s: here after 30 s, which a process needs to be back. */
const COMPRESSION = 2;
const PAIRS: ReadonlyArray<{ gapMs: number; count: number }> = [
	{ gapMs: 0, count: 60 },
	{ gapMs: 20, count: 20 },
	{ gapMs: 100, count: 20 },
	{ gapMs: 1000, count: 10 },
];

let proxy: Proxy;
let cluster: Cluster;
let workflow: SavedWorkflow;
let hook: Webhook;

beforeAll(async () => {
	proxy = await startProxy();
	cluster = await startCluster({
		workers: 1,
		webhooks: 2,
		sandbox: { webhookTimeCompression: COMPRESSION },
		env: { WEBHOOK_URL: `${proxy.origin}/` },
	});
	const trigger = {
		id: randomUUID(),
		webhookId: randomUUID(),
		name: 'Trigger',
		type: 'n8n-nodes-salesos-outboundsync.salesOsTrigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: { registration: 'automatic', authentication: 'oAuth2', events: ['lead.created'], options: { allowHttp: true } },
		credentials: credentialOf(cluster, 'salesOsOAuth2Api'),
	};
	workflow = await cluster.session.createWorkflow({ name: 'Triggered', nodes: [trigger], connections: {} });
	await cluster.session.activateWorkflow(workflow.id);
	const hooks = cluster.sandbox.salesOs.state.webhooks.all();
	expect(hooks).toMatchObject([{ active: true, events: ['lead.created'] }]);
	[hook] = hooks;
	expect(hook.url.startsWith(proxy.origin)).toBe(true);
}, CLUSTER_START_TIMEOUT_MS);

afterAll(async () => {
	await cluster?.stop();
	await proxy?.stop();
}, 120_000);

/** How often each event became an execution, once as many executions as at least expected have ended. */
async function executionsByEvent(atLeast: number): Promise<Map<string, number>> {
	return await until(`${atLeast} executions`, async () => {
		const executions = await cluster.session.listExecutions({ workflowId: workflow.id });
		if (executions.length < atLeast || executions.some(({ status }) => status === 'running' || status === 'new')) return undefined;
		const counts = new Map<string, number>();
		for (const execution of executions) {
			for (const { id } of outputOf(execution, 'Trigger')) counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
		}
		return counts;
	});
}

async function forget(): Promise<void> {
	const executions = await cluster.session.listExecutions({ workflowId: workflow.id });
	for (const { id } of executions) await cluster.session.api('DELETE', `/executions/${id}`);
}

/** Delivers an event as the vendor would, straight to one of the webhook processes. */
async function deliver({ instance }: Member, eventId: string): Promise<void> {
	const rawBody = JSON.stringify({ id: eventId, type: 'lead.created', version: '1.0', ts: new Date().toISOString(), tenant: 'sandbox', data: { id: eventId } });
	const signature = signDelivery('prefixedBody', {
		secret: String(hook.secret),
		rawBody,
		eventId,
		timestampSeconds: Math.floor(Date.now() / 1000),
		headerPrefix: 'X-SalesOS',
		encoding: 'hex',
	});
	const response = await fetch(instance.origin + new URL(hook.url).pathname, {
		method: 'POST',
		headers: { 'content-type': 'application/json', connection: 'close', ...signature },
		body: rawBody,
	});
	await response.text();
	expect(response.status).toBe(200);
}

async function eachOnce(eventIds: readonly string[]): Promise<void> {
	const counts = await executionsByEvent(eventIds.length);
	expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(eventIds.map((id) => [id, 1])));
}

it('every event arrives once although the webhook process is restarted in between', async () => {
	const { events } = cluster.sandbox.salesOs;
	const [webhook] = cluster.webhooks;
	proxy.targets = [webhook.instance.origin];
	const raise = () => events.raise('lead.created', { id: randomUUID(), name: 'Ana' }).id;
	const eventIds = Array.from({ length: 5 }, raise);
	await events.deliverer.idle();

	// Fewer than ten failures in a row: after ten the vendor deactivates the webhook.
	const stopping = webhook.instance;
	const restarted = webhook.restart();
	for (let index = 0; index < 4; index += 1) {
		eventIds.push(raise());
		await wait(20);
	}
	await stopping.exited;
	const goneAtMs = Date.now();
	eventIds.push(...Array.from({ length: 5 }, raise));
	await restarted;
	const awayS = (Date.now() - goneAtMs) / 1000;
	await events.deliverer.idle();

	const deliveries = events.deliveries.all();
	expect(deliveries.map(({ status }) => status)).toEqual(eventIds.map(() => 'SUCCEEDED'));
	const failedFirst = deliveries.filter(({ attempts }) => attempts.length > 1).length;
	expect(failedFirst).toBeGreaterThanOrEqual(5);
	await eachOnce(eventIds);
	report('restart of the webhook process', {
		events: eventIds.length,
		'not taken at first': failedFirst,
		'most attempts': Math.max(...deliveries.map(({ attempts }) => attempts.length)),
		'seconds away': awayS.toFixed(1),
	});
}, 300_000);

it('with a second webhook process behind the same address, no event waits for the restart of the first', async () => {
	await forget();
	const { events } = cluster.sandbox.salesOs;
	const [first, second] = cluster.webhooks;
	proxy.targets = [second.instance.origin];
	const restarted = first.restart();
	const eventIds = Array.from({ length: 12 }, () => events.raise('lead.created', { id: randomUUID(), name: 'Ana' }).id);
	await events.deliverer.idle();
	await eachOnce(eventIds);
	await restarted;
	const delivered = events.deliveries.all().filter(({ eventId }) => eventIds.includes(eventId));
	expect(delivered.map(({ attempts }) => attempts.length)).toEqual(eventIds.map(() => 1));
}, 180_000);

describe('the same event sent twice', () => {
	it('to one process starts one execution, even at the same moment', async () => {
		await forget();
		const [webhook] = cluster.webhooks;
		const eventIds = Array.from({ length: 30 }, () => randomUUID());
		for (const id of eventIds) await Promise.all([deliver(webhook, id), deliver(webhook, id)]);
		await eachOnce(eventIds);
	}, 120_000);

	it('to two processes starts at most one execution in each', async () => {
		await forget();
		const [first, second] = cluster.webhooks;
		const pairs = PAIRS.map(({ count, gapMs }) => ({ gapMs, eventIds: Array.from({ length: count }, () => randomUUID()) }));
		for (const { eventIds, gapMs } of pairs) {
			for (const id of eventIds) await Promise.all([deliver(first, id), wait(gapMs).then(async () => await deliver(second, id))]);
		}
		const all = pairs.flatMap(({ eventIds }) => eventIds);
		const counts = await executionsByEvent(all.length);
		expect([...counts.keys()].sort()).toEqual([...all].sort());
		expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
		for (const { eventIds } of pairs) {
			for (const id of eventIds) await deliver(cluster.webhooks[eventIds.indexOf(id) % 2], id);
		}
		expect(await executionsByEvent(all.length)).toEqual(counts);
		const twice = pairs.map(({ eventIds, gapMs }) => ({ gapMs, of: eventIds.length, doubled: eventIds.filter((id) => counts.get(id) === 2).length }));
		report('one event to two processes', Object.fromEntries(twice.map(({ doubled, gapMs, of }) => [`${gapMs} ms apart`, `${doubled} of ${of} executed twice`])));
	}, 180_000);
});

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'libsql';
import type { INode } from 'n8n-workflow';

import { findFreePort } from '../../sandbox/n8n/ports';
import type { ExecutionWithData, SavedWorkflow, WorkflowRecord } from '../../sandbox/n8n/records';
import { outputOf } from '../../sandbox/n8n/session';
import { signDelivery } from '../../sandbox/webhooks/sign';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';
/** n8n 2 looks for missing triggers at its start and every ten seconds. */
const SETTLE_MS = 60_000;

let app: App;
let n8nOptions: { port: number; env: Record<string, string> };

beforeAll(async () => {
	const port = await findFreePort();
	n8nOptions = { port, env: { WEBHOOK_URL: `http://127.0.0.1:${port}/` } };
	app = await startApp({ n8n: n8nOptions });
	// Nothing here is about quotas.
	app.sandbox.outboundSync.settings.requestsPerWindowPerIp = 10_000;
	app.sandbox.outboundSync.settings.requestsPerWindowPerAccount = 10_000;
	app.sandbox.salesOs.settings.requestsPerWindow = 10_000;
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await app?.stop();
});

afterEach(() => {
	app.sandbox.faults.clear();
});

/** Waits until a condition holds, and says what it is waiting for when it never does. */
async function until<T>(what: string, find: () => Promise<T | undefined | false> | T | undefined | false, timeoutMs = SETTLE_MS): Promise<T> {
	const giveUpAt = Date.now() + timeoutMs;
	for (;;) {
		const found = await find();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > giveUpAt) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
		await wait(100);
	}
}

function credentialsOf(type: string): INode['credentials'] {
	const found = app.credentials.find((credential) => credential.type === type);
	if (!found) throw new Error(`No demo credential of type ${type}`);
	return { [type]: { id: found.id, name: found.name } };
}

type Kind = 'outboundSync' | 'salesOs';

function triggerNode(kind: Kind, change: Partial<INode> = {}): INode {
	const common = { id: randomUUID(), webhookId: randomUUID(), name: 'Trigger', typeVersion: 1, position: [0, 0] as [number, number] };
	const options = { allowHttp: true };
	if (kind === 'salesOs') {
		const parameters = { registration: 'automatic', authentication: 'oAuth2', events: ['lead.created', 'deal.won'], options };
		return { ...common, type: `${PACKAGE}.salesOsTrigger`, parameters, credentials: credentialsOf('salesOsOAuth2Api'), ...change };
	}
	const parameters = { source: 'syncMonitoring', events: ['sync.failed'], options };
	return { ...common, type: `${PACKAGE}.outboundSyncTrigger`, parameters, credentials: credentialsOf('outboundSyncApi'), ...change };
}

function workflowOf(trigger: INode, ...next: INode[]): WorkflowRecord {
	const connections: WorkflowRecord['connections'] = {};
	const nodes = [trigger, ...next];
	next.forEach(({ name }, index) => {
		connections[nodes[index].name] = { main: [[{ node: name, type: 'main', index: 0 }]] };
	});
	return { name: 'Triggered', nodes, connections };
}

async function activated(workflow: WorkflowRecord): Promise<SavedWorkflow> {
	const saved = await app.session.createWorkflow(workflow);
	await app.session.activateWorkflow(saved.id);
	return saved;
}

async function removed(...ids: string[]): Promise<void> {
	for (const id of ids) {
		await app.session.deactivateWorkflow(id);
		await app.session.deleteWorkflow(id);
	}
}

async function executionsOf(workflowId: string, count: number): Promise<ExecutionWithData[]> {
	return await until(`${count} finished executions of ${workflowId}`, async () => {
		const executions = await app.session.listExecutions({ workflowId });
		const ended = executions.filter(({ status }) => status !== 'running' && status !== 'new');
		return ended.length >= count && executions;
	});
}

/** A webhook at either vendor, in one shape. */
interface VendorHook {
	id: string;
	url: string;
	events: string[];
	active: boolean;
	description: string | null;
	secret: string | null;
}

interface VendorSide {
	hooks(): VendorHook[];
	change(id: string, change: Partial<Pick<VendorHook, 'active' | 'description' | 'events' | 'url'>>): void;
	add(hook: Omit<VendorHook, 'id' | 'secret'>): string;
	remove(id: string): void;
	/** Sends an event that the trigger of {@link triggerNode} wants; resolves when it has been delivered. */
	raise(): Promise<string>;
	readonly events: string[];
}

const vendors: Record<Kind, VendorSide> = {
	salesOs: {
		events: ['deal.won', 'lead.created'],
		hooks: () => app.sandbox.salesOs.state.webhooks.all(),
		change: (id, change) => void app.sandbox.salesOs.state.webhooks.change(id, change),
		add: ({ active, description, events, url }) => {
			const { id } = app.sandbox.salesOs.events.addDashboardWebhook({ url, events, auth: { type: 'hmac', secret: 'x' } });
			app.sandbox.salesOs.state.webhooks.change(id, { active, description, dashboard: null });
			return id;
		},
		remove: (id) => void app.sandbox.salesOs.state.webhooks.remove(id),
		raise: async () => {
			const { id } = app.sandbox.salesOs.events.raise('lead.created', { id: randomUUID(), name: 'Ana' });
			await app.sandbox.salesOs.events.deliverer.idle();
			return id;
		},
	},
	outboundSync: {
		events: ['sync.failed'],
		hooks: () =>
			app.sandbox.outboundSync.state.webhooks.all().map(({ enabledEvents, isActive, ...hook }) => ({ ...hook, events: enabledEvents, active: isActive })),
		change: (id, { active, events, ...change }) =>
			void app.sandbox.outboundSync.state.webhooks.change(id, {
				...change,
				...(events && { enabledEvents: events }),
				...(active !== undefined && { isActive: active, autoDisabledAt: active ? null : new Date().toISOString() }),
			}),
		add: ({ active, description, events, url }) => {
			const id = `oswhk_${randomUUID()}`;
			const now = new Date().toISOString();
			app.sandbox.outboundSync.state.webhooks.put({
				id,
				url,
				description,
				enabledEvents: events,
				isActive: active,
				autoDisabledAt: null,
				secret: 'oswhsec_other',
				consecutiveDead: 0,
				createdAt: now,
				updatedAt: now,
			});
			return id;
		},
		remove: (id) => void app.sandbox.outboundSync.state.webhooks.remove(id),
		raise: async () => {
			const { id } = app.sandbox.outboundSync.events.raiseSyncFailed(someSource());
			await app.sandbox.outboundSync.events.deliverer.idle();
			return id;
		},
	},
};

function someSource() {
	const [source] = app.sandbox.outboundSync.state.sources.all();
	return source;
}

function urlOf(node: INode, endpoint = 'webhook', base = n8nOptions.env.WEBHOOK_URL): string {
	return `${base}${endpoint}/${node.webhookId}/webhook`;
}

function hooksFor(kind: Kind, node: INode): VendorHook[] {
	return vendors[kind].hooks().filter(({ url, description }) => url.includes(String(node.webhookId)) || description?.includes(`node=${node.id}`));
}

async function createLead(email: string): Promise<void> {
	const { origin, authOrigin, clientId, clientSecret, audience } = app.sandbox.salesOs;
	const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience });
	const token = (await (await fetch(`${authOrigin}/oauth/token`, { method: 'POST', body: form })).json()) as { access_token: string };
	const response = await fetch(`${origin}/v1/leads`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ name: 'Ana Souza', email }),
	});
	expect(response.status).toBe(201);
}

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; ms: number }> {
	const startMs = performance.now();
	const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
	const ms = performance.now() - startMs;
	return { status: response.status, text: await response.text(), ms };
}

describe('SalesOS Trigger', () => {
	it('starts one execution for a created lead, and leaves no webhook behind', async () => {
		const node = triggerNode('salesOs');
		const { id } = await activated(workflowOf(node));
		expect(hooksFor('salesOs', node)).toMatchObject([{ url: urlOf(node), events: vendors.salesOs.events, active: true }]);

		await createLead('created@example.com');
		await app.sandbox.salesOs.events.deliverer.idle();
		const executions = await executionsOf(id, 1);

		expect(executions).toHaveLength(1);
		expect(outputOf(executions[0], node.name)).toMatchObject([{ type: 'lead.created', data: { email: 'created@example.com' } }]);
		expect(app.sandbox.salesOs.events.deliveries.all().at(-1)?.attempts).toMatchObject([{ status: 200 }]);

		await removed(id);
		expect(hooksFor('salesOs', node)).toEqual([]);
	});

	it('refuses what is not genuine, takes a repetition without an execution, and answers before the workflow ends', async () => {
		const node = triggerNode('salesOs');
		const waiting: INode = {
			id: randomUUID(),
			name: 'Wait',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			position: [200, 0],
			webhookId: randomUUID(),
			parameters: { resume: 'timeInterval', amount: 5, unit: 'seconds' },
		};
		const { id } = await activated(workflowOf(node, waiting));
		const [{ secret }] = hooksFor('salesOs', node);
		const body = (eventId: string) => JSON.stringify({ id: eventId, type: 'lead.created', data: { id: '1' } });
		const signed = (rawBody: string) =>
			signDelivery('prefixedBody', { secret: secret ?? '', rawBody, eventId: 'x', timestampSeconds: 0, headerPrefix: 'X-SalesOS', encoding: 'hex' });

		for (const headers of [{}, { 'x-salesos-signature': 'sha256=00' }, signed(body('other'))]) {
			expect(await post(urlOf(node), body('evt_1'), headers)).toMatchObject({ status: 401, text: '{"error":"Unauthorized"}' });
		}
		// With an expression, n8n prepares its expression engine for it as it does for every trigger but a plain Webhook node.
		const parameters = { path: randomUUID(), httpMethod: 'POST', options: { rawBody: '={{ false }}' } };
		const own: INode = { ...waiting, id: randomUUID(), name: 'Hook', type: 'n8n-nodes-base.webhook', typeVersion: 2, webhookId: randomUUID(), parameters };
		const { id: ownId } = await activated(workflowOf(own, { ...waiting, id: randomUUID() }));
		const times = { trigger: [] as number[], webhook: [] as number[] };
		for (let index = 0; index < 20; index += 1) {
			const ours = await post(urlOf(node), body(`evt_${index}`), signed(body(`evt_${index}`)));
			const theirs = await post(`${app.n8n.origin}/webhook/${parameters.path}`, body('evt'));
			expect([ours.status, theirs.status]).toEqual([200, 200]);
			times.trigger.push(ours.ms);
			times.webhook.push(theirs.ms);
		}
		// The first ones load and compile what the others use.
		const [trigger, webhook] = [times.trigger, times.webhook].map((list) => list.slice(1).sort((one, other) => one - other)[9]);
		process.stderr.write(`Answered in ${trigger.toFixed(1)} ms (median); n8n's Webhook node with an expression in ${webhook.toFixed(1)} ms\n`);
		// A machine that has other things to do is no slower for one than for the other.
		expect(trigger).toBeLessThan(Math.max(100, 2 * webhook));
		for (let index = 0; index < 20; index += 1) {
			expect(await post(urlOf(node), body(`evt_${index}`), signed(body(`evt_${index}`)))).toMatchObject({ status: 200, text: '{"received":true}' });
		}
		// Every execution takes as long: when the last one has ended, so has any that a repetition had started.
		expect(await post(urlOf(node), body('evt_last'), signed(body('evt_last')))).toMatchObject({ status: 200 });
		await until('the last event’s execution', async () =>
			(await app.session.listExecutions({ workflowId: id })).some((execution) => outputOf(execution, node.name)[0]?.id === 'evt_last'),
		);
		expect(await executionsOf(id, 21)).toHaveLength(21);
		expect(await readFile(app.n8n.logFile, 'utf8')).toContain('a webhook delivery was refused, because it carries no signature header');
		await removed(id, ownId);
	});
});

describe('OutboundSync Trigger', () => {
	it('starts one execution for a failed sync, answers a test ping without one, and leaves no webhook behind', async () => {
		const node = triggerNode('outboundSync');
		const { id } = await activated(workflowOf(node));
		expect(hooksFor('outboundSync', node)).toMatchObject([{ url: urlOf(node), events: ['sync.failed'], active: true }]);

		const [hook] = app.sandbox.outboundSync.state.webhooks.all().filter(({ url }) => url === urlOf(node));
		app.sandbox.outboundSync.events.ping(hook);
		const eventId = await vendors.outboundSync.raise();
		const executions = await executionsOf(id, 1);

		expect(executions).toHaveLength(1);
		expect(outputOf(executions[0], node.name)).toMatchObject([{ id: eventId, type: 'sync.failed', data: { consecutiveFailures: 3 } }]);
		expect(app.sandbox.outboundSync.events.deliveries.all().filter(({ webhookId }) => webhookId === hook.id)).toMatchObject([
			{ eventType: 'test.ping', status: 'SUCCEEDED' },
			{ eventType: 'sync.failed', status: 'SUCCEEDED' },
		]);
		await removed(id);
		expect(hooksFor('outboundSync', node)).toEqual([]);
	});

	it('answers first and then outputs the record of the API', async () => {
		const node = triggerNode('outboundSync');
		node.parameters.options = { allowHttp: true, confirmWithApi: true };
		const { id } = await activated(workflowOf(node));
		const eventId = await vendors.outboundSync.raise();
		const [execution] = await executionsOf(id, 1);
		expect(outputOf(execution, node.name)).toMatchObject([{ id: eventId, confirmed: true, connectionId: someSource().connectionId }]);
		await removed(id);
	});

	it('takes forwarded events of a sequencer at a URL to paste', async () => {
		const node = triggerNode('outboundSync', { parameters: { source: 'forwarded', events: ['EMAIL_REPLY'] } });
		delete node.credentials;
		const { id } = await activated(workflowOf(node));
		for (const sequencer of ['smartlead', 'instantly', 'emailbison', 'heyreach'] as const) {
			const replied = { sequencer, event: 'EMAIL_REPLY', email: `${sequencer}@example.com` } as const;
			expect(await app.sandbox.outboundSync.forward(urlOf(node), replied)).toMatchObject({ status: 200 });
			expect(await app.sandbox.outboundSync.forward(urlOf(node), { ...replied, event: 'EMAIL_OPEN' })).toMatchObject({ status: 200 });
		}
		const executions = await executionsOf(id, 4);
		expect(executions.flatMap((execution) => outputOf(execution, node.name)).map(({ event, email }) => [event, email]).sort()).toEqual([
			['EMAIL_REPLY', 'emailbison@example.com'],
			['EMAIL_REPLY', 'heyreach@example.com'],
			['EMAIL_REPLY', 'instantly@example.com'],
			['EMAIL_REPLY', 'smartlead@example.com'],
		]);
		expect(hooksFor('outboundSync', node)).toEqual([]);
		await removed(id);
	});

	it('polls failed syncs: none of before, each once, none lost over a restart, and samples of the latest in a test', async () => {
		const { state } = app.sandbox.outboundSync;
		const addFailed = (agoMs = 0): number => {
			const [like] = state.syncs.all();
			const id = Math.max(...state.syncs.all().map((sync) => sync.id)) + 1;
			state.syncs.put({ ...like, id, status: 'error', createdAt: new Date(Date.now() - agoMs).toISOString() });
			return id;
		};
		const node = triggerNode('outboundSync');
		node.parameters = { source: 'polling', pollTimes: { item: [{ mode: 'everyMinute' }] } };
		// The node begins at the time in the server's answers, which is told in whole seconds.
		addFailed(2000);
		const { id } = await activated(workflowOf(node));
		expect(await post(urlOf(node), '{}')).toMatchObject({ status: 404 });

		const first = addFailed();
		await executionsOf(id, 1).then(([execution]) => expect(outputOf(execution, node.name)).toMatchObject([{ id: first }]));
		const missed = await (async () => {
			await app.n8n.stop();
			const added = [addFailed(), addFailed()];
			await app.restart();
			return added;
		})();
		await until('the syncs that failed meanwhile', async () => (await app.session.listExecutions({ workflowId: id })).length >= 2, 130_000);
		const executions = await executionsOf(id, 2);
		const ids = executions.flatMap((execution) => outputOf(execution, node.name)).map((sync) => sync.id);
		expect(ids.sort()).toEqual([first, ...missed].sort());

		const answer = await app.session.rest('POST', `/rest/workflows/${id}/run`, {
			workflowData: await app.session.getWorkflow(id),
			triggerToStartFrom: { name: node.name },
		});
		const sample = await app.session.waitForExecution(String(answer.executionId));
		expect(outputOf(sample, node.name)[0]).toMatchObject({ id: Math.max(...missed), status: 'error' });
		await removed(id);
	}, 300_000);
});

describe.each<Kind>(['salesOs', 'outboundSync'])('the webhook of the %s trigger', (kind) => {
	const vendor = vendors[kind];

	it('is removed before it is forgotten: an activation that fails leaves none, and says why', async () => {
		const local = triggerNode(kind, {});
		(local.parameters.options as Record<string, unknown>).allowHttp = false;
		const before = app.sandbox.journal.list().length;
		await expect(activated(workflowOf(local))).rejects.toThrow('WEBHOOK_URL');
		expect(app.sandbox.journal.list()).toHaveLength(before);

		const path = kind === 'salesOs' ? '/v1/webhooks' : '/api/v1/webhooks';
		app.sandbox.faults.add({ vendor: kind, method: 'POST', path, everyNth: 1, kind: 'serverError' });
		const node = triggerNode(kind);
		await expect(activated(workflowOf(node))).rejects.toThrow('unclear whether the webhook was created');
		expect(hooksFor(kind, node)).toEqual([]);
	}, 180_000);

	it('is named when it cannot be removed, and is not an error when it is gone already', async () => {
		const node = triggerNode(kind);
		const { id } = await activated(workflowOf(node));
		const [hook] = hooksFor(kind, node);
		// n8n tries several times.
		app.sandbox.faults.add({ vendor: kind, method: 'DELETE', everyNth: 1, kind: 'answer', status: 403, body: '{"message":"not now"}' });
		await app.session.deactivateWorkflow(id).catch(() => undefined);
		await until('the webhook left behind in the log', async () => (await readFile(app.n8n.logFile, 'utf8')).includes(`webhooks/${hook.id} could not be removed`));
		app.sandbox.faults.clear();
		expect(hooksFor(kind, node)).toHaveLength(1);

		// Activated anew it is taken up again, not doubled.
		await app.session.activateWorkflow(id);
		expect(hooksFor(kind, node)).toMatchObject([{ id: hook.id, active: true }]);
		vendor.remove(hook.id);
		await removed(id);
		expect(hooksFor(kind, node)).toEqual([]);
	}, 180_000);

	it('stands beside the one of a test, and each gets its own delivery', async () => {
		const node = triggerNode(kind);
		const { id } = await activated(workflowOf(node));
		const [production] = hooksFor(kind, node);
		const answer = await app.session.rest('POST', `/rest/workflows/${id}/run`, {
			workflowData: await app.session.getWorkflow(id),
			triggerToStartFrom: { name: node.name },
		});
		expect(answer).toMatchObject({ waitingForWebhook: true });
		expect(hooksFor(kind, node).map(({ url }) => url).sort()).toEqual([urlOf(node, 'webhook-test'), urlOf(node)].sort());

		const eventId = await vendor.raise();
		const executions = await executionsOf(id, 2);
		expect(executions.map(({ mode }) => mode).sort()).toEqual(['manual', 'webhook']);
		for (const execution of executions) expect(outputOf(execution, node.name)).toMatchObject([{ id: eventId }]);
		await until('the end of the test webhook', () => hooksFor(kind, node).length === 1);
		expect(hooksFor(kind, node)).toMatchObject([{ id: production.id, active: true }]);
		await vendor.raise();
		expect(await executionsOf(id, 3)).toHaveLength(3);
		await removed(id);
	});

	it('belongs to one workflow: a second one has its own, and taking it away leaves the first', async () => {
		const [one, two] = [triggerNode(kind), triggerNode(kind)];
		// A copy has the node's ID and its static data's memory, and a webhook ID of its own.
		two.id = one.id;
		const first = await activated(workflowOf(one));
		const second = await activated(workflowOf(two));
		expect(vendor.hooks().filter(({ url }) => [urlOf(one), urlOf(two)].includes(url))).toHaveLength(2);
		await removed(second.id);
		expect(vendor.hooks().filter(({ url }) => [urlOf(one), urlOf(two)].includes(url))).toMatchObject([{ url: urlOf(one) }]);
		await vendor.raise();
		expect(await executionsOf(first.id, 1)).toHaveLength(1);
		await removed(first.id);
	});

	it('follows a renamed node and changed events', async () => {
		const node = triggerNode(kind);
		const { id } = await activated(workflowOf(node));
		await app.session.updateWorkflow(id, { nodes: [{ ...node, name: 'Renamed' }], connections: {} });
		expect(hooksFor(kind, node)).toMatchObject([{ url: urlOf(node), active: true }]);
		const eventId = await vendor.raise();
		const [execution] = await executionsOf(id, 1);
		expect(outputOf(execution, 'Renamed')).toMatchObject([{ id: eventId }]);

		const other = kind === 'salesOs' ? ['user.created'] : ['sync.recovered'];
		const changed = { ...node, name: 'Renamed', parameters: { ...node.parameters, events: other } };
		await app.session.updateWorkflow(id, { nodes: [changed], connections: {} });
		expect(hooksFor(kind, node)).toMatchObject([{ events: other, active: true }]);
		await removed(id);
		expect(hooksFor(kind, node)).toEqual([]);
	});
});

describe('at the start of n8n', () => {
	/** What happens to an active workflow's webhook while n8n is down. */
	const mishaps = ['nothing', 'removed', 'paused', 'drifted', 'doubled', 'forgotten'] as const;
	const cases = (['salesOs', 'outboundSync'] as const).flatMap((kind) => mishaps.map((mishap) => ({ kind, mishap })));

	const isRight = (kind: Kind, node: INode): boolean => {
		const hooks = hooksFor(kind, node);
		return hooks.length === 1 && hooks[0].url === urlOf(node) && hooks[0].active && hooks[0].events.join() === vendors[kind].events.join();
	};

	it('every webhook is made right, under a changed public URL too, and nobody else’s is touched', async () => {
		const started = await Promise.all(
			cases.map(async ({ kind, mishap }) => {
				const node = triggerNode(kind);
				return { kind, mishap, node, workflow: await activated(workflowOf(node)) };
			}),
		);
		const foreign = (['salesOs', 'outboundSync'] as const).map((kind) => {
			const hook = { url: `${n8nOptions.env.WEBHOOK_URL}webhook/${randomUUID()}/webhook`, events: vendors[kind].events, active: false, description: 'Somebody else’s' };
			return { kind, id: vendors[kind].add(hook) };
		});
		await app.n8n.stop();
		for (const { kind, mishap, node, workflow } of started) {
			const vendor = vendors[kind];
			const [hook] = hooksFor(kind, node);
			if (mishap === 'removed') vendor.remove(hook.id);
			if (mishap === 'paused') vendor.change(hook.id, { active: false });
			if (mishap === 'drifted') vendor.change(hook.id, { events: [kind === 'salesOs' ? 'user.created' : 'sync.recovered'] });
			if (mishap === 'doubled') vendor.add(hook);
			if (mishap === 'forgotten') forgetStaticData(workflow.id);
		}
		await app.restart();
		for (const { kind, mishap, node } of started) {
			await until(`the right webhook (${kind}, ${mishap}): ${JSON.stringify(hooksFor(kind, node))}`, () => isRight(kind, node));
		}
		await expectOneExecutionEach(started);

		await app.n8n.stop();
		n8nOptions.env.WEBHOOK_URL = `http://localhost:${n8nOptions.port}/`;
		await app.restart();
		for (const { kind, mishap, node } of started) {
			await until(`the webhook under the new URL (${kind}, ${mishap}): ${JSON.stringify(hooksFor(kind, node))}`, () => isRight(kind, node));
		}
		await removed(...started.map(({ workflow }) => workflow.id));
		for (const { kind, node } of started) expect(hooksFor(kind, node)).toEqual([]);
		for (const { id, kind } of foreign) expect(vendors[kind].hooks().find((hook) => hook.id === id)).toMatchObject({ active: false });
	}, 300_000);

	async function expectOneExecutionEach(started: ReadonlyArray<{ workflow: SavedWorkflow; node: INode; kind: Kind }>): Promise<void> {
		const eventIds = { salesOs: await vendors.salesOs.raise(), outboundSync: await vendors.outboundSync.raise() };
		for (const { kind, node, workflow } of started) {
			const executions = await executionsOf(workflow.id, 1);
			expect(executions.flatMap((execution) => outputOf(execution, node.name))).toMatchObject([{ id: eventIds[kind] }]);
		}
	}
});

/** A backup that was made before the workflow was activated has the workflow and not its memory. */
function forgetStaticData(workflowId: string): void {
	const database = new Database(join(app.userFolder, '.n8n', 'database.sqlite'));
	database.prepare('UPDATE workflow_entity SET staticData = NULL WHERE id = ?').run(workflowId);
	database.close();
}

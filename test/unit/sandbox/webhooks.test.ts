import { createHmac } from 'node:crypto';
import type { Clock } from '../../../sandbox/clock';
import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { sequencers } from '../../../sandbox/outboundSync/model';
import type { WebhookDelivery } from '../../../sandbox/webhooks/deliverer';
import { signDelivery } from '../../../sandbox/webhooks/sign';
import { outboundSyncApi, Receiver, salesOsApi, TestClock, until, type Api } from './support';

let sandbox: Sandbox;
let receiver: Receiver;
let salesOs: Api;
let outboundSync: Api;
let others: Sandbox[] = [];

/** Another sandbox with its own pace, stopped after the test. */
async function startOther(compression: number, clock?: Clock): Promise<Sandbox> {
	const other = await startSandbox({ webhookTimeCompression: compression, clock });
	others.push(other);
	return other;
}

// Minutes become less than a millisecond, the longest wait (12 h) 43 ms.
const webhookTimeCompression = 1_000_000;

beforeAll(async () => {
	sandbox = await startSandbox({ plan: 'enterprise', webhookTimeCompression });
	Object.assign(sandbox.outboundSync.settings, { requestsPerWindowPerIp: 10_000, requestsPerWindowPerAccount: 10_000 });
	receiver = await new Receiver().start();
	outboundSync = outboundSyncApi(sandbox);
});
afterAll(async () => {
	await sandbox.stop();
	await receiver.stop();
});
afterEach(async () => {
	for (const other of others) await other.stop();
	others = [];
});
beforeEach(async () => {
	sandbox.reset();
	receiver.clear();
	salesOs = await salesOsApi(sandbox);
	Object.assign(sandbox.salesOs.settings, {
		webhookScheme: 'prefixedBody',
		webhookEncoding: 'hex',
		webhookEnvelope: 'current',
		requireHttpsWebhooks: false,
	});
	Object.assign(sandbox.outboundSync.settings, { webhookScheme: 'timestamped', testNotQueued: false });
});

const hex = (secret: string, content: string): string => createHmac('sha256', secret).update(content).digest('hex');

describe('signing', () => {
	const base = { headerPrefix: 'X', encoding: 'hex', eventId: 'evt_1', timestampSeconds: 0 } as const;

	test('timestamped: the computed vector', () => {
		const rawBody = '{"id":"osevt_test","type":"test.ping","created":"2026-09-21T14:13:20.000Z","summary":"Test","data":{}}';
		const headers = signDelivery('timestamped', { ...base, secret: 'oswhsec_test_secret', rawBody, timestampSeconds: 1_790_000_000 });
		expect(headers).toEqual({ 'X-Signature': 't=1790000000,v1=05e037485bc466b91db8dee67337d9b2bfd51a14d09274012c6a0d4c2266d082' });
	});

	test('prefixedBody: the published vector', () => {
		const headers = signDelivery('prefixedBody', { ...base, secret: "It's a Secret to Everybody", rawBody: 'Hello, World!' });
		expect(headers).toEqual({ 'X-Signature': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' });
	});

	test('bareBody: the computed vector, in hex and base64', () => {
		const delivery = { ...base, secret: 'whsec_test_secret', rawBody: '{"id":"evt_1","type":"lead.created"}' };
		const mac = 'ad90a1be870126a6fdbc877964d587d0751fcc102a65b3def443e20cd69a9f1b';
		expect(signDelivery('bareBody', delivery)).toEqual({ 'X-Signature': mac });
		expect(signDelivery('bareBody', { ...delivery, encoding: 'base64' })).toEqual({ 'X-Signature': Buffer.from(mac, 'hex').toString('base64') });
	});

	test('standardWebhooks: the published vector', () => {
		const headers = signDelivery('standardWebhooks', {
			...base,
			secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
			rawBody: '{"test": 2432232314}',
			eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			timestampSeconds: 1_614_265_330,
		});
		expect(headers).toEqual({
			'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			'webhook-timestamp': '1614265330',
			'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
		});
	});

	test('headerTimestamp signs the timestamp beside the body; none signs nothing', () => {
		const delivery = { ...base, secret: 'key', rawBody: '{}', timestampSeconds: 5 };
		expect(signDelivery('headerTimestamp', delivery)).toEqual({ 'X-Timestamp': '5', 'X-Signature': hex('key', '5.{}') });
		expect(signDelivery('none', delivery)).toEqual({});
	});
});

describe('SalesOS', () => {
	const subscribe = async (events: string[], extra: object = {}): Promise<string> => {
		const { status, json } = await salesOs('POST', '/v1/webhooks', { url: receiver.url, events, secret: 'hook-secret', ...extra });
		expect(status).toBe(201);
		return String(json.data.id);
	};
	const idle = async (): Promise<void> => await sandbox.salesOs.events.deliverer.idle();

	test('registration: list, update, delete; https required, loopback aside; the secret is never shown', async () => {
		const id = await subscribe(['lead.created'], { description: 'mine' });
		const listed = await salesOs('GET', '/v1/webhooks');
		expect(listed.json.data).toEqual([expect.objectContaining({ id, url: receiver.url, events: ['lead.created'], description: 'mine', active: true })]);
		expect(listed.text).not.toContain('hook-secret');
		const path = `/v1/webhooks/${id}`;
		expect((await salesOs('PATCH', path, { events: ['deal.won'], active: false })).json.data).toMatchObject({ events: ['deal.won'], active: false });
		expect((await salesOs('DELETE', path)).status).toBe(204);
		expect((await salesOs('DELETE', path)).status).toBe(404);
		for (const url of ['http://example.com/', 'ftp://localhost/', 'nonsense']) {
			expect((await salesOs('POST', '/v1/webhooks', { url, events: ['lead.created'] })).json.error.details[0].field).toBe('url');
		}
		sandbox.salesOs.settings.requireHttpsWebhooks = true;
		expect((await salesOs('POST', '/v1/webhooks', { url: receiver.url, events: ['lead.created'] })).status).toBe(400);
		expect((await salesOs('POST', '/v1/webhooks', { url: 'https://example.com/', events: [] })).json.error.details[0].field).toBe('events');
	});

	test('a created lead is delivered, signed over the raw body, in the documented envelope', async () => {
		await subscribe(['lead.created']);
		const lead = await salesOs('POST', '/v1/leads', { name: 'Ána', email: 'ana@example.com' });
		await idle();
		const [delivery] = receiver.received;
		expect(Object.keys(delivery.json)).toEqual(['id', 'type', 'version', 'ts', 'tenant', 'data']);
		expect(delivery.json.data).toEqual(lead.json.data);
		expect(delivery.headers).toMatchObject({
			'x-salesos-event': 'lead.created',
			'x-salesos-event-id': delivery.json.id,
			'x-salesos-signature': `sha256=${hex('hook-secret', delivery.body)}`,
			'content-type': 'application/json',
		});
	});

	test('the older envelope and another scheme, when set so', async () => {
		Object.assign(sandbox.salesOs.settings, { webhookEnvelope: 'older', webhookScheme: 'timestamped' });
		await subscribe(['lead.created']);
		sandbox.salesOs.events.raise('lead.created', { id: '1' }, 'evt-7');
		await idle();
		const [{ json, headers, body }] = receiver.received;
		expect(json).toMatchObject({ event_id: 'evt-7', event_type: 'lead.created', data: { id: '1' } });
		const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(headers['x-salesos-signature'])) ?? [];
		expect(mac).toBe(hex('hook-secret', `${seconds}.${body}`));
		expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(5);
	});

	test('writes raise the events that fit', async () => {
		const all = ['created', 'updated', 'status_changed', 'converted', 'deleted'].map((verb) => `lead.${verb}`);
		const deals = ['created', 'updated', 'stage_changed', 'won', 'lost', 'deleted'].map((verb) => `deal.${verb}`);
		const users = ['created', 'activated', 'updated', 'deactivated'].map((verb) => `user.${verb}`);
		await subscribe([...all, ...deals, ...users]);
		const seen = async (work: () => Promise<unknown>): Promise<string[]> => {
			receiver.clear();
			await work();
			await idle();
			return receiver.received.map(({ json }) => String(json.type)).sort();
		};
		const { id } = sandbox.salesOs.addLead({ name: 'Ana', email: 'ana@example.com' });
		expect(await seen(async () => await salesOs('PATCH', `/v1/leads/${id}`, { phone: '1' }))).toEqual(['lead.updated']);
		expect(await seen(async () => await salesOs('PATCH', `/v1/leads/${id}`, { status: 'qualified' }))).toEqual(['lead.status_changed', 'lead.updated']);
		expect(await seen(async () => await salesOs('POST', `/v1/leads/${id}/convert`))).toEqual(['deal.created', 'lead.converted']);
		expect(await seen(async () => await salesOs('DELETE', `/v1/leads/${id}`))).toEqual(['lead.deleted']);
		const [deal] = sandbox.salesOs.state.deals.all();
		const stage = sandbox.salesOs.state.stage('Proposal');
		expect(await seen(async () => await salesOs('POST', `/v1/deals/${deal.id}/move`, { stage_id: stage?.id }))).toEqual(['deal.stage_changed']);
		expect(await seen(async () => await salesOs('POST', `/v1/deals/${deal.id}/close`, { status: 'won' }))).toEqual(['deal.stage_changed', 'deal.won']);
		expect(await seen(async () => await salesOs('DELETE', `/v1/deals/${deal.id}`))).toEqual(['deal.deleted']);
		let user = '';
		const invite = { name: 'Rui', email: 'rui@sandbox.example', role: 'sales_rep' };
		expect(await seen(async () => (user = String((await salesOs('POST', '/v1/users', invite)).json.data.id)))).toEqual(['user.created']);
		expect(await seen(async () => await salesOs('PATCH', `/v1/users/${user}`, { status: 'active' }))).toEqual(['user.activated', 'user.updated']);
		expect(await seen(async () => await salesOs('DELETE', `/v1/users/${user}`))).toEqual(['user.deactivated']);
	});

	test('a failed delivery comes again with the same id and body, and then the count starts anew', async () => {
		const id = await subscribe(['lead.created']);
		receiver.answer = (count) => (count <= 3 ? 503 : 200);
		sandbox.salesOs.events.raise('lead.created', {});
		await idle();
		expect(receiver.received).toHaveLength(4);
		expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
		const [delivery] = sandbox.salesOs.events.deliveries.all();
		expect(delivery.status).toBe('SUCCEEDED');
		expect(delivery.attempts.map(({ status }) => status)).toEqual([503, 503, 503, 200]);
		expect(sandbox.salesOs.state.webhooks.get(id)).toMatchObject({ active: true, consecutive_failures: 0 });
	});

	test('an event is given up after five retries; ten failures in a row deactivate the webhook', async () => {
		const id = await subscribe(['lead.created']);
		receiver.answer = () => 500;
		sandbox.salesOs.events.raise('lead.created', { n: 1 });
		await idle();
		expect(receiver.received).toHaveLength(6);
		expect(sandbox.salesOs.events.deliveries.all()[0].status).toBe('DEAD');
		expect(sandbox.salesOs.state.webhooks.get(id)?.active).toBe(true);
		sandbox.salesOs.events.raise('lead.created', { n: 2 });
		await idle();
		expect(receiver.received).toHaveLength(10);
		expect((await salesOs('GET', '/v1/webhooks')).json.data[0].active).toBe(false);
		sandbox.salesOs.events.raise('lead.created', { n: 3 });
		await idle();
		expect(receiver.received).toHaveLength(10);
		receiver.clear();
		await salesOs('PATCH', `/v1/webhooks/${id}`, { active: true });
		sandbox.salesOs.events.raise('lead.created', { n: 4 });
		await idle();
		expect(receiver.received.map(({ json }) => json.data.n)).toEqual([4]);
	});

	test('a redirect is a failure and is not followed; so is a receiver that is gone', async () => {
		await subscribe(['lead.created']);
		receiver.answer = (count) => (count === 1 ? 302 : 200);
		sandbox.salesOs.events.raise('lead.created', {});
		await idle();
		expect(receiver.received).toHaveLength(2);
		await salesOs('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/', events: ['deal.won'] });
		sandbox.salesOs.events.raise('deal.won', {});
		await idle();
		expect(sandbox.salesOs.events.deliveries.all().at(-1)?.attempts[0]).toMatchObject({ status: null, error: expect.stringContaining('ECONNREFUSED') });
	});

	test('deleting a webhook ends its retries', async () => {
		const slow = await startOther(1);
		const api = await salesOsApi(slow);
		const { json } = await api('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/', events: ['lead.created'] });
		slow.salesOs.events.raise('lead.created', {});
		await until(() => slow.salesOs.events.deliveries.all()[0].status === 'FAILED');
		expect(slow.salesOs.events.deliveries.all()[0]).toMatchObject({ nextAttemptAt: expect.any(String) });
		await api('DELETE', `/v1/webhooks/${json.data.id}`);
		await slow.salesOs.events.deliverer.idle();
		expect(slow.salesOs.events.deliveries.all()[0]).toMatchObject({ status: 'DEAD', nextAttemptAt: null });
	});

	test.each([
		[{ type: 'bearer', token: 'tok' }, { authorization: 'Bearer tok' }],
		[{ type: 'apiKey', header: 'X-Key', value: 'val' }, { 'x-key': 'val' }],
		[{ type: 'basic', user: 'u', password: 'p' }, { authorization: 'Basic dTpw' }],
	] as const)('a dashboard webhook with %j', async (auth, headers) => {
		sandbox.salesOs.events.addDashboardWebhook({ url: receiver.url, events: ['lead.created'], auth, headers: { 'X-Own': 'yes' } });
		sandbox.salesOs.events.raise('lead.created', {});
		await idle();
		expect(receiver.received[0].headers).toMatchObject({ ...headers, 'x-own': 'yes' });
		expect(receiver.received[0].headers).not.toHaveProperty('x-salesos-signature');
		expect((await salesOs('GET', '/v1/webhooks')).json.data).toEqual([]);
	});

	test('a replay sends the same event again', async () => {
		await subscribe(['lead.created']);
		sandbox.salesOs.events.raise('lead.created', {});
		await idle();
		sandbox.salesOs.events.deliverer.replay(sandbox.salesOs.events.deliveries.all()[0].id);
		await idle();
		expect(receiver.received.map(({ json }) => json.id)).toEqual([receiver.received[0].json.id, receiver.received[0].json.id]);
	});
});

describe('OutboundSync', () => {
	const subscribe = async (fields: object = {}): Promise<{ id: string; secret: string }> => {
		const { status, json } = await outboundSync('POST', '/webhooks', { url: receiver.url, ...fields });
		expect(status).toBe(201);
		return { id: String(json.id), secret: String(json.secret) };
	};
	const idle = async (): Promise<void> => await sandbox.outboundSync.events.deliverer.idle();
	const source = (): Parameters<typeof sandbox.outboundSync.events.raiseSyncFailed>[0] => sandbox.outboundSync.state.sources.all()[0];

	test('the secret is shown once, at creation and at rotation, and the old one stops at once', async () => {
		const { id, secret } = await subscribe({ description: 'mine' });
		expect(id).toMatch(/^oswhk_/);
		expect(secret).toMatch(/^oswhsec_/);
		for (const path of ['/webhooks', `/webhooks/${id}`]) expect((await outboundSync('GET', path)).text).not.toContain('oswhsec_');
		const rotated = String((await outboundSync('POST', `/webhooks/${id}/rotate-secret`)).json.secret);
		expect(rotated).not.toBe(secret);
		sandbox.outboundSync.events.raiseSyncFailed(source());
		await idle();
		const [{ headers, body }] = receiver.received;
		const [, seconds, mac] = /^t=(\d+),v1=(.+)$/.exec(String(headers['outboundsync-signature'])) ?? [];
		expect(mac).toBe(hex(rotated, `${seconds}.${body}`));
	});

	test('sync.failed: the inferred envelope with the documented data, and the delivery log', async () => {
		const { id } = await subscribe();
		const event = sandbox.outboundSync.events.raiseSyncFailed(source(), 5, 'x'.repeat(300));
		await idle();
		const [{ json, headers }] = receiver.received;
		expect(json).toMatchObject({ id: event.id, type: 'sync.failed', created: event.createdAt, summary: expect.any(String) });
		expect(json.data).toMatchObject({ sourceId: 101, sourcePlatform: 'smartlead', consecutiveFailures: 5 });
		expect(json.data.reason).toHaveLength(240);
		const log = await outboundSync('GET', `/webhooks/${id}/deliveries?status=SUCCEEDED`);
		expect(log.json.data).toEqual([
			expect.objectContaining({ endpointId: id, status: 'SUCCEEDED', attemptCount: 1, lastHttpStatus: 200, replayOfDeliveryId: null }),
		]);
		expect(headers).toMatchObject({ 'outboundsync-event-id': event.id, 'outboundsync-delivery-id': log.json.data[0].id });
		expect((await outboundSync('GET', `/webhooks/${id}/deliveries?status=DEAD`)).json.data).toEqual([]);
		expect((await outboundSync('GET', `/events/${event.id}`)).json).toMatchObject({ delivered: true, deliveries: [{ endpointId: id }] });
	});

	test('only enabled events are sent; test.ping is sent whatever is enabled', async () => {
		const { id } = await subscribe({ enabledEvents: ['sync.recovered'] });
		sandbox.outboundSync.events.raiseSyncFailed(source());
		sandbox.outboundSync.events.raiseSyncRecovered(source());
		const ping = await outboundSync('POST', `/webhooks/${id}/test`);
		expect(ping.status).toBe(202);
		await idle();
		expect(receiver.received.map(({ json }) => json.type).sort()).toEqual(['sync.recovered', 'test.ping']);
		expect(receiver.received.map(({ json }) => json.id)).toContain(ping.json.eventId);
		sandbox.outboundSync.settings.testNotQueued = true;
		expect((await outboundSync('POST', `/webhooks/${id}/test`)).status).toBe(502);
	});

	test.each([[{}], [{ enabledEvents: [] }]])('no event named (%j) means all of them', async (wish) => {
		const { json } = await outboundSync('POST', '/webhooks', { url: receiver.url, ...wish });
		expect(json.enabledEvents).toEqual([]);
		sandbox.outboundSync.events.raiseSyncFailed(source());
		sandbox.outboundSync.events.raiseSyncRecovered(source());
		await idle();
		expect(receiver.received.map(({ json: { type } }) => type).sort()).toEqual(['sync.failed', 'sync.recovered']);
	});

	test('wrong input: reserved names with the list of those available, http, nothing at all', async () => {
		const reserved = await outboundSync('POST', '/webhooks', { url: receiver.url, enabledEvents: ['test.ping'] });
		expect(reserved.status).toBe(400);
		expect(reserved.json.message[0]).toContain('sync.failed, sync.recovered');
		const wrong = await outboundSync('POST', '/webhooks', { url: 'http://example.com/', enabledEvents: 'all', description: 5 });
		expect(wrong.json.message).toHaveLength(3);
		expect((await outboundSync('POST', '/webhooks', {})).status).toBe(400);
		expect((await outboundSync('PATCH', '/webhooks/oswhk_none', {})).status).toBe(404);
	});

	test('at most 20 webhooks', async () => {
		for (let count = 0; count < 20; count += 1) await subscribe();
		expect((await outboundSync('POST', '/webhooks', { url: receiver.url })).status).toBe(400);
		const [first] = sandbox.outboundSync.state.webhooks.all();
		expect((await outboundSync('DELETE', `/webhooks/${first.id}`)).status).toBe(204);
		await subscribe();
	});

	test.each([
		[500, 8],
		[404, 1],
		[413, 1],
	])('answers of %i lead to %i attempts, and a dead delivery', async (status, attempts) => {
		await subscribe();
		receiver.answer = () => status;
		sandbox.outboundSync.events.raiseSyncFailed(source());
		await idle();
		expect(receiver.received).toHaveLength(attempts);
		expect(sandbox.outboundSync.events.deliveries.all()[0].status).toBe('DEAD');
	});

	test('20 dead deliveries in a row disable the webhook; isActive: true revives it; a dead delivery can be replayed', async () => {
		const { id } = await subscribe();
		receiver.answer = () => 404;
		for (let count = 1; count <= 20; count += 1) {
			expect((await outboundSync('GET', `/webhooks/${id}`)).json.autoDisabledAt).toBeNull();
			sandbox.outboundSync.events.raiseSyncFailed(source());
			await idle();
		}
		const disabled = await outboundSync('GET', `/webhooks/${id}`);
		expect(disabled.json).toMatchObject({ isActive: false, autoDisabledAt: expect.any(String) });
		const missed = sandbox.outboundSync.events.raiseSyncFailed(source());
		await idle();
		expect(receiver.received).toHaveLength(20);
		expect(sandbox.outboundSync.state.events.get(missed.id)?.delivered).toBe(false);

		receiver.clear();
		expect((await outboundSync('PATCH', `/webhooks/${id}`, { isActive: true })).json).toMatchObject({ isActive: true, autoDisabledAt: null });
		const [dead] = sandbox.outboundSync.events.deliveries.all();
		expect((await outboundSync('POST', `/webhooks/${id}/deliveries/${dead.id}/replay`)).json.queued).toBe(true);
		await idle();
		expect(receiver.received.map(({ json }) => json.id)).toEqual([dead.eventId]);
	});
});

describe('retry schedules', () => {
	const clock = new TestClock();

	/** Each wait as planned at the time of the next attempt, in minutes: the clock stands still, so nothing else counts. */
	async function waitsInMinutes(raise: (other: Sandbox) => void, last: (other: Sandbox) => WebhookDelivery): Promise<number[]> {
		const compression = 60_000;
		const other = await startOther(compression, clock);
		const api = await salesOsApi(other);
		await api('POST', '/v1/webhooks', { url: receiver.url, events: ['lead.created'] });
		await outboundSyncApi(other)('POST', '/webhooks', { url: receiver.url });
		const waits: number[] = [];
		receiver.answer = () => {
			const { nextAttemptAt } = last(other);
			if (nextAttemptAt !== null) waits.push(((Date.parse(nextAttemptAt) - clock.nowMs) * compression) / 60_000);
			return 500;
		};
		raise(other);
		await Promise.all([other.salesOs.events.deliverer.idle(), other.outboundSync.events.deliverer.idle()]);
		expect(last(other).status).toBe('DEAD');
		return waits;
	}

	test('SalesOS: 1 min, 5 min, 30 min, 2 h, 12 h', async () => {
		const waits = await waitsInMinutes(
			({ salesOs: { events } }) => void events.raise('lead.created', {}),
			({ salesOs: { events } }) => events.deliveries.all()[0],
		);
		expect(waits).toEqual([1, 5, 30, 120, 720]);
	});

	test("OutboundSync, as its sister product: 1, 2, 4, 8, 16, 30, 60 min", async () => {
		const waits = await waitsInMinutes(
			({ outboundSync: { events, state } }) => void events.raiseSyncFailed(state.sources.all()[0]),
			({ outboundSync: { events } }) => events.deliveries.all()[0],
		);
		expect(waits).toEqual([1, 2, 4, 8, 16, 30, 60]);
	});
});

describe('forwarded outreach events', () => {
	test.each(sequencers)("%s's payload names the event and the person, unsigned", async (sequencer) => {
		const event = { sequencer, event: 'EMAIL_REPLY', email: 'eva@example.com', overrides: { extra: 1 } } as const;
		const outcome = await sandbox.outboundSync.forward(receiver.url, event, { 'x-token': 'abc' });
		expect(outcome).toMatchObject({ status: 200, attempts: 1 });
		const [{ body, headers, json }] = receiver.received;
		expect(body).toContain('eva@example.com');
		expect(body).toMatch(/reply/i);
		expect(json.extra).toBe(1);
		expect(headers['x-token']).toBe('abc');
		expect(Object.keys(headers).filter((name) => name.includes('signature'))).toEqual([]);
	});

	test('tried again on 429 up to seven times, on nothing else', async () => {
		const event = { sequencer: 'smartlead', event: 'EMAIL_SENT' } as const;
		receiver.answer = () => 429;
		expect(await sandbox.outboundSync.forward(receiver.url, event)).toMatchObject({ status: 429, attempts: 8 });
		expect(receiver.received).toHaveLength(8);
		receiver.clear();
		receiver.answer = () => 500;
		expect(await sandbox.outboundSync.forward(receiver.url, event)).toMatchObject({ status: 500, attempts: 1 });
	});
});

import { defaultOutboundSyncSettings } from '../../../sandbox/settings';
import { startBench, type TestBench } from '../../support/bench';
import { addSyncs, byId, daysAgo, DAY_MS, idsOf, jsonOf, requests, runWithKey, withOperation } from './support';

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	Object.assign(bench.sandbox.outboundSync.settings, defaultOutboundSyncSettings(), {
		requestsPerWindowPerIp: 100_000,
		requestsPerWindowPerAccount: 100_000,
	});
	bench.sandbox.reset();
});

const state = () => bench.sandbox.outboundSync.state;
const queries = (route: string) => requests(bench.sandbox, 'GET', route).map(({ query }) => query);

describe('a list over a range of time', () => {
	it('is of the last 24 hours where no range is given, in UTC', async () => {
		const beforeMs = Date.now();
		await bench.outboundSync(withOperation('sync getAll', { returnAll: true }));
		const [{ from, to }] = queries('/api/v1/syncs');
		expect([from, to].every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(time)))).toBe(true);
		expect(Date.parse(String(to)) - Date.parse(String(from))).toBe(DAY_MS);
		expect(Date.parse(String(to)) - beforeMs).toBeLessThan(10_000);
	});

	it('takes a range in any zone and sends it in UTC', async () => {
		await bench.outboundSync(
			withOperation('delivery getAll', { from: '2026-01-01T00:00:00-03:00', to: '={{ new Date("2026-01-02T00:00:00Z") }}' }),
		);
		expect(queries('/api/v1/deliveries')).toEqual([
			{ from: '2026-01-01T03:00:00.000Z', to: '2026-01-02T00:00:00.000Z', limit: '50' },
		]);
	});

	it('is divided beyond 31 days; what stands on a boundary comes once, and all in order', async () => {
		const toMs = Date.now() - DAY_MS;
		const boundaryMs = toMs - 31 * DAY_MS;
		const added = addSyncs(state(), [boundaryMs - 31 * DAY_MS, boundaryMs - 1, boundaryMs, boundaryMs + 1, toMs]);
		const range = { from: new Date(toMs - 70 * DAY_MS).toISOString(), to: new Date(toMs).toISOString() };
		const { items } = await bench.outboundSync(withOperation('sync getAll', { ...range, returnAll: true }));

		const within = state()
			.syncs.all()
			.filter(({ createdAt }) => createdAt >= range.from && createdAt <= range.to);
		expect(idsOf(items)).toEqual(expect.arrayContaining(added));
		expect([...idsOf(items)].sort()).toEqual(within.map(({ id }) => id).sort());
		const times = jsonOf(items).map(({ createdAt }) => String(createdAt));
		expect(times).toEqual([...times].sort().reverse());
		const parts = new Set(queries('/api/v1/syncs').map(({ from, to }) => `${String(from)} ${String(to)}`));
		expect(parts.size).toBe(3);

		const { items: metrics } = await bench.outboundSync(withOperation('sync getMetrics', range));
		const counted = (status: string) => within.filter((sync) => sync.status === status).length;
		expect(jsonOf(metrics)).toEqual([{ ...range, counts: { success: counted('success'), warning: counted('warning'), error: counted('error') } }]);
		expect(requests(bench.sandbox, 'GET', '/api/v1/syncs/metrics')).toHaveLength(3);
	});

	it('goes back no further than the limit needs', async () => {
		const { items } = await bench.outboundSync(withOperation('sync getAll', { from: daysAgo(365), limit: 20 }));
		expect(items).toHaveLength(20);
		expect(queries('/api/v1/syncs')).toMatchObject([{ limit: '20' }]);
	});

	it('that ends before it begins is told before anything is sent', async () => {
		const { error } = await bench.outboundSync(withOperation('request getMetrics', { from: daysAgo(1), to: daysAgo(3) }));
		expect(error?.message).toMatch(/^From is after To/);
		expect(requests(bench.sandbox)).toHaveLength(0);
	});
});

describe('cursor pages', () => {
	it('are as large as they may be, and no larger than what is wanted', async () => {
		bench.sandbox.outboundSync.settings.shortPages = false;
		addSyncs(state(), Array.from({ length: 900 }, (_, index) => Date.now() - 60_000 - index));
		const { items } = await bench.outboundSync(withOperation('sync getAll', { limit: 700 }));
		expect(new Set(idsOf(items)).size).toBe(700);
		expect(queries('/api/v1/syncs').map(({ limit }) => limit)).toEqual(['500', '200']);
	});

	it('may be shorter than asked for with more to come', async () => {
		const added = addSyncs(state(), Array.from({ length: 1300 }, (_, index) => Date.now() - 60_000 - index));
		const { items } = await bench.outboundSync(withOperation('sync getAll', { returnAll: true }));
		expect(idsOf(items)).toEqual(expect.arrayContaining(added));
		expect(new Set(idsOf(items)).size).toBe(items.length);
		expect(items.length).toBeGreaterThan(added.length);
		// The sandbox gives every second page at half its length.
		expect(requests(bench.sandbox, 'GET', '/api/v1/syncs')).toHaveLength(4);
	});

	it.each([
		['event getAll', '/api/v1/events', {}],
		['webhook getDeliveries', '/api/v1/webhooks/oswhk_1/deliveries', { webhookId: byId('oswhk_1') }],
	])('of %s hold 100 at most', async (operation, path, parameters) => {
		answerAlways(path, { data: [{ id: 'a' }], hasMore: false, nextCursor: null });
		await bench.outboundSync(withOperation(operation, { ...parameters, returnAll: true }));
		expect(requests(bench.sandbox, 'GET', path).map(({ query }) => query.limit)).toEqual(['100']);
	});

	it('end when the server repeats a cursor', async () => {
		answerAlways('/api/v1/events', { data: [{ id: 'osevt_1' }], hasMore: true, nextCursor: 'again' });
		const { items } = await bench.outboundSync(withOperation('event getAll', { returnAll: true }));
		expect(idsOf(items)).toEqual(['osevt_1']);
		expect(requests(bench.sandbox, 'GET', '/api/v1/events')).toHaveLength(2);
	});

	it.each([[{}], [[]], [{ data: null }], [{ events: [] }]])('that are none (%j) are an error, not an empty list', async (body) => {
		answerAlways('/api/v1/events', body);
		const { error } = await bench.outboundSync(withOperation('event getAll', { options: { maxRetries: 0 } }));
		expect(error?.message).toBe('OutboundSync did not give a usable answer: it answered with something else than a page of a list');
		expect(error?.description).toContain('Try again later.');
	});

	it('go on at a cursor that is a number', async () => {
		bench.sandbox.faults.add({ vendor: 'outboundSync', path: '/api/v1/events', kind: 'answer', status: 200, count: 1, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data: [{ id: 'osevt_1' }], hasMore: true, nextCursor: 12 }) });
		answerAlways('/api/v1/events', { data: [{ id: 'osevt_2' }], hasMore: false });
		const { items } = await bench.outboundSync(withOperation('event getAll', { returnAll: true }));
		expect(idsOf(items)).toEqual(['osevt_1', 'osevt_2']);
		expect(requests(bench.sandbox, 'GET', '/api/v1/events').map(({ query }) => query.cursor)).toEqual([undefined, '12']);
	});

	it.each([[null], [undefined], [''], [{ at: 1 }]])('that go on at %p do not end without a word', async (nextCursor) => {
		answerAlways('/api/v1/events', { data: [{ id: 'osevt_1' }], hasMore: true, nextCursor });
		const { error } = await bench.outboundSync(withOperation('event getAll', { returnAll: true }));
		expect(error?.message).toMatch(/^OutboundSync says that the list goes on, but not where/);
	});
});

describe('a list that comes whole', () => {
	it('is found under another name too', async () => {
		answerAlways('/api/v1/connections', { total: 2, items: [{ id: 8 }, { id: 9 }] });
		expect(idsOf((await bench.outboundSync(withOperation('connection getAll'))).items)).toEqual([8, 9]);
	});

	it('is cut to the limit', async () => {
		const { items } = await bench.outboundSync(withOperation('source getAll', { limit: 2 }));
		expect(idsOf(items)).toEqual([101, 102]);
		expect(queries('/api/v1/sources')).toEqual([{}]);
	});

	it.each(['source getAll', 'destination getAll'])('%s shows addresses only on request', async (operation) => {
		const addresses = async (parameters: object) =>
			jsonOf((await bench.outboundSync(withOperation(operation, { ...parameters }))).items).filter(({ url }) => url !== undefined);
		expect(await addresses({})).toHaveLength(0);
		expect((await addresses({ simplify: false })).length).toBeGreaterThan(0);
	});
});

describe('the lists to choose from', () => {
	const search = async (method: string, filter?: string, apiKey = bench.sandbox.outboundSync.apiKey) => {
		const outboundSyncApi = bench.engine.credentials.add('outboundSyncApi', { baseUrl: bench.sandbox.outboundSync.origin, apiKey });
		return await bench.engine.listSearch({ type: 'outboundSync', method, filter, credentials: { outboundSyncApi } });
	};

	beforeEach(() => {
		state().webhooks.put({
			id: 'oswhk_1',
			url: 'https://example.com/hook',
			description: null,
			enabledEvents: [],
			isActive: false,
			autoDisabledAt: daysAgo(1),
			secret: 'oswhsec_1',
			consecutiveDead: 20,
			createdAt: daysAgo(2),
			updatedAt: daysAgo(1),
		});
	});

	it.each([
		['searchConnections', undefined, 'aurora-moveis.example (hubspot, CONNECTED)', '1', 3],
		['searchSources', 'INSTANTLY', 'instantly (102, hubspot, connection 1)', '102', 1],
		['searchDestinations', 'nothing', 'Not connected yet (forwards nothing)', '303', 1],
		['searchBlocklists', '501', 'Customers (smartlead, ADDRESS, SYNCED)', '501', 1],
		['searchWebhooks', undefined, 'https://example.com/hook (disabled after failures)', 'oswhk_1', 1],
	])('%s with the filter %p', async (method, filter, name, value, count) => {
		const { results } = await search(method, filter);
		expect(results[0]).toEqual({ name, value });
		expect(results).toHaveLength(count);
	});

	it('never hold a secret', async () => {
		expect(JSON.stringify([await search('searchWebhooks'), await search('searchSources')])).not.toMatch(/oswhsec|\/webhooks\/|hooks\.sandbox/);
	});

	it('that are refused say what is missing', async () => {
		const missing = search('searchWebhooks', undefined, bench.sandbox.outboundSync.connectionScopedKey);
		await expect(missing).rejects.toMatchObject({
			message: expect.stringContaining('requires an account-scoped API key') as string,
			description: expect.stringContaining('Create an account-scoped key') as string,
		});
		await expect(search('searchSources', undefined, 'sk_live_1')).rejects.toMatchObject({
			description: expect.stringContaining('it looks like a SalesOS key') as string,
		});
	});

	it('that cannot be read are an error, not an empty list', async () => {
		answerAlways('/api/v1/blocklists', { message: 'later' });
		await expect(search('searchBlocklists')).rejects.toThrow('something else than a list');
	});
});

it('keeps the order of the input over items that are read at the same time', async () => {
	const items = [104, 101, 103].map((source) => ({ source }));
	const run = await bench.outboundSync(withOperation('sync getAllOfSource', { sourceId: { __rl: true, mode: 'id', value: '={{ $json.source }}' }, limit: 2 }), { items });
	expect(jsonOf(run.items).map(({ sourceId }) => sourceId)).toEqual([104, 104, 101, 101, 103, 103]);
	expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 1, 1, 2, 2].map((item) => ({ item })));
});

it('a key of one connection sees its own records alone', async () => {
	const run = await runWithKey(bench, bench.sandbox.outboundSync.connectionScopedKey, withOperation('source getAll'));
	expect(idsOf(run.items)).toEqual([101, 102]);
});

function answerAlways(path: string, body: object): void {
	bench.sandbox.faults.add({
		vendor: 'outboundSync',
		path,
		count: Infinity,
		kind: 'answer',
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
}

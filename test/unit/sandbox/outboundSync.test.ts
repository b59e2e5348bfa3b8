import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { outboundSyncRoutes } from '../../../sandbox/outboundSync/server';
import { outboundSyncApi, send, TestClock, type Api, type Json } from './support';

let sandbox: Sandbox;
let api: Api;
const clock = new TestClock();
const dayMs = 86_400_000;

beforeAll(async () => {
	sandbox = await startSandbox({ clock });
	Object.assign(sandbox.outboundSync.settings, { requestsPerWindowPerIp: 10_000, requestsPerWindowPerAccount: 10_000 });
	api = outboundSyncApi(sandbox);
});
afterAll(async () => await sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	Object.assign(sandbox.outboundSync.settings, {
		apiAccess: true,
		canUseWebhooks: true,
		blockListsDisabledFor: [],
		heavyRangeDays: null,
		shortPages: true,
		testNotQueued: false,
	});
});

const range = (days: number): string =>
	`from=${new Date(clock.nowMs - days * dayMs).toISOString()}&to=${new Date(clock.nowMs).toISOString()}`;

test('the 35 operations, no more and no fewer', () => {
	const routes = outboundSyncRoutes(sandbox.outboundSync.state, sandbox.outboundSync.events);
	const written = routes.map(({ method, path, access, feature }) =>
		[method, path.replace('/api/v1', ''), access === 'read' ? 'R' : 'W', feature === 'webhooks' ? 'A' : feature === 'events' ? 'H' : ''].join(' ').trim(),
	);
	expect(written.sort()).toEqual(
		[
			'GET /me R',
			'GET /account/status R',
			'GET /account/metrics R',
			'GET /connections R',
			'GET /sources R',
			'GET /requests R',
			'GET /requests/metrics R',
			'GET /sources/:sourceId/requests R',
			'GET /syncs R',
			'GET /syncs/metrics R',
			'GET /syncs/:id R',
			'GET /sources/:sourceId/syncs R',
			'POST /syncs/:id/retry W',
			'GET /destinations R',
			'GET /destinations/:id R',
			'GET /destinations/:id/deliveries R',
			'GET /destinations/:id/deliveries/metrics R',
			'GET /deliveries R',
			'POST /destinations/:id/deliveries/:deliveryId/replay W',
			'GET /destinations/reply-relays R',
			'GET /contacts/outreach R',
			'GET /blocklists R',
			'POST /blocklists/:id/pause W',
			'POST /blocklists/:id/resync W',
			'GET /webhooks R A',
			'GET /webhooks/:id R A',
			'POST /webhooks W A',
			'PATCH /webhooks/:id W A',
			'DELETE /webhooks/:id W A',
			'POST /webhooks/:id/rotate-secret W A',
			'POST /webhooks/:id/test W A',
			'GET /webhooks/:id/deliveries R A',
			'POST /webhooks/:id/deliveries/:deliveryId/replay W A',
			'GET /events R H',
			'GET /events/:id R H',
		].sort(),
	);
	expect(written).toHaveLength(35);
});

describe('access', () => {
	test.each([
		['missing', undefined],
		['malformed', 'Token osapi_sandbox_full_access'],
		['invalid', 'Bearer osapi_nobody'],
		['revoked', 'Bearer osapi_revoked'],
	])('a %s key gets one and the same 401', async (_what, authorization) => {
		sandbox.outboundSync.keys.add({ id: 'osapi_revoked', revoked: true });
		const reply = await send('GET', `${sandbox.outboundSync.origin}/api/v1/me`, { headers: authorization === undefined ? {} : { authorization } });
		expect(reply.status).toBe(401);
		expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="OutboundSync API"');
		expect(reply.json).toEqual({ statusCode: 401, message: 'Invalid or missing API key', error: 'Unauthorized' });
	});

	test('the 403 states, each with its own message', async () => {
		const readOnly = outboundSyncApi(sandbox, sandbox.outboundSync.readOnlyKey);
		const oneConnection = outboundSyncApi(sandbox, sandbox.outboundSync.connectionScopedKey);
		const { settings } = sandbox.outboundSync;
		const refusal = async (asking: ReturnType<Api>): Promise<unknown> => {
			const { status, json } = await asking;
			return [status, json.message];
		};
		expect(await refusal(readOnly('POST', '/syncs/1/retry'))).toEqual([403, expect.stringContaining('write')]);
		expect(await refusal(oneConnection('GET', '/webhooks'))).toEqual([403, 'Webhook endpoint management requires an account-scoped API key']);
		expect((await oneConnection('GET', '/events')).status).toBe(200);
		settings.canUseWebhooks = false;
		expect(await refusal(api('GET', '/webhooks'))).toEqual([403, 'Platform webhooks are not enabled for this account']);
		expect(await refusal(api('GET', '/events'))).toEqual([403, 'Platform webhooks are not enabled for this account']);
		settings.blockListsDisabledFor = [1];
		expect(await refusal(api('POST', '/blocklists/501/resync'))).toEqual([403, 'Block lists are not enabled for this connection']);
		expect((await api('POST', '/blocklists/501/pause')).status).toBe(200);
		expect(await refusal(api('GET', '/blocklists?connectionId=1'))).toEqual([403, 'Block lists are not enabled for this connection']);
		expect((await api('GET', '/blocklists')).json.blocklists.map(({ id }) => id)).toEqual([502]);
		settings.apiAccess = false;
		expect(await refusal(api('GET', '/me'))).toEqual([403, 'API access is not enabled for this account']);
	});

	test('a connection-scoped key sees its connection alone', async () => {
		const oneConnection = outboundSyncApi(sandbox, sandbox.outboundSync.connectionScopedKey);
		const me = await oneConnection('GET', '/me');
		expect(me.json.apiKey).toEqual({ name: 'One connection', scopes: ['read', 'write'], connectionScope: 'connection', connectionId: 1 });
		expect(me.json.connections.map(({ id }) => id)).toEqual([1]);
		expect((await api('GET', '/me')).json.connections.map(({ id }) => id)).toEqual([1, 2, 3]);
		const syncs = await oneConnection('GET', `/syncs?limit=500&${range(31)}`);
		expect(new Set(syncs.json.data.map(({ connectionId }) => connectionId))).toEqual(new Set([1]));
		const foreign = sandbox.outboundSync.state.syncs.all().find(({ connectionId }) => connectionId === 2);
		expect((await oneConnection('GET', `/syncs/${foreign?.id}`)).status).toBe(404);
	});
});

describe('ranges', () => {
	const paths = [
		'/requests',
		'/requests/metrics',
		'/sources/101/requests',
		'/syncs',
		'/syncs/metrics',
		'/sources/101/syncs',
		'/deliveries',
		'/destinations/301/deliveries',
		'/destinations/301/deliveries/metrics',
		'/account/metrics',
	];
	test.each(paths)('%s requires from and to, at most 31 days apart', async (path) => {
		const missing = await api('GET', path);
		expect(missing.status).toBe(400);
		expect(missing.json).toEqual({
			statusCode: 400,
			message: ['from must be a valid ISO 8601 date string', 'to must be a valid ISO 8601 date string'],
			error: 'Bad Request',
		});
		expect((await api('GET', `${path}?${range(31)}`)).status).toBe(200);
		expect((await api('GET', `${path}?${range(31.001)}`)).json.message).toContain('31 days');
		expect((await api('GET', `${path}?${range(-1)}`)).status).toBe(400);
	});

	test('a range set to be too heavy answers 504', async () => {
		sandbox.outboundSync.settings.heavyRangeDays = 7;
		expect((await api('GET', `/syncs?${range(7)}`)).status).toBe(200);
		expect((await api('GET', `/syncs?${range(8)}`)).status).toBe(504);
	});

	test('only what happened within the range, and the metrics agree with the list', async () => {
		const { json } = await api('GET', `/syncs?limit=500&status=error&${range(1)}`);
		const times = json.data.map(({ createdAt }) => Date.parse(String(createdAt)));
		expect(times.length).toBeGreaterThan(3);
		expect(Math.min(...times)).toBeGreaterThanOrEqual(clock.nowMs - dayMs);
		expect([...times].sort((left, right) => right - left)).toEqual(times);
		expect((await api('GET', `/syncs/metrics?${range(1)}`)).json.error).toBe(times.length);
		expect((await api('GET', `/account/metrics?${range(1)}`)).json.syncs.error).toBe(times.length);
	});
});

describe('cursor pages', () => {
	async function readAll(path: string): Promise<{ ids: Json[]; sizes: number[]; replies: number }> {
		const ids: Json[] = [];
		const sizes: number[] = [];
		let cursor: Json | null = null;
		do {
			const { json }: { json: Json } = await api('GET', path + (cursor === null ? '' : `&cursor=${encodeURIComponent(String(cursor))}`));
			ids.push(...json.data.map(({ id }) => id));
			sizes.push(json.data.length);
			expect(json.hasMore).toBe((json.nextCursor as unknown) !== null);
			cursor = json.nextCursor;
		} while ((cursor as unknown) !== null);
		return { ids, sizes, replies: sizes.length };
	}

	test('a short page still has more; all records come, once', async () => {
		const { ids, sizes } = await readAll(`/requests?limit=60&${range(31)}`);
		expect(sizes.slice(0, 3)).toEqual([60, 30, 60]);
		expect(new Set(ids).size).toBe(ids.length);
		const expected = sandbox.outboundSync.state.requests.all().filter(({ createdAt }) => Date.parse(createdAt) >= clock.nowMs - 31 * dayMs);
		expect(ids).toHaveLength(expected.length);
		sandbox.outboundSync.settings.shortPages = false;
		const full = await readAll(`/requests?limit=60&${range(31)}`);
		expect(full.ids).toEqual(ids);
		expect(full.sizes.slice(0, -1).every((size) => size === 60)).toBe(true);
	});

	test('records that come in while paging shift nothing', async () => {
		const first = await api('GET', `/syncs?limit=10&${range(1)}`);
		const [newest] = first.json.data as unknown as Array<{ id: number }>;
		const copied = sandbox.outboundSync.state.syncs.get(newest.id);
		if (!copied) throw new Error('The newest sync is in the table');
		sandbox.outboundSync.state.syncs.put({ ...copied, id: 99_999, createdAt: new Date(clock.nowMs).toISOString() });
		const second = await api('GET', `/syncs?limit=10&${range(1)}&cursor=${first.json.nextCursor}`);
		const seen = [...first.json.data, ...second.json.data].map(({ id }) => id);
		expect(new Set(seen).size).toBe(15);
	});

	test.each([
		['/syncs', 100, 500],
		['/requests', 100, 500],
		['/events', 25, 100],
	])('%s has %i by default and %i at most', async (path, usual, max) => {
		const query = path === '/events' ? '' : range(31);
		expect((await api('GET', `${path}?${query}`)).json.data).toHaveLength(usual);
		expect((await api('GET', `${path}?${query}&limit=${max}`)).status).toBe(200);
		expect((await api('GET', `${path}?${query}&limit=${max + 1}`)).json.message).toEqual([`limit must not be greater than ${max}`]);
	});

	test.each(['limit=0', 'limit=x', 'cursor=nonsense', 'status=odd', 'sourceId=x'])('?%s is refused', async (query) => {
		expect((await api('GET', `/syncs?${range(1)}&${query}`)).status).toBe(400);
	});
});

describe('operations', () => {
	test('lists that are not paged stand under their name', async () => {
		const names: Array<[string, string, number]> = [
			['/connections', 'connections', 3],
			['/sources', 'sources', 5],
			['/destinations', 'destinations', 3],
			['/destinations/reply-relays', 'replyRelays', 2],
			['/blocklists', 'blocklists', 2],
			['/webhooks', 'webhooks', 0],
		];
		for (const [path, name, count] of names) {
			const { json } = await api('GET', path);
			expect(Object.keys(json)).toEqual([name]);
			expect(json[name]).toHaveLength(count);
		}
		expect((await api('GET', '/destinations/303')).json.sourceIds).toEqual([]);
	});

	test('account status: ready, then blocked by a lost connection', async () => {
		const ready = (await api('GET', '/account/status')).json;
		expect(ready).toMatchObject({ ready: true, blockers: [] });
		expect(ready.components[0]).toMatchObject({
			connectionId: 1,
			crmConnection: { status: 'ready' },
			sources: { status: 'ready', count: 2, platforms: ['smartlead', 'instantly'] },
			destinations: { status: 'ready', forwardingCount: 2, replyRelayCount: 1 },
			blocklists: { status: 'ready', enabledCount: 1, lastError: null },
		});
		sandbox.outboundSync.state.connections.change(1, { status: 'DISCONNECTED' });
		const { json } = await api('GET', '/account/status');
		expect(json.ready).toBe(false);
		expect(Object.keys(json.blockers[0])).toEqual(['code', 'message', 'remediation', 'docUrl']);
		expect(json.blockers[0].code).toBe('crm_disconnected');
	});

	test('retry: only failed syncs, only on HubSpot and Salesforce', async () => {
		const all = sandbox.outboundSync.state.syncs.all();
		const find = (status: string, crm: string): number => all.find((sync) => sync.status === status && sync.crm === crm)?.id ?? 0;
		const failed = find('error', 'hubspot');
		expect((await api('POST', `/syncs/${failed}/retry`)).json).toEqual({ queued: true, syncId: failed });
		expect((await api('GET', `/syncs/${failed}`)).json).toMatchObject({ status: 'success', attempts: 2 });
		expect((await api('POST', `/syncs/${failed}/retry`)).status).toBe(400);
		expect((await api('POST', `/syncs/${find('error', 'close')}/retry`)).json.message).toContain('close');
		expect((await api('POST', '/syncs/1/retry')).status).toBe(404);
		expect((await api('POST', '/syncs/x/retry')).status).toBe(400);
	});

	test('replaying a delivery queues its payload again', async () => {
		const failed = sandbox.outboundSync.state.deliveries.all().find(({ status }) => status === 'error');
		const before = sandbox.outboundSync.state.deliveries.size;
		const { destinationId, id, payloadId } = failed ?? { destinationId: 0, id: 0, payloadId: 0 };
		const reply = await api('POST', `/destinations/${destinationId}/deliveries/${id}/replay`);
		expect(reply.json).toEqual({ queued: true, destinationId, payloadId });
		expect(sandbox.outboundSync.state.deliveries.size).toBe(before + 1);
		expect((await api('POST', `/destinations/303/deliveries/${id}/replay`)).status).toBe(404);
	});

	test('block lists: pause twice, resync once at a time', async () => {
		expect((await api('POST', '/blocklists/502/pause')).json).toEqual({ id: 502, isEnabled: false, status: 'CREATED' });
		expect((await api('POST', '/blocklists/502/pause')).status).toBe(200);
		expect((await api('POST', '/blocklists/502/resync')).json).toEqual({ id: 502, queued: true, isEnabled: true, status: 'FETCHING' });
		expect((await api('POST', '/blocklists/502/resync')).status).toBe(409);
		clock.advance(30_000);
		const [list] = (await api('GET', '/blocklists?connectionId=2')).json.blocklists;
		expect(list).toMatchObject({ listName: 'Competitors', blockType: 'DOMAIN', status: 'SYNCED', syncedCount: 265, pendingCount: 0 });
		expect(Object.keys(list)).toHaveLength(14);
		expect((await api('POST', '/blocklists/502/resync')).status).toBe(200);
	});

	test('outreach: by email or profile, of one person', async () => {
		const byEmail = await api('GET', '/contacts/outreach?email=Prospect8@prospects.example');
		expect(byEmail.json).toMatchObject({ found: true, doNotContact: { value: true, reasons: ['UNSUBSCRIBED'] }, outcomes: { unsubscribed: true } });
		const byProfile = await api('GET', `/contacts/outreach?profileUrl=${encodeURIComponent('http://linkedin.com/in/Prospect-8/')}`);
		expect({ ...byProfile.json, email: null, query: null }).toEqual({ ...byEmail.json, email: null, query: null });
		expect(byEmail.json.query).toEqual({ email: 'prospect8@prospects.example', profileUrls: [] });
		const stranger = await api('GET', '/contacts/outreach?email=nobody@example.com&profileUrl=https://x.com/nobody');
		expect(stranger.json).toMatchObject({ found: false, platforms: [], doNotContact: { value: false, reasons: [] } });
		expect(stranger.json.summary).toMatchObject({ totalEvents: 0, daysSinceLastTouch: null, lastTouchAt: null, everContacted: false });
	});

	test('outreach: what was given for one person is put together, and only what reaches somebody is a touch', async () => {
		const read = async (query: string): Promise<Json> => (await api('GET', `/contacts/outreach?${query}`)).json;
		const [one, other] = [await read('email=prospect1@prospects.example'), await read('email=prospect2@prospects.example')];
		const both = await read('email=prospect1@prospects.example&profileUrl=x.com/prospect2');
		const events = (answer: Json): number => Number(answer.summary.totalEvents);
		expect(events(both)).toBe(events(one) + events(other));
		const twice = await read('profileUrl=x.com/prospect1,linkedin.com/in/prospect-1');
		expect(events(twice)).toBe(events(one));
		expect(one.summary).toMatchObject({ everEmailed: true, everOpened: true, everSocialTouched: false, lastEventType: 'EMAIL_SENT' });
		const category = await read('email=prospect13@prospects.example');
		expect(category).toMatchObject({ found: true, summary: { daysSinceLastTouch: null }, outcomes: { lastCategoryName: 'Interested' } });
		expect((await read('email=prospect17@prospects.example')).summary).toMatchObject({ everOpened: true, everContacted: false });
	});

	test.each([
		'',
		'email=nobody',
		'email=a@example.com&email=b@example.com',
		`${Array.from({ length: 6 }, (_, index) => `profileUrl=https://x.com/p${index}`).join('&')}`,
		'profileUrl=https://example.com/in/prospect-8',
	])('outreach ?%s is refused', async (query) => {
		const reply = await api('GET', `/contacts/outreach?${query}`);
		expect(reply.status).toBe(400);
		expect(reply.json.message).toHaveLength(1);
	});

	test('events: by type, repeatable, and by delivery', async () => {
		const failed = await api('GET', '/events?type=sync.failed&limit=100');
		expect(new Set(failed.json.data.map(({ type }) => type))).toEqual(new Set(['sync.failed']));
		expect(Object.keys(failed.json.data[0].data)).toEqual([
			'connectionId',
			'crm',
			'sourceId',
			'sourcePlatform',
			'consecutiveFailures',
			'reason',
			'remediation',
		]);
		const both = await api('GET', '/events?type=sync.failed&type=sync.recovered&limit=100');
		expect(both.json.data).toHaveLength(60);
		const undelivered = await api('GET', '/events?delivered=false&limit=100');
		expect(undelivered.json.data.every(({ delivered }) => (delivered as unknown) === false)).toBe(true);
		const one = await api('GET', `/events/${failed.json.data[0].id}`);
		expect(one.json).toEqual({ ...(failed.json.data[0] as object), deliveries: [] });
	});

	test('the same seed on every start', async () => {
		const other = await startSandbox({ clock });
		const read = ({ outboundSync }: Sandbox): unknown => [outboundSync.state.events.all(), outboundSync.state.syncs.all()];
		sandbox.reset();
		expect(read(other)).toEqual(read(sandbox));
		await other.stop();
	});
});

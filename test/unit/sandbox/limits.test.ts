import http from 'node:http';
import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { mint, outboundSyncApi, salesOsApi, TestClock, type Api, type Reply } from './support';

let sandbox: Sandbox;
const clock = new TestClock();

beforeAll(async () => {
	sandbox = await startSandbox({ clock, windowMs: 60_000 });
});
afterAll(async () => await sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	Object.assign(sandbox.salesOs.settings, { plan: 'professional', requestsPerWindow: null, resetUnit: 'epochSeconds' });
	Object.assign(sandbox.outboundSync.settings, { requestsPerWindowPerIp: 120, requestsPerWindowPerAccount: 120, outreachRequestsPerWindow: 600 });
});

/** Asks one after the other, and counts the answers by status. */
async function ask(count: number, request: () => Promise<Reply>): Promise<Record<number, number>> {
	const counts: Record<number, number> = {};
	for (let index = 0; index < count; index += 1) {
		const { status } = await request();
		counts[status] = (counts[status] ?? 0) + 1;
	}
	return counts;
}

describe('SalesOS: fixed windows by plan', () => {
	test.each([
		['starter', 100],
		['professional', 500],
		['enterprise', 2000],
	] as const)('%s names %i in its headers', async (plan, limit) => {
		sandbox.salesOs.settings.plan = plan;
		const { headers } = await (await salesOsApi(sandbox))('GET', '/v1/teams');
		expect(headers.get('x-ratelimit-limit')).toBe(String(limit));
		expect(headers.get('x-ratelimit-remaining')).toBe(String(limit - 1));
	});

	test('the 101st request of a window is refused, the first of the next one is served', async () => {
		sandbox.salesOs.settings.plan = 'starter';
		const api = await salesOsApi(sandbox);
		expect(await ask(100, async () => await api('GET', '/v1/teams'))).toEqual({ 200: 100 });
		clock.advance(42_500);
		const refused = await api('POST', '/v1/leads', { name: 'Ana', email: 'ana@example.com' });
		expect(refused.status).toBe(429);
		expect(refused.json.error.code).toBe('RATE_LIMITED');
		// 17.5 s are left: rounded up, so that who waits as told is never early.
		expect(refused.headers.get('retry-after')).toBe('18');
		expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
		expect(sandbox.salesOs.state.leads.size).toBe(0);
		clock.advance(17_499);
		expect((await api('GET', '/v1/teams')).status).toBe(429);
		clock.advance(1);
		expect((await api('GET', '/v1/teams')).status).toBe(200);
	});

	test.each([
		['epochSeconds', (): number => Math.ceil((clock.nowMs + 60_000) / 1000)],
		['epochMs', (): number => clock.nowMs + 60_000],
		['secondsLeft', (): number => 60],
	] as const)('X-RateLimit-Reset in %s', async (resetUnit, expected) => {
		sandbox.salesOs.settings.resetUnit = resetUnit;
		const { headers } = await (await salesOsApi(sandbox))('GET', '/v1/teams');
		expect(headers.get('x-ratelimit-reset')).toBe(String(expected()));
	});

	test('all credentials draw on one window; the token endpoint and refused credentials on none', async () => {
		sandbox.salesOs.settings.requestsPerWindow = 2;
		const { id, clientSecret } = sandbox.salesOs.credentials.addClient();
		const [first, second, foreign] = [
			await salesOsApi(sandbox),
			await salesOsApi(sandbox, { client_id: id, client_secret: clientSecret }),
			await salesOsApi(sandbox, { audience: 'https://elsewhere.example' }),
		];
		await ask(5, async () => await mint(sandbox));
		expect(await ask(5, async () => await foreign('GET', '/v1/teams'))).toEqual({ 401: 5 });
		expect((await first('GET', '/v1/teams')).status).toBe(200);
		expect((await second('GET', '/v1/teams')).headers.get('x-ratelimit-remaining')).toBe('0');
		expect((await first('GET', '/v1/teams')).status).toBe(429);
	});
});

describe('OutboundSync: per IP before the key, per account after it', () => {
	test('the per-IP window counts wrong keys too, and its 429 lacks X-RateLimit headers', async () => {
		sandbox.outboundSync.settings.requestsPerWindowPerIp = 3;
		const api = outboundSyncApi(sandbox);
		expect((await outboundSyncApi(sandbox, 'osapi_wrong')('GET', '/me')).status).toBe(401);
		expect(await ask(2, async () => await api('GET', '/me'))).toEqual({ 200: 2 });
		const refused = await outboundSyncApi(sandbox, 'osapi_wrong')('GET', '/me');
		expect(refused.status).toBe(429);
		expect(refused.headers.get('x-ratelimit-limit')).toBeNull();
		expect(refused.headers.get('retry-after')).toBe('60');
		expect(refused.json).toMatchObject({ statusCode: 429, message: expect.any(String) });
	});

	test('the per-account window is shared by all keys, and its 429 has X-RateLimit headers', async () => {
		sandbox.outboundSync.settings.requestsPerWindowPerAccount = 2;
		expect((await outboundSyncApi(sandbox)('GET', '/me')).headers.get('x-ratelimit-remaining')).toBe('1');
		expect((await outboundSyncApi(sandbox, sandbox.outboundSync.readOnlyKey)('GET', '/me')).status).toBe(200);
		clock.advance(20_000);
		const refused = await outboundSyncApi(sandbox)('GET', '/me');
		expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-ratelimit-limit')]).toEqual([429, '40', '2']);
		expect(refused.headers.get('x-ratelimit-reset')).toBe('40');
		clock.advance(40_000);
		expect((await outboundSyncApi(sandbox)('GET', '/me')).status).toBe(200);
	});

	test('another address has a window of its own', async () => {
		sandbox.outboundSync.settings.requestsPerWindowPerIp = 1;
		const api = outboundSyncApi(sandbox);
		expect(await ask(2, async () => await api('GET', '/me'))).toEqual({ 200: 1, 429: 1 });
		const status = await new Promise<number | undefined>((resolve, reject) => {
			const headers = { authorization: `Bearer ${sandbox.outboundSync.apiKey}` };
			http
				.get(`${sandbox.outboundSync.origin}/api/v1/me`, { localAddress: '127.0.0.2', headers, agent: false }, (response) => {
					response.resume();
					resolve(response.statusCode);
				})
				.on('error', reject);
		});
		expect(status).toBe(200);
	});

	test('/contacts/outreach draws on its own window alone, without X-RateLimit headers', async () => {
		Object.assign(sandbox.outboundSync.settings, { requestsPerWindowPerIp: 1, requestsPerWindowPerAccount: 1, outreachRequestsPerWindow: 3 });
		const api = outboundSyncApi(sandbox);
		const outreach = async (): Promise<Reply> => await api('GET', '/contacts/outreach?email=a@example.com');
		const served = await outreach();
		expect([served.status, served.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
		expect(await ask(3, outreach)).toEqual({ 200: 2, 429: 1 });
		expect((await outreach()).headers.get('x-ratelimit-limit')).toBeNull();
		expect((await api('GET', '/me')).status).toBe(200);
	});
});

describe('journal', () => {
	test('counts requests within any window', async () => {
		const api: Api = await salesOsApi(sandbox);
		for (const waitMs of [0, 10_000, 49_999, 1, 30_000]) {
			clock.advance(waitMs);
			await api('GET', '/v1/teams');
		}
		// At 0, 10, 59.999, 60 and 90 s: the busiest minute is the one from 10 s to just before 70 s.
		expect(sandbox.journal.busiestWindow(60_000, { vendor: 'salesOs' })).toBe(3);
		expect(sandbox.journal.busiestWindow(1, { vendor: 'salesOs' })).toBe(1);
		expect(sandbox.journal.busiestWindow(90_001, { vendor: 'salesOs' })).toBe(5);
		expect(sandbox.journal.count({ vendor: 'salesOs', method: 'get', path: '/v1/teams' })).toBe(5);
	});
});

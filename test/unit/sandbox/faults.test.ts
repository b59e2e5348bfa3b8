import type { FaultKind } from '../../../sandbox/http/faults';
import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { brokenBy, mint, outboundSyncApi, salesOsApi, send, TestClock, type Api, type Reply } from './support';

let sandbox: Sandbox;
let api: Api;
const clock = new TestClock();
const lead = { name: 'Ana', email: 'ana@example.com' };

beforeAll(async () => {
	sandbox = await startSandbox({ clock, plan: 'enterprise' });
});
afterAll(async () => await sandbox.stop());
beforeEach(async () => {
	sandbox.reset();
	api = await salesOsApi(sandbox);
});

const strike = (fault: FaultKind): number => sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/leads', ...fault });
const create = async (): Promise<Reply> => await api('POST', '/v1/leads', lead);
const stored = (): number => sandbox.salesOs.state.leads.size;
const lastEntry = (): ReturnType<typeof sandbox.journal.list>[number] | undefined => sandbox.journal.list({ path: '/v1/leads' }).at(-1);

describe('answers in place of the work', () => {
	test.each<[FaultKind, number, (reply: Reply) => void]>([
		[{ kind: 'serverError' }, 500, (reply) => expect(reply.json.error.code).toBe('SERVER_ERROR')],
		[{ kind: 'badGatewayHtml' }, 502, (reply) => expect([reply.headers.get('content-type'), reply.text]).toEqual(['text/html', expect.stringContaining('<h1>502')])],
		[{ kind: 'serviceUnavailable' }, 503, (reply) => expect(reply.json.error).toBeDefined()],
		[{ kind: 'gatewayTimeout' }, 504, (reply) => expect(reply.json.error).toBeDefined()],
		[{ kind: 'tooManyRequests', retryAfterSeconds: 7 }, 429, (reply) => expect(reply.headers.get('retry-after')).toBe('7')],
		[
			{ kind: 'tooManyRequests', retryAfter: 'date', retryAfterSeconds: 7 },
			429,
			(reply) => expect(reply.headers.get('retry-after')).toBe('Mon, 02 Mar 2026 10:00:07 GMT'),
		],
		[
			{ kind: 'tooManyRequests', retryAfter: 'body', retryAfterSeconds: 7 },
			429,
			(reply) => expect([reply.headers.get('retry-after'), reply.json.error.retry_after]).toEqual([null, 7]),
		],
		[
			{ kind: 'tooManyRequests', retryAfter: 'none' },
			429,
			(reply) => expect([reply.headers.get('retry-after'), reply.json.error.retry_after]).toEqual([null, undefined]),
		],
		[
			{ kind: 'answer', status: 418, headers: { 'x-odd': 'yes' }, body: '{"a":1}' },
			418,
			(reply) => expect([reply.headers.get('x-odd'), reply.text]).toEqual(['yes', '{"a":1}']),
		],
	])('%j', async (fault, status, look) => {
		const id = strike(fault);
		const reply = await create();
		expect(reply.status).toBe(status);
		look(reply);
		expect(stored()).toBe(0);
		expect(lastEntry()).toMatchObject({ status, workDone: false, fault: { id, kind: fault.kind } });
		expect((await create()).status).toBe(201);
		expect(stored()).toBe(1);
	});

	test('resetBeforeWork cuts the connection and does nothing', async () => {
		strike({ kind: 'resetBeforeWork' });
		expect(await brokenBy(create())).toBe('ECONNRESET');
		expect(stored()).toBe(0);
		expect(lastEntry()).toMatchObject({ status: null, workDone: false, durationMs: 0 });
	});

	test('tokenRevoked makes the token worthless for good', async () => {
		strike({ kind: 'tokenRevoked' });
		expect((await create()).status).toBe(401);
		expect((await create()).status).toBe(401);
		expect(stored()).toBe(0);
		api = await salesOsApi(sandbox);
		expect((await create()).status).toBe(201);
	});
});

describe('the work is done, and the answer is spoilt', () => {
	test.each<[FaultKind, number, (reply: Reply) => void]>([
		[{ kind: 'serverErrorAfterWork' }, 500, (reply) => expect(reply.json.error.code).toBe('SERVER_ERROR')],
		[{ kind: 'truncatedJson' }, 201, (reply) => expect([reply.text.slice(0, 8), reply.json]).toEqual(['{"data":', undefined])],
		[{ kind: 'notJson' }, 200, (reply) => expect(reply.text).toBe('OK')],
		[{ kind: 'emptyBody' }, 200, (reply) => expect(reply.text).toBe('')],
	])('%j', async (fault, status, look) => {
		strike(fault);
		const reply = await create();
		expect(reply.status).toBe(status);
		look(reply);
		expect(stored()).toBe(1);
		expect(lastEntry()).toMatchObject({ workDone: true, fault: { kind: fault.kind } });
	});

	test('resetAfterWork cuts the connection when the lead is stored', async () => {
		strike({ kind: 'resetAfterWork' });
		expect(await brokenBy(create())).toBe('ECONNRESET');
		expect(stored()).toBe(1);
		expect(lastEntry()).toMatchObject({ status: null, workDone: true });
	});

	test('slow answers late, and whole', async () => {
		strike({ kind: 'slow', delayMs: 150 });
		const startedMs = performance.now();
		expect((await create()).status).toBe(201);
		expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149);
	});

	test('latencyMs slows every operation', async () => {
		sandbox.settings.latencyMs = 60;
		const startedMs = performance.now();
		await api('GET', '/v1/teams');
		sandbox.settings.latencyMs = 0;
		expect(performance.now() - startedMs).toBeGreaterThanOrEqual(59);
	});
});

describe('which requests are struck', () => {
	const statuses = async (count: number, request: () => Promise<Reply> = create): Promise<number[]> => {
		const seen: number[] = [];
		for (let index = 0; index < count; index += 1) seen.push((await request()).status);
		return seen;
	};

	test('once, unless a count is given', async () => {
		strike({ kind: 'serverError' });
		expect(await statuses(3)).toEqual([500, 201, 201]);
		sandbox.faults.add({ vendor: 'salesOs', kind: 'serverError', count: 2 });
		expect(await statuses(3)).toEqual([500, 500, 201]);
	});

	test('every n-th, without end or up to a count', async () => {
		const id = sandbox.faults.add({ vendor: 'salesOs', path: '/v1/leads*', everyNth: 3, kind: 'serverError' });
		expect(await statuses(7)).toEqual([201, 201, 500, 201, 201, 500, 201]);
		expect(sandbox.faults.list()).toEqual([expect.objectContaining({ id, seen: 7, struck: 2 })]);
		sandbox.faults.clear();
		sandbox.faults.add({ vendor: 'salesOs', everyNth: 2, count: 1, kind: 'serverError' });
		expect(await statuses(4)).toEqual([201, 500, 201, 201]);
	});

	test('only its vendor, method and path, given as a pattern or as sent', async () => {
		const { id } = sandbox.salesOs.addLead(lead);
		sandbox.faults.add({ vendor: 'salesOs', method: 'get', path: '/v1/leads/:id', count: 2, kind: 'serverError' });
		sandbox.faults.add({ vendor: 'outboundSync', path: '/api/v1/me', kind: 'serverError' });
		sandbox.faults.add({ vendor: 'salesOsAuth', path: '/oauth/token', kind: 'serviceUnavailable' });
		expect((await api('GET', '/v1/leads')).status).toBe(200);
		expect((await api('PATCH', `/v1/leads/${id}`, {})).status).toBe(200);
		expect((await api('GET', `/v1/leads/${id}`)).status).toBe(500);
		sandbox.faults.add({ vendor: 'salesOs', path: `/v1/leads/${id}`, kind: 'gatewayTimeout' });
		expect((await api('GET', `/v1/leads/${id}`)).status).toBe(500);
		expect((await api('GET', `/v1/leads/${id}`)).status).toBe(504);
		expect((await outboundSyncApi(sandbox)('GET', '/me')).json).toMatchObject({ statusCode: 500, error: 'Internal Server Error' });
		expect((await mint(sandbox)).status).toBe(503);
	});

	test('not requests that were refused before: they are not counted', async () => {
		sandbox.faults.add({ vendor: 'salesOs', everyNth: 2, kind: 'serverError' });
		await create();
		const stranger = await send('GET', `${sandbox.salesOs.origin}/v1/leads`);
		expect(stranger.status).toBe(401);
		expect((await create()).status).toBe(500);
	});

	test('an unknown kind is refused', () => {
		expect(() => sandbox.faults.add({ vendor: 'salesOs', kind: 'earthquake' as 'serverError' })).toThrow('earthquake');
	});
});

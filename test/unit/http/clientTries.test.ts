import type { IHttpRequestOptions } from 'n8n-workflow';

import { ApiClient, type ClientParts, type SendContext } from '../../../nodes/shared/http/client';
import type { QuotaSpec } from '../../../nodes/shared/http/quota';
import type { ApiRequest } from '../../../nodes/shared/http/request';
import { RunReport } from '../../../nodes/shared/http/runReport';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from './virtualClock';

/** How often and when a request is sent, on a clock of its own and with a server that follows a script. */

const READ: ApiRequest = { method: 'GET', path: '/leads' };
const WRITE: ApiRequest = { method: 'POST', path: '/leads', body: { name: 'Ana' } };
const REMOVE: ApiRequest = { method: 'DELETE', path: '/leads/7' };

/** No jitter, unless a test is about it. */
class SteadyClock extends VirtualClock {
	override readonly random: () => number;

	constructor(jitter = 0) {
		super();
		this.random = () => jitter;
	}
}

type Step = { status: number; headers?: Record<string, string>; body?: string } | Error;

const OK: Step = { status: 200, body: '{"id": 7}' };
const fault = (status: number, headers: Record<string, string> = {}): Step => ({ status, headers, body: '{}' });
/** As n8n throws what the network did. */
const broken = (code: string, syscall?: string) => Object.assign(new Error('failed'), { cause: { code, syscall, message: code } });
const LOST = broken('ECONNRESET');
const NOT_SENT = broken('ECONNREFUSED', 'connect');

const quota = (key: string, more: Partial<QuotaSpec> = {}): QuotaSpec => ({
	key,
	label: `the ${key}`,
	limit: 100,
	windowMs: 60_000,
	followsHeaders: false,
	followsUser: false,
	...more,
});

interface ServerOptions {
	readonly jitter?: number;
	readonly quotas?: readonly QuotaSpec[];
	readonly isAbout?: (spec: QuotaSpec) => boolean;
	readonly settings?: Partial<ClientParts['settings']>;
	/** How long an answer takes. */
	readonly answerMs?: number;
	readonly onSend?: (sent: number) => void;
}

/** A client of a server that answers as the script says, and with the last step from then on. */
function server(script: Step[], { answerMs = 10, isAbout = () => true, jitter, onSend, quotas = [], settings }: ServerOptions = {}) {
	const clock = new SteadyClock(jitter);
	const report = new RunReport(clock);
	const sentAtMs: number[] = [];
	const sent: IHttpRequestOptions[] = [];
	const controller = new AbortController();
	let underWay = 0;
	const most = { underWay: 0 };
	const context: SendContext = {
		getNode: () => ({ id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} }),
		getExecutionCancelSignal: () => controller.signal,
		helpers: {
			async httpRequestWithAuthentication(_type, options) {
				const step = script[Math.min(sent.length, script.length - 1)];
				sent.push(options);
				sentAtMs.push(clock.elapsedMs);
				underWay += 1;
				most.underWay = Math.max(most.underWay, underWay);
				onSend?.(sent.length);
				await clock.sleep(answerMs);
				underWay -= 1;
				if (step instanceof Error) throw step;
				const { body, headers = {}, status } = step;
				if (status >= 200 && status < 300) return { statusCode: status, headers, body };
				throw Object.assign(new Error('refused'), { cause: { response: { status, headers, data: body } } });
			},
		},
	};
	const client = new ApiClient(context, {
		service: {
			name: 'Tested',
			maxRequestBytes: 100,
			quotasFor: () => quotas,
			isAbout,
			readError: () => ({ details: [] }),
			advise: () => undefined,
		},
		connection: { credentialType: 'test', baseUrl: 'https://api.example.com', accountDigest: 'Account' },
		settings: { wish: { share: 1, maxConcurrency: 4 }, maxRetries: 2, maxWaitMs: 300_000, timeoutMs: 60_000, ...settings },
		report,
		clock,
		turns: new TurnKeeper(clock),
	});
	const send = async (request: ApiRequest = READ) => await clock.run(client.trySend(request), 3_600_000);
	return { client, clock, controller, most, report, send, sent, sentAtMs };
}

const failureOf = (result: Awaited<ReturnType<ApiClient['trySend']>>) => (result.ok ? undefined : result.failure);

describe('after a fault', () => {
	it('a read is sent again with growing waits, which are reported', async () => {
		const { clock, report, send, sentAtMs } = server([fault(502), LOST, OK]);
		expect(await send()).toMatchObject({ ok: true, answer: { body: { id: 7 } }, sentAtMs: clock.now() - 10 });
		expect(sentAtMs).toEqual([0, 510, 1_520]);
		expect(report).toMatchObject({ requests: 3, retries: 2, rateLimited: 0 });
		expect(report.hint()).toMatch(/waited 2 s in 2 pauses .*a fault of the server/);
	});

	it('a read is given up after the retries that are allowed', async () => {
		const { send, sentAtMs } = server([fault(502)]);
		expect(failureOf(await send())).toMatchObject({ kind: 'exhausted', service: 'Tested', request: READ, status: 502, attempts: 3, waitedMs: 1_500 });
		expect(sentAtMs).toHaveLength(3);
	});

	it('a write is not sent again, and its outcome is unknown', async () => {
		const { report, send, sent } = server([fault(502)]);
		expect(failureOf(await send(WRITE))).toMatchObject({ kind: 'unknown', status: 502, attempts: 1 });
		expect([sent.length, report.retries]).toEqual([1, 0]);
	});

	it('a write that provably never left is sent again', async () => {
		const { send, sent } = server([NOT_SENT, OK]);
		expect(await send(WRITE)).toMatchObject({ ok: true });
		expect(sent).toHaveLength(2);
	});

	it('503 waits as long as Retry-After says', async () => {
		const { send, sentAtMs } = server([fault(503, { 'retry-after': '7' }), OK]);
		await send();
		expect(sentAtMs).toEqual([0, 7_010]);
	});

	it('503 waits no shorter than usual', async () => {
		const { send, sentAtMs } = server([fault(503, { 'retry-after': '0' }), OK]);
		await send();
		expect(sentAtMs).toEqual([0, 510]);
	});

	it.each([
		[503, { 'x-ratelimit-reset': '7' }],
		[502, { 'retry-after': '7' }],
	])('%d with %j waits as usual', async (status, headers) => {
		const { send, sentAtMs } = server([fault(status, headers), OK]);
		await send();
		expect(sentAtMs).toEqual([0, 510]);
	});

	it('a wait beyond the longest one fails at once, with the time to come again', async () => {
		const { clock, send, sentAtMs } = server([fault(503, { 'retry-after': '301' })]);
		expect(failureOf(await send())).toMatchObject({ kind: 'tooLong', status: 503, retryAtMs: clock.now() + 301_000 });
		expect(sentAtMs).toEqual([0]);
		const patient = server([fault(503, { 'retry-after': '300' }), OK]);
		expect(await patient.send()).toMatchObject({ ok: true });
	});
});

describe('a refusal', () => {
	it.each<[string, Step, string]>([
		['400', fault(400), 'refused'],
		['404', fault(404), 'refused'],
		['an address that n8n does not allow', broken('ERR_INVALID_URL'), 'blocked'],
	])('by %s is final', async (_what, step, kind) => {
		const { send, sent } = server([step]);
		expect(failureOf(await send())).toMatchObject({ kind, attempts: 1, waitedMs: 0 });
		expect(sent).toHaveLength(1);
	});

	it('is thrown as n8n’s error, with the item', async () => {
		const { client, clock } = server([fault(400)]);
		await expect(clock.run(client.send(READ, 3), 1_000)).rejects.toMatchObject({ name: 'NodeApiError', httpCode: '400', context: { itemIndex: 3 } });
		const well = server([OK]);
		expect(await well.clock.run(well.client.send(READ), 1_000)).toMatchObject({ status: 200, body: { id: 7 } });
	});
});

describe('deleting', () => {
	it.each<[string, Step, boolean]>([
		['a broken gateway', fault(502), true],
		['a lost connection', LOST, true],
		['a request that never left', NOT_SENT, false],
		['a request to slow down', fault(429), false],
	])('what is gone after %s has or has not been our doing', async (_what, first, isOurs) => {
		const { send } = server([first, fault(404)]);
		const result = await send(REMOVE);
		expect(result.ok).toBe(isOurs);
		if (result.ok) expect(result.answer).toEqual({ status: 404, headers: {}, body: undefined });
	});

	it('what was never there is refused, and so is reading what is gone', async () => {
		expect((await server([fault(404)]).send(REMOVE)).ok).toBe(false);
		expect((await server([fault(502), fault(404)]).send(READ)).ok).toBe(false);
		expect((await server([fault(502), fault(403)]).send(REMOVE)).ok).toBe(false);
	});
});

describe('a request to slow down', () => {
	const PLAN = quota('plan');

	it('is followed, and counted apart from faults', async () => {
		const { report, send, sentAtMs } = server([fault(429, { 'retry-after': '5' }), OK], { quotas: [PLAN] });
		expect(await send(WRITE)).toMatchObject({ ok: true });
		// One second more, because times are told in whole ones.
		expect(sentAtMs).toEqual([0, 6_010]);
		expect(report).toMatchObject({ requests: 2, retries: 0, rateLimited: 1 });
		expect(report.hint()).toContain('the plan');
	});

	it('without a time is followed with growing waits', async () => {
		const { send, sentAtMs } = server([fault(429), fault(429), OK], { quotas: [PLAN] });
		await send();
		expect(sentAtMs).toEqual([0, 1_510, 3_520]);
	});

	it('is followed a little later by each worker', async () => {
		const { send, sentAtMs } = server([fault(429, { 'retry-after': '5' }), OK], { quotas: [PLAN], jitter: 0.5 });
		await send();
		expect(sentAtMs).toEqual([0, 6_260]);
	});

	it('that does not end is told as what it is', async () => {
		const { report, send } = server([fault(429, { 'retry-after': '1' })], { quotas: [PLAN] });
		expect(failureOf(await send())).toMatchObject({ kind: 'refused', status: 429, attempts: 3, waitedMs: 4_000 });
		expect(report.rateLimited).toBe(3);
	});

	it('for longer than the longest wait fails, naming what is used up', async () => {
		const { send } = server([fault(429, { 'retry-after': '400' })], { quotas: [PLAN] });
		const failure = failureOf(await send());
		expect(failure).toMatchObject({ kind: 'tooLong', problem: 'the plan is used up until then', attempts: 1 });
		expect(failure?.retryAtMs).toBeGreaterThan(400_000);
	});

	it.each([
		['the hourly limit', (spec: QuotaSpec) => spec.key === 'hourly', 'hourly'],
		['no limit that is known', () => false, 'plan'],
	])('about %s holds up the requests that draw on it', async (_what, isAbout, held) => {
		const quotas = [quota('plan'), quota('hourly')];
		const made = server([fault(429, { 'retry-after': '5' }), OK], { quotas, isAbout, settings: { maxRetries: 0 } });
		await made.send();
		const other = quotas.filter(({ key }) => key === held);
		quotas.splice(0, 2, ...other);
		await made.send();
		expect(made.sentAtMs).toEqual([0, 6_010]);
	});

	it('about one limit holds up no request that draws on others alone', async () => {
		const quotas = [quota('plan'), quota('hourly')];
		const made = server([fault(429, { 'retry-after': '5' }), OK], { quotas, isAbout: ({ key }) => key === 'hourly', settings: { maxRetries: 0 } });
		await made.send();
		quotas.splice(1, 1);
		await made.send();
		expect(made.sentAtMs).toEqual([0, 10]);
	});
});

describe('what a quota learns', () => {
	it('is that n8n repeats a 401 by itself', async () => {
		const { send, sentAtMs } = server([fault(401), OK], { quotas: [quota('plan', { limit: 2 })] });
		await send();
		await send();
		// The second one of two is gone, too.
		expect(sentAtMs[1]).toBeGreaterThan(60_000);
	});

	it.each([
		['never left', NOT_SENT],
		['was blocked', broken('ERR_INVALID_URL')],
	])('is that a request %s', async (_what, step) => {
		const { send, sentAtMs } = server([step, OK], { quotas: [quota('plan', { limit: 1 })], settings: { maxRetries: 0 } });
		await send();
		await send();
		expect(sentAtMs).toEqual([0, 10]);
	});

	it('is the limit that the server states', async () => {
		const headers = { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' };
		const { send, sentAtMs } = server([{ ...OK, headers }], { quotas: [quota('plan', { followsHeaders: true })] });
		await send();
		await send();
		expect(sentAtMs[1]).toBeGreaterThanOrEqual(20_000);
		expect(sentAtMs[1]).toBeLessThan(22_000);
	});

	it.each<[string, Step[], number]>([
		['grows with success', [OK], 4],
		['stays with a refusal', [OK, fault(400), fault(400), OK], 2],
		['shrinks with a fault', [OK, fault(500), OK, OK], 1],
		['shrinks with a lost connection', [OK, LOST, OK, OK], 1],
		['shrinks with a request to slow down', [OK, fault(429, { 'retry-after': '0' }), OK, OK], 1],
	])('is how many may go at once, which %s', async (_what, script, atOnce) => {
		const made = server(script, { quotas: [quota('plan')], settings: { maxRetries: 0 } });
		await made.send();
		await made.send();
		if (atOnce === 4) await made.send();
		made.most.underWay = 0;
		await made.clock.run(Promise.all(Array.from({ length: 2 }, async () => await made.client.trySend(READ))), 10_000);
		expect(made.most.underWay).toBe(Math.min(atOnce, 2));
	});
});

describe('a cancelled execution', () => {
	it('sends nothing more', async () => {
		const { controller, send, sent } = server([OK]);
		controller.abort();
		expect(failureOf(await send())).toMatchObject({ kind: 'cancelled', attempts: 0 });
		expect(sent).toEqual([]);
	});

	it.each<[string, ApiRequest, Step, string | undefined]>([
		['a write was lost', WRITE, LOST, 'the request may or may not have been carried out'],
		['a read was lost', READ, LOST, 'the request may or may not have been carried out'],
		['a write was refused', WRITE, fault(400), undefined],
		['the server is busy', WRITE, fault(429), undefined],
	])('says what is unsure when %s', async (_what, request, step, problem) => {
		const made = server([step], { onSend: () => made.controller.abort() });
		const failure = failureOf(await made.send(request));
		expect(failure?.kind).toBe('cancelled');
		expect(failure?.problem).toBe(problem);
		expect(made.sent).toHaveLength(1);
	});

	it('is noticed within a nap of a wait', async () => {
		const { client, clock, controller } = server([OK]);
		clock.at(clock.now() + 1_000, () => controller.abort());
		expect(await clock.run(client.wait(60_000, 'a test'), 60_000)).toBeLessThanOrEqual(1_250);
		expect(await clock.run(client.wait(60_000, 'a test'), 60_000)).toBe(0);
	});
});

it('a wait is as long as it is asked for', async () => {
	const { client, clock, report } = server([OK]);
	expect(await clock.run(client.wait(1_100, 'a look'), 60_000)).toBe(1_100);
	expect(report.hint()).toMatch(/waited 1 s .*a look/);
});

describe('the size of a body', () => {
	const ofBytes = (bytes: number): ApiRequest => ({ ...WRITE, body: { a: 'é'.repeat((bytes - 8) / 2) } });

	it('may be what the vendor takes', async () => {
		const { send, sent } = server([OK]);
		expect(await send(ofBytes(100))).toMatchObject({ ok: true });
		expect(sent[0]).toMatchObject({ method: 'POST', headers: { 'Content-Type': 'application/json' } });
	});

	it('beyond that is refused before anything is sent', async () => {
		const { send, sent } = server([OK]);
		expect(failureOf(await send(ofBytes(102)))).toMatchObject({ kind: 'tooLarge', problem: 'its body has 102 bytes, and at most 100 are taken', attempts: 0 });
		expect(sent).toEqual([]);
	});
});

describe('a file', () => {
	const upload: ApiRequest['upload'] = {
		fields: [],
		file: {
			fieldName: 'file',
			fileName: 'a.csv',
			mimeType: 'text/csv',
			bytes: 3,
			async *open() {
				yield await Promise.resolve(Buffer.from('a,b'));
			},
		},
	};

	it('is sent as a stream', async () => {
		const streamed = server([OK]);
		await streamed.send({ ...WRITE, body: undefined, upload });
		expect(streamed.sent[0].headers?.['Content-Type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(Buffer.isBuffer(streamed.sent[0].body)).toBe(false);
	});
});

it('how far the server’s clock is ahead is known from its last answer', async () => {
	const { client, clock, send } = server([{ ...OK, headers: { date: 'Sat, 14 Mar 2026 13:00:00 GMT' } }, LOST], { settings: { maxRetries: 0 } });
	expect(client.serverAheadMs).toBeUndefined();
	await send();
	const aheadMs = client.serverAheadMs;
	expect(aheadMs).toBeGreaterThan(3_590_000);
	await send();
	expect(client.serverAheadMs).toBe(aheadMs);
	expect(clock.elapsedMs).toBe(20);
});

it('a refusal tells the server’s clock, too', async () => {
	const { client, send } = server([fault(400, { date: 'Sat, 14 Mar 2026 13:00:00 GMT' })]);
	await send();
	expect(client.serverAheadMs).toBeGreaterThan(3_590_000);
});

it('what must not happen twice at once is known by account and subject', () => {
	const { client } = server([OK]);
	expect(client.lockKey('Ana@Example.com')).toBe('https://api.example.com Account ana@example.com');
	expect(client.maxConcurrency).toBe(4);
});

import type { INodeParameters } from 'n8n-workflow';

import type { NodeRunResult, RecordedError } from '../../support/engine';
import { allTextOf } from '../../support/allTextOf';
import { answer, json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { HostileBench, isPolluted, NAME, POLLUTION, secretsIn } from './bench';
import { ENDLESS, HUNDRED_MB, MALFORMED, pour, type Encoding } from './behaviours';
import { namesOf, once, OPERATIONS, type OperationName } from './operations';

/**
 * Servers that answer what no server should, to one of each kind of operation: a text that says what
 * happened, in bounded time, with no secret in it and nothing left behind in the process. What memory
 * it takes is measured in a process of its own; see memory.test.ts.
 */

/** Time enough for a busy machine to read and unpack what it gives up on; nothing here waits for it to pass. */
const PATIENT = { timeout: 50 };

let bench: HostileBench;
let server: HostileServer;
beforeAll(async () => {
	bench = await HostileBench.start();
});
// One a test: what one answer makes of the rate limit must not hold up the next.
beforeEach(async () => {
	server = await startHostileServer('');
});
afterEach(async () => {
	await server.stop();
	expect(isPolluted()).toBe(false);
});
afterAll(async () => await bench.stop());

async function run(name: OperationName, behaviour: Behaviour, options?: INodeParameters): Promise<NodeRunResult & { ms: number }> {
	server.behave(behaviour);
	const operation = OPERATIONS[name];
	const startedAtMs = performance.now();
	const result = await bench.run(operation.sender, server.origin, once(operation, options));
	const ms = performance.now() - startedAtMs;
	expect(secretsIn(allTextOf(result.error))).toEqual([]);
	expect(secretsIn(allTextOf(result.raw.data.resultData))).toEqual([]);
	return { ...result, ms };
}

async function errorOf(name: OperationName, behaviour: Behaviour, options?: INodeParameters): Promise<RecordedError & { ms: number }> {
	const { error, ms } = await run(name, behaviour, options);
	if (!error) throw new Error('The node did not fail');
	expectReadable(name, error);
	return Object.assign(error, { ms });
}

/** Who it is about and what happened in the message, where and how to go on in the description, and no more than a page. */
function expectReadable(name: OperationName, error: RecordedError): void {
	const { kind, sender } = OPERATIONS[name];
	expect(error.message).toContain(NAME[sender]);
	expect(error.message).not.toMatch(/undefined|\[object|TypeError|Cannot read|Maximum call stack/);
	expect(error.description ?? '').toMatch(/\b(GET|POST) \/\S/);
	expect(`${error.message}${error.description ?? ''}`.length).toBeLessThan(3_000);
	if (kind === 'write' && !/refused the request/.test(error.message)) {
		expect(error.message).toMatch(/^It is not known whether \w+ carried out the request: /);
		expect(server.requests).toHaveLength(1);
	}
}

describe.each(namesOf('read', 'write'))('%s', (name) => {
	it.each(Object.entries(MALFORMED))('is told of %s', async (_what, [behaviour, problem]) => {
		const error = await errorOf(name, behaviour);
		expect(error.message).toMatch(problem);
		expect(error.ms).toBeLessThan(10_000);
	});

	it('gives up on 100 MB at 16 MB', async () => {
		const written = { bytes: 0 };
		const error = await errorOf(name, pour(HUNDRED_MB, { written }), PATIENT);
		expect(error.message).toContain('its answer is larger than 16 MB');
		expect(error.httpCode).toBe('200');
		expect(written.bytes).toBeLessThan(40_000_000);
	});

	it('tells a refusal of 100 MB by its status', async () => {
		const error = await errorOf(name, pour(HUNDRED_MB, { status: 400 }), PATIENT);
		expect(error.message).toMatch(/^\w+ refused the request: it answered with status 400/);
		expect(error.httpCode).toBe('400');
	});

	it.each([
		['nested 200,000 times', `{"data": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'JSON that is nested too deeply'],
		['of two million values', `{"data": [${'{},'.repeat(999_999)}{}]}`, 'JSON that holds more than a million values'],
	])('takes no JSON %s', async (_what, body, problem) => {
		const taken = await errorOf(name, answer(200, body, { 'content-type': 'application/json' }), PATIENT);
		expect(taken.message).toContain(problem);
		const refused = await errorOf(name, answer(422, body, { 'content-type': 'application/json' }), PATIENT);
		expect(refused.message).toContain(`status 422 and ${problem}`);
	});
});

describe.each(namesOf('read', 'write', 'file'))('%s', (name) => {
	it('ends in time, and hangs up, whatever the server sends for ever', async () => {
		const { sender, kind, ...operation } = OPERATIONS[name];
		const endings = Object.entries(ENDLESS).map(async ([what, behaviour]) => {
			const endless = await startHostileServer('');
			endless.behave(behaviour);
			const startedAtMs = performance.now();
			const { error } = await bench.run(sender, endless.origin, once({ ...operation, sender, kind }));
			const ms = performance.now() - startedAtMs;
			await closed(endless);
			await endless.stop();
			return { what, message: error?.message, isInTime: ms < 8_000 };
		});
		for (const { isInTime, message, what } of await Promise.all(endings)) {
			expect([what, message, isInTime]).toEqual([what, expect.stringMatching(/did not (end|answer) in time|status 400/), true]);
		}
	});

	it('takes names such as __proto__ for names', async () => {
		const record = `{"id": "3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93", "secret": "s", ${POLLUTION}}`;
		const isList = name.endsWith('get many');
		const body = name.startsWith('SalesOS') ? `{"data": ${isList ? `[${record}]` : record}, "meta": {"total": 1, ${POLLUTION}}, ${POLLUTION}}` : isList ? `{"data": [${record}], "hasMore": false, ${POLLUTION}}` : record;
		const { error, items } = await run(name, answer(200, body, { 'content-type': 'application/json' }));
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(isPolluted()).toBe(false);
		expect((items[0].json as { polluted?: unknown }).polluted).toBeUndefined();
		// What n8n does with every item: store it, read it again, copy it.
		const copy = structuredClone(JSON.parse(JSON.stringify(items[0].json)) as object);
		expect((copy as { polluted?: unknown }).polluted).toBeUndefined();
	});

	it.each([
		['of one field of every type', (value: unknown) => ({ error: { message: value, code: value, details: value, request_id: value }, message: value, statusCode: value, meta: value })],
		['of details of every type', (value: unknown) => ({ error: { details: [value, { field: value, message: value }, { index: 0, field: value, message: value }] }, message: [value, value] })],
	])('puts a refusal %s into words', async (_what, refusal) => {
		for (const value of [null, 0, true, '', [], [[]], {}, { toString: 1, valueOf: null, toJSON: 'x' }, [{ toString: 1 }], 'x'.repeat(2_000_000)]) {
			const error = await errorOf(name, (_request, response) => json(response, 400, refusal(value)), PATIENT);
			expect(error.message).toMatch(/^\w+ refused the request: ./);
			expect(error.httpCode).toBe('400');
		}
	});

	it('does not pass on what the server repeats of the request', async () => {
		const behaviour: Behaviour = (request, response) => {
			const { authorization = '' } = request.headers;
			const [, bare = ''] = authorization.split(' ');
			const echo = `You sent ${authorization} (${bare}, ${encodeURIComponent(authorization)}) and ${JSON.stringify(request.headers)}`;
			json(response, 400, { error: { message: echo, code: bare, details: [{ field: bare, message: echo }], request_id: bare }, message: [echo], statusCode: 400, meta: { request_id: bare } });
		};
		const error = await errorOf(name, behaviour);
		expect(error.message).toContain('You sent');
		expect(error.message).toContain('[hidden]');
	});
});

it.each<readonly [OperationName, Encoding]>([
	['SalesOS: get', 'br'],
	['SalesOS: get', 'deflate'],
	['SalesOS: create', 'gzip'],
	['OutboundSync: get many', 'gzip'],
	['OutboundSync: get many', 'br'],
])('%s: gives up on 100 MB (%s) at 16 MB of what is in it', async (name, encoding) => {
	const error = await errorOf(name, pour(HUNDRED_MB, { encoding }), PATIENT);
	expect(error.message).toContain('its answer is larger than 16 MB');
	expect(error.httpCode).toBe('200');
});

describe.each(namesOf('file'))('%s', (name) => {
	it.each(['identity', 'gzip'] satisfies Encoding[])('gives up on 100 MB (%s) at 50 MB', async (encoding) => {
		const error = await errorOf(name, pour(HUNDRED_MB, { encoding }), PATIENT);
		expect(error.message).toContain('its answer is larger than 50 MB');
	});

	it('names the file by what is harmless in the header', async () => {
		const disposition = `attachment; filename="../../${'x'.repeat(3_000)}\\u0000.sh"; filename*=UTF-8''..%2f..%2fetc%2fpasswd`;
		const { error, items } = await run(name, answer(200, 'bytes', { 'content-disposition': disposition, 'content-type': `text/html;${'x'.repeat(500)}` }));
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ fileName: 'passwd', bytes: 5 });
		expect(items[0].binary?.data.mimeType).toBe('text/html');
	});
});

describe('lists in the editor', () => {
	const lists = [
		['salesOs', 'searchLeads'],
		['salesOs', 'searchStages'],
		['outboundSync', 'searchWebhooks'],
		['outboundSync', 'searchSources'],
	] as const;

	it.each(lists)('%s %s: 100 MB, depth and endless answers are told', async (sender, method) => {
		const failures: string[] = [];
		for (const behaviour of [
			pour(HUNDRED_MB),
			answer(200, `{"data": ${'['.repeat(200_000)}`),
			MALFORMED['2,000 headers'][0],
			(_request, response) => json(response, 400, { error: { message: 'm'.repeat(1_000_000) }, message: 'm'.repeat(1_000_000) }),
		] satisfies Behaviour[]) {
			server.behave(behaviour);
			await bench.listSearch(sender, server.origin, method).catch((error: Error) => failures.push(error.message));
		}
		expect(failures).toEqual([
			expect.stringContaining('larger than 16 MB') as string,
			expect.stringContaining('nested too deeply') as string,
			expect.stringContaining('broke off') as string,
			expect.stringMatching(/^\w+ refused the request: m{1000}…$/) as string,
		]);
	});

	it.each(lists)('%s %s: records of every type become entries, or nothing', async (sender, method) => {
		const records: unknown[] = [null, 1, 'x', [], {}, { id: null }, { id: {}, name: [] }, { id: { toString: 1 }, name: { toString: 1 }, description: { toString: 1 }, url: { toString: 1 } }, { id: 'ok', name: 'Good', description: 'Good', platform: 'Good' }];
		server.behave((_request, response) => json(response, 200, { data: records, webhooks: records, sources: records }));
		const { results } = await bench.listSearch(sender, server.origin, method, method === 'searchLeads' ? undefined : 'good');
		expect(results.map(({ name, value }) => [typeof name, typeof value])).toEqual(results.map(() => ['string', 'string']));
		expect(results.at(-1)).toMatchObject({ value: 'ok' });
	});
});

/** Resolves when no client is connected any more: whoever gave up has hung up. */
async function closed({ connections }: HostileServer): Promise<void> {
	const giveUpAtMs = Date.now() + 3_000;
	while ((await connections()) > 0) {
		if (Date.now() > giveUpAtMs) throw new Error('The connection is still open');
		await new Promise((resolve) => {
			setTimeout(resolve, 20);
		});
	}
}

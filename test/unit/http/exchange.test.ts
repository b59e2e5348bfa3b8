import type { IHttpRequestOptions } from 'n8n-workflow';

import { Exchange, type ExchangeContext } from '../../../nodes/shared/http/exchange';
import { failureFacts } from '../../../nodes/shared/http/failureFacts';
import type { Outcome } from '../../../nodes/shared/http/outcome';
import type { ApiRequest } from '../../../nodes/shared/http/request';
import type { Refusal, Sending, Service } from '../../../nodes/shared/http/service';
import { VirtualClock } from './virtualClock';

/** What one send becomes as data, and what a user is told of it. */

const READ: ApiRequest = { method: 'GET', path: '/leads' };
const CONNECTION = { credentialType: 'ownApi', baseUrl: 'https://api.example.com', accountDigest: 'account' };

interface Given {
	readonly status?: number;
	readonly headers?: Record<string, string>;
	readonly body?: unknown;
	/** What n8n throws in place of an answer. */
	readonly thrown?: Error;
}

/** A body as n8n hands it out: in pieces. */
function stream(...pieces: Array<Buffer | Error | string>) {
	const state = { isDestroyed: false };
	return {
		state,
		destroy: () => {
			state.isDestroyed = true;
		},
		async *[Symbol.asyncIterator]() {
			for (const piece of pieces) {
				if (piece instanceof Error) throw piece;
				yield await Promise.resolve(piece);
			}
		},
	};
}

/** Sends once to a server that answers as given, in the form that n8n has for it. */
async function send({ body = '{}', headers = {}, status = 200, thrown }: Given, request: ApiRequest = READ, signal?: AbortSignal) {
	const sent: Array<{ credential: string; options: IHttpRequestOptions }> = [];
	const context: ExchangeContext = {
		...(signal && { getExecutionCancelSignal: () => signal }),
		helpers: {
			async httpRequestWithAuthentication(credential, options) {
				sent.push({ credential, options });
				if (thrown) throw thrown;
				if (status >= 200 && status < 300) return await Promise.resolve({ statusCode: status, headers, body });
				throw Object.assign(new Error('refused'), { cause: { response: { status, headers, data: body }, config: { headers: { authorization: 'Bearer t' } } } });
			},
		},
	};
	const clock = new VirtualClock();
	const exchange = new Exchange(context, CONNECTION, 60_000, clock);
	const outcome = await clock.run(exchange.send(request, request.body && { type: 'application/json', content: JSON.stringify(request.body) }), 120_000);
	return { outcome, sent, exchange };
}

const outcomeOf = async (...options: Parameters<typeof send>): Promise<Outcome> => (await send(...options)).outcome;

describe('what is sent', () => {
	it('is one request that follows no redirect, with a time limit, read by ourselves', async () => {
		const { sent } = await send({}, { ...READ, query: { page: 2, q: 'a b' } });
		expect(sent).toEqual([
			{
				credential: 'ownApi',
				options: {
					method: 'GET',
					url: 'https://api.example.com/leads?page=2&q=a%20b',
					headers: { Accept: 'application/json' },
					body: undefined,
					timeout: 60_000,
					encoding: 'stream',
					returnFullResponse: true,
					disableFollowRedirect: true,
					abortSignal: undefined,
				},
			},
		]);
	});

	it('has its body and its type, and asks for what is wanted', async () => {
		const { sent } = await send({}, { method: 'POST', path: '/leads', body: { a: 1 }, answer: 'bytes' });
		expect(sent[0].options).toMatchObject({ body: '{"a":1}', headers: { Accept: '*/*', 'Content-Type': 'application/json' } });
	});

	it('ends with the execution', async () => {
		const controller = new AbortController();
		const { exchange, sent } = await send({}, READ, controller.signal);
		expect(sent[0].options.abortSignal).toBe(controller.signal);
		expect(exchange.isCancelled()).toBe(false);
		controller.abort();
		expect(exchange.isCancelled()).toBe(true);
	});
});

describe('an answer', () => {
	it('is JSON with its size, whether read already or in pieces', async () => {
		const success = { kind: 'success', answer: { status: 200, headers: { 'x-a': '1' }, body: { a: [1, 2] }, size: { bytes: 11, values: 2 } } };
		for (const body of ['{"a":[1,2]}', stream('{"a":', Buffer.from('[1,2]}'))]) {
			const outcome = await outcomeOf({ headers: { 'X-A': '1' }, body });
			expect(outcome).toMatchObject({ ...success, answer: { ...success.answer, size: { bytes: 11 } } });
		}
		expect(await outcomeOf({ status: 299 })).toMatchObject({ kind: 'success' });
	});

	it('that n8n has parsed is taken as it is', async () => {
		expect(await outcomeOf({ body: { a: 1 } })).toMatchObject({ kind: 'success', answer: { body: { a: 1 } } });
	});

	it.each<[string, ApiRequest, number]>([
		['to a deletion', { method: 'DELETE', path: '/leads/7' }, 200],
		['with status 204', READ, 204],
	])('%s may be empty', async (_what, request, status) => {
		for (const body of ['', ' \n']) {
			expect(await outcomeOf({ status, body }, request)).toEqual({ kind: 'success', answer: { status, headers: {}, body: undefined } });
		}
	});

	it('to a deletion may have content', async () => {
		expect(await outcomeOf({ body: '{"id":7}' }, { method: 'DELETE', path: '/leads/7' })).toMatchObject({ answer: { body: { id: 7 } } });
	});

	it('of bytes stays bytes, whatever they are', async () => {
		const bytes = Buffer.from([123, 0, 255]);
		expect(await outcomeOf({ body: stream(bytes) }, { ...READ, answer: 'bytes' })).toEqual({ kind: 'success', answer: { status: 200, headers: {}, body: bytes } });
	});

	it.each<[string, Given, string, boolean]>([
		['nothing', { body: '' }, 'it answered with an empty body where JSON was expected', false],
		['an HTML page', { body: ' \n<!DOCTYPE html>' }, 'it answered with an HTML page where JSON was expected', false],
		['an older HTML page', { body: '<HTML>' }, 'it answered with an HTML page where JSON was expected', false],
		['text about HTML', { body: 'see <html>' }, 'it answered with a body that is not JSON where JSON was expected', false],
		['half of the JSON', { body: '{', headers: { 'content-type': 'application/json; charset=utf-8' } }, 'it answered with incomplete JSON where JSON was expected', false],
		['text', { body: 'OK', headers: { 'content-type': 'text/plain; x=y' } }, 'it answered with a body that is not JSON (text/plain) where JSON was expected', false],
		['a long type', { body: 'OK', headers: { 'content-type': `text/${'x'.repeat(70)}` } }, `it answered with a body that is not JSON (text/${'x'.repeat(60)}) where JSON was expected`, false],
		['no type at the beginning', { body: 'OK', headers: { 'content-type': ', text/plain' } }, 'it answered with a body that is not JSON where JSON was expected', false],
		['no type', { body: 'OK', headers: { 'content-type': '<script>/x' } }, 'it answered with a body that is not JSON where JSON was expected', false],
		['deep JSON', { body: '['.repeat(300) }, 'it answered with JSON that is nested too deeply where JSON was expected', true],
		['a body that breaks off', { body: stream('{', new Error('aborted')) }, 'its answer broke off', false],
		['17 MB', { body: stream(...Array.from({ length: 17 }, () => Buffer.alloc(1_000_000))) }, 'its answer is larger than 16 MB', true],
	])('that is %s cannot be read', async (_what, given, problem, isTooLarge) => {
		expect(await outcomeOf(given)).toMatchObject({ kind: 'unreadable', status: 200, problem, isTooLarge });
	});

	it('of another form than the expected one cannot be used either', async () => {
		const request: ApiRequest = { ...READ, expects: { what: 'a list', fits: Array.isArray } };
		expect(await outcomeOf({ body: '[1]' }, request)).toMatchObject({ kind: 'success', answer: { body: [1] } });
		expect(await outcomeOf({ body: '{"status":"ok"}' }, request)).toEqual({
			kind: 'unreadable',
			status: 200,
			headers: {},
			problem: 'it answered with something else than a list',
		});
		expect(await outcomeOf({ status: 204, body: '' }, request)).toMatchObject({ kind: 'success' });
	});

	it.each<[string, Partial<ApiRequest>, string]>([
		['a request that expects a list', { expects: { what: 'a list', fits: Array.isArray } }, 'unreadable'],
		['a request that expects anything or nothing', { expects: { what: 'a record or nothing', fits: () => true } }, 'success'],
		['a request that says nothing of it', {}, 'unreadable'],
		['a deletion', { method: 'DELETE' }, 'success'],
	])('may be empty, or not, after %s', async (_what, request, kind) => {
		expect(await outcomeOf({ body: ' \n' }, { ...READ, ...request })).toMatchObject({ kind, ...(kind === 'success' && { answer: { body: undefined } }) });
	});

	it('of bytes may be 50 MB, and no more', async () => {
		const megabytes = (count: number) => stream(...Array.from({ length: count }, () => Buffer.alloc(1_000_000)));
		expect(await outcomeOf({ body: megabytes(50) }, { ...READ, answer: 'bytes' })).toMatchObject({ kind: 'success' });
		const tooLarge = megabytes(51);
		expect(await outcomeOf({ body: tooLarge }, { ...READ, answer: 'bytes' })).toMatchObject({ kind: 'unreadable', problem: 'its answer is larger than 50 MB' });
		expect(tooLarge.state.isDestroyed).toBe(true);
	});

	it('is not waited for once the execution is cancelled', async () => {
		const controller = new AbortController();
		controller.abort();
		expect(await outcomeOf({ body: stream('{}') }, READ, controller.signal)).toMatchObject({ kind: 'unreadable', problem: 'the execution was cancelled while the answer came in' });
	});
});

it('an error about the token is none of the API', async () => {
	const thrown = Object.assign(new Error('Forbidden'), { cause: { code: 'ESTATUS', status: 403, response: { status: 403, headers: {}, data: '{}' } } });
	expect(await outcomeOf({ thrown })).toMatchObject({ kind: 'blocked', code: 'NO_TOKEN' });
});

describe('a refusal', () => {
	it.each([
		[409, '{"a":1}', { a: 1 }],
		[199, '{}', {}],
		[300, '[]', []],
		[502, '<html>', '<html>'],
		[503, '', ''],
	])('of status %d with %j is data', async (status, body, read) => {
		expect(await outcomeOf({ status, body, headers: { 'Retry-After': '7' } })).toEqual({
			kind: 'refused',
			status,
			headers: { 'retry-after': '7' },
			body: read,
			authorization: 'Bearer t',
		});
	});

	it('whose explanation cannot be read is still one', async () => {
		expect(await outcomeOf({ status: 409, body: stream('{', new Error('aborted')) })).toEqual({ kind: 'refused', status: 409, headers: {}, body: undefined, authorization: 'Bearer t' });
	});

	it('of bytes is explained in JSON', async () => {
		expect(await outcomeOf({ status: 404, body: '{"message":"gone"}' }, { ...READ, answer: 'bytes' })).toMatchObject({ kind: 'refused', body: { message: 'gone' } });
	});
});

describe('the facts of a failure', () => {
	const NOW_MS = Date.UTC(2026, 2, 14, 12);
	const refused = (more: Partial<Refusal> = {}): Outcome => ({ kind: 'refused', status: 409, headers: {}, body: {}, ...more });

	function facts(outcome: Outcome, advice?: string) {
		const asked: Sending[] = [];
		const service: Service = {
			name: 'Own',
			maxRequestBytes: 1,
			quotasFor: () => [],
			isAbout: () => true,
			readError: (body) => ({ message: (body as { message?: string }).message, details: [] }),
			advise: (_refusal, _vendor, _request, sending) => {
				asked.push(sending);
				return advice;
			},
		};
		return { ...failureFacts(outcome, { service, connection: CONNECTION, request: READ, nowMs: NOW_MS }), asked };
	}

	it('are what the vendor said and advises', () => {
		expect(facts(refused({ body: { message: 'taken' } }), 'Ask.')).toMatchObject({ status: 409, problem: 'taken', vendor: { message: 'taken', details: [] }, advice: 'Ask.' });
	});

	it.each<[unknown, string]>([
		[{}, 'it answered with status 409 and no explanation'],
		[[], 'it answered with status 409 and no explanation'],
		[undefined, 'it answered with status 409 and no explanation'],
		['<html>', 'it answered with status 409 and an HTML page'],
	])('of the body %j are in our words', (body, problem) => {
		expect(facts(refused({ body }))).toMatchObject({ problem, advice: undefined });
	});

	it.each([
		[{ location: 'https://other.example.com/v2?x=1' }, 'The server points to https://other.example.com. Redirects are not followed'],
		[{ location: '/v2' }, 'The server points to another address. Redirects are not followed'],
		[{}, 'The server points to another address. Redirects are not followed'],
	])('of a redirect by %j name where it leads', (headers, advice) => {
		expect(facts(refused({ status: 307, headers })).advice).toContain(advice);
		expect(facts(refused({ status: 400, headers })).advice).toBeUndefined();
		expect(facts(refused({ status: 307, headers }), 'Ask.').advice).toBe('Ask.');
	});

	it.each([
		[{ date: 'Sat, 14 Mar 2026 12:00:40 GMT' }, true],
		[{ date: 'soon' }, false],
		[{}, false],
	])('of the headers %j tell how far the server’s clock is ahead (%s)', (headers, isKnown) => {
		const [{ connection, serverAheadMs }] = facts(refused({ headers })).asked;
		expect(connection).toBe(CONNECTION);
		if (isKnown) expect(Math.abs((serverAheadMs ?? 0) - 40_000)).toBeLessThanOrEqual(1_000);
		else expect(serverAheadMs).toBeUndefined();
	});

	it.each<[Outcome, object]>([
		[{ kind: 'lost', problem: 'broke off', timedOut: true }, { problem: 'broke off', status: undefined, timedOut: true, advice: undefined }],
		[{ kind: 'lost', problem: 'broke off', timedOut: false }, { timedOut: false }],
		[{ kind: 'unreadable', status: 200, headers: {}, problem: 'half' }, { problem: 'half', status: 200, timedOut: false }],
		[{ kind: 'blocked', problem: 'TLS', code: 'CERT' }, { problem: 'TLS', advice: undefined }],
		[{ kind: 'blocked', problem: 'no URL' }, { problem: 'no URL', advice: undefined }],
		[{ kind: 'blocked', problem: 'no token', code: 'NO_TOKEN' }, { advice: 'Check the client ID, the client secret and the environment in the credential, and that the client is not revoked.' }],
		[{ kind: 'blocked', problem: 'no account', code: 'NOT_CONNECTED' }, { advice: 'Open the credential and connect it to an account.' }],
		[{ kind: 'blocked', problem: 'ended', code: 'RECONNECT' }, { advice: 'Open the credential and connect it again.' }],
		[{ kind: 'notSent', problem: 'off', code: 'NO_TOKEN' }, { problem: 'off', advice: undefined }],
		[{ kind: 'success', answer: { status: 200, headers: {}, body: {} } }, { problem: undefined }],
	])('of %j are %j', (outcome, expected) => {
		expect(facts(outcome)).toMatchObject(expected);
	});
});

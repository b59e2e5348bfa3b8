import { execFileSync } from 'node:child_process';
import { createServer as createTlsServer } from 'node:https';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';

import { allTextOf } from '../../support/allTextOf';
import { answer, json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { RealNode, SECRETS, type RealNodeOptions } from './realNode';

const LEAD_ID = '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93';
const READ: INodeParameters = { resource: 'lead', operation: 'get', leadId: LEAD_ID, simplify: false };
const WRITE: INodeParameters = { resource: 'deal', operation: 'create', name: 'Fleet', value: 10 };
const ONCE = { options: { maxRetries: 0, timeout: 1 } };
const HTML = '<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>';

let node: RealNode;
let server: HostileServer;
beforeAll(async () => {
	node = new RealNode();
	server = await startHostileServer(SECRETS.token);
});
afterAll(async () => await server.stop());

/** Runs the SalesOS node. @throws when a secret can be read off what comes back */
async function run(parameters: INodeParameters, origin = server.origin, options: RealNodeOptions = {}) {
	const result = await node.salesOs(origin, server.origin, { ...ONCE, ...parameters }, options);
	expectNoSecret(result.raw.data.resultData);
	expectNoSecret(result.error);
	return result;
}

async function errorOf(parameters: INodeParameters, behaviour?: Behaviour, origin?: string) {
	if (behaviour) server.behave(behaviour);
	const { error } = await run(parameters, origin);
	if (!error) throw new Error('The node did not fail');
	return error;
}

function expectNoSecret(value: unknown): void {
	const text = allTextOf(value);
	for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
}

describe('a server that cannot be reached', () => {
	it('because nobody listens', async () => {
		const gone = await startHostileServer('');
		await gone.stop();
		const error = await errorOf(READ, undefined, gone.origin);
		expect(error.message).toBe('SalesOS could not be reached: the server refuses connections');
		expect(error.description).toContain(`GET /v1/leads/${LEAD_ID}`);
		expect(error.httpCode ?? null).toBeNull();
	});

	it('because its name is unknown', async () => {
		const { message } = await errorOf(READ, undefined, 'http://nowhere.invalid');
		expect(message).toMatch(
			/^SalesOS could not be reached: (there is no server of that name|the name of the server could not be looked up)$/,
		);
	});

	it('is tried again for a write, too, because nothing has arrived', async () => {
		const gone = await startHostileServer('');
		await gone.stop();
		const { error } = await run({ ...WRITE, options: { maxRetries: 1, timeout: 1 } }, gone.origin);
		expect(error?.message).toBe('SalesOS could not be reached: the server refuses connections');
		expect(error?.description).toContain('sent 2 times');
	});
});

describe('a connection that breaks off', () => {
	const beforeHeaders: Behaviour = (request) => request.socket.destroy();
	const afterHeaders: Behaviour = (request, response) => {
		response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
		response.write('{"data": {"id"', () => request.socket.destroy());
	};
	const silent: Behaviour = () => undefined;
	const stalled: Behaviour = (_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' }).write('{"data": ');
	};
	const trickling: Behaviour = (request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		const timer = setInterval(() => response.write(' '), 50);
		request.socket.on('close', () => clearInterval(timer));
	};

	it.each([
		['before the headers', beforeHeaders, 'the connection broke off before the answer'],
		['in the body', afterHeaders, 'its answer broke off'],
		['in time, with no answer', silent, 'the server did not answer in time'],
		['in time, with half a body', stalled, 'its answer did not end in time'],
		['in time, although a byte comes every moment', trickling, 'its answer did not end in time'],
	])('%s is said of a read', async (_case, behaviour, problem) => {
		const startedAtMs = Date.now();
		const error = await errorOf(READ, behaviour);
		expect(error.message).toContain(problem);
		expect(error.message).toMatch(/^SalesOS /);
		expect(Date.now() - startedAtMs).toBeLessThan(5000);
	});

	it.each([
		['before the headers', beforeHeaders, 'the connection broke off before the answer'],
		['in the body', afterHeaders, 'its answer broke off'],
		['in time', silent, 'the server did not answer in time'],
	])('%s leaves a write unknown, and it is not repeated', async (_case, behaviour, problem) => {
		server.behave(behaviour);
		const { error } = await run({ ...WRITE, options: { maxRetries: 5, timeout: 1 } });
		expect(error?.message).toBe(`It is not known whether SalesOS carried out the request: ${problem}`);
		expect(error?.description).toContain('Look the record up before you run this item again');
		expect(server.requests).toHaveLength(1);
	});

	it('in the body of a refusal leaves it a refusal: nothing was carried out', async () => {
		server.behave((request, response) => {
			response.writeHead(422, { 'content-type': 'application/json', 'content-length': '1000' });
			response.write('{"error": {"message"', () => request.socket.destroy());
		});
		const { error } = await run({ ...WRITE, options: { maxRetries: 5, timeout: 1 } });
		expect(error?.message).toBe('SalesOS refused the request: it answered with status 422 and no explanation');
		expect(server.requests).toHaveLength(1);
	});
});

describe('a body that is not what was asked for', () => {
	it.each([
		['an HTML page', answer(200, HTML, { 'content-type': 'text/html' }), 'it answered with an HTML page where JSON was expected'],
		['half of the JSON', answer(200, '{"data": {"id": "1"', { 'content-type': 'application/json' }), 'it answered with incomplete JSON where JSON was expected'],
		['plain text', answer(200, 'OK', { 'content-type': 'text/plain; charset=utf-8' }), 'it answered with a body that is not JSON (text/plain) where JSON was expected'],
		['bytes', answer(200, '\u0000\u0001\u0002'), 'it answered with a body that is not JSON where JSON was expected'],
	])('%s is said', async (_case, behaviour, problem) => {
		const read = await errorOf(READ, behaviour);
		expect(read.message).toContain(problem);
		expect(read.message).not.toContain('could not be reached');
		expect(read.httpCode).toBe('200');
		const write = await errorOf(WRITE, behaviour);
		expect(write.message).toBe(`It is not known whether SalesOS carried out the request: ${problem}`);
	});

	it.each(['', ' \n'])('%j is said of a read; a write has been carried out all the same', async (body) => {
		const read = await errorOf(READ, answer(200, body));
		expect(read.message).toContain('it answered with an empty body where JSON was expected');
		server.behave(answer(200, body));
		const write = await run(WRITE);
		expect(write.error).toBeUndefined();
		expect(write.items.map(({ json }) => json)).toEqual([{}]);
	});

	it('but is JSON under a wrong content type is taken', async () => {
		server.behave(answer(200, `{"data": {"id": "${LEAD_ID}"}}`, { 'content-type': 'text/html' }));
		expect((await run(READ)).items[0].json).toEqual({ id: LEAD_ID });
	});

	it('but begins with a byte order mark is taken', async () => {
		server.behave(answer(200, `\uFEFF{"data": {"id": "${LEAD_ID}"}}`));
		expect((await run(READ)).items[0].json).toEqual({ id: LEAD_ID });
	});

	it.each([
		[502, HTML, 'status 502 and an HTML page'],
		[503, '', 'status 503 and an empty body'],
		[404, HTML, 'status 404 and an HTML page'],
		[400, 'no', 'status 400 and a body that is not JSON'],
		[500, '[]', 'status 500 and no explanation'],
		[418, 'null', 'status 418 and no explanation'],
	])('of status %d is described, and never quoted', async (status, body, problem) => {
		const error = await errorOf(READ, answer(status, body));
		expect(error.message).toContain(`it answered with ${problem}`);
		expect(error.httpCode).toBe(String(status));
		expect(allTextOf(error)).not.toContain('Bad Gateway');
	});
});

describe('a body without end', () => {
	const CHUNK = Buffer.alloc(64 * 1024, '[');
	const HUNDRED_MB = 100_000_000;
	/**
	 * Packed beforehand, as a hundred files in one (RFC 1952): this one process could not unpack while
	 * it packs, and the second that it has for both would pass with that.
	 */
	const PACKED = Buffer.concat(Array.from({ length: 100 }, () => gzipSync(Buffer.alloc(HUNDRED_MB / 100, '['))));

	/** Writes until the other side has had enough. */
	function pour(response: ServerResponse, written: { bytes: number }): void {
		while (!response.destroyed && written.bytes < HUNDRED_MB) {
			written.bytes += CHUNK.length;
			if (!response.write(CHUNK)) {
				response.once('drain', () => pour(response, written));
				return;
			}
		}
		response.end();
	}

	it.each(['identity', 'gzip'])('of 100 MB (%s) is given up at 16 MB, and not kept in memory', async (encoding) => {
		const written = { bytes: 0 };
		let highestBytes = 0;
		const memory = () => {
			const { arrayBuffers, heapUsed } = process.memoryUsage();
			return arrayBuffers + heapUsed;
		};
		const before = memory();
		const watch = setInterval(() => {
			highestBytes = Math.max(highestBytes, memory() - before);
		}, 5);
		const error = await errorOf(READ, (_request, response) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
			if (encoding === 'identity') pour(response, written);
			else response.end(PACKED);
		});
		clearInterval(watch);
		expect(error.message).toContain('its answer is larger than 16 MB');
		expect(highestBytes).toBeLessThan(80_000_000);
		if (encoding === 'identity') expect(written.bytes).toBeLessThan(40_000_000);
	});

	it('in the headers is given up', async () => {
		const error = await errorOf(READ, (request) => {
			request.socket.write('HTTP/1.1 200 OK\r\n');
			for (let line = 0; line < 2000; line += 1) request.socket.write(`x-flood-${line}: ${'a'.repeat(100)}\r\n`);
			request.socket.write('\r\n');
		});
		expect(error.message).toMatch(/^SalesOS .*(broke off|too many headers)/);
	});
});

describe('JSON that is made to do harm', () => {
	const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

	it('by depth is refused or passed on in bounded time', async () => {
		for (const status of [200, 400]) {
			const body = `{"data": {"id": "${LEAD_ID}", "deep": ${nested(200_000)}}, "error": {"message": "no", "details": [${nested(200_000)}]}}`;
			const error = await errorOf(READ, answer(status, body, { 'content-type': 'application/json' }));
			expect(error.message).toMatch(/^(The answer of )?SalesOS /);
			expect(error.message).toContain('nested too deeply');
		}
	});

	it('by names such as __proto__ changes no prototype', async () => {
		const harm = '"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}';
		server.behave(answer(200, `{"data": {"id": "${LEAD_ID}", ${harm}}, ${harm}}`));
		const { items } = await run(READ);
		expect(items[0].json.id).toBe(LEAD_ID);
		await errorOf(READ, answer(400, `{"error": {"message": "no", "details": [{${harm}}], ${harm}}, "meta": {${harm}}, ${harm}}`));
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		expect((items[0].json as { polluted?: unknown }).polluted).toBeUndefined();
	});

	it('by wrong types everywhere still gives a text', async () => {
		const bodies = [
			{ error: { message: { a: 1 }, code: [], details: 'no' }, meta: 7 },
			{ error: [], meta: [] },
			{ error: null, message: 12 },
			{ error: { details: [null, 1, [], { field: 3 }] } },
			[1, 2],
			'text',
			7,
		];
		for (const body of bodies) {
			const error = await errorOf(READ, (_request, response) => json(response, 400, body));
			expect(error.message).toMatch(/^SalesOS refused the request: ./);
			expect(error.message).not.toContain('undefined');
		}
	});
});

describe('a redirect', () => {
	it.each([301, 302, 303, 307, 308])('with status %d to another host carries nothing there, and says where it points', async (status) => {
		const other = await startHostileServer('');
		const error = await errorOf(READ, answer(status, '', { location: `${other.origin}/v1/leads?steal=1` }));
		await other.stop();
		expect(other.requests).toEqual([]);
		expect(error.message).toContain(`status ${status}`);
		expect(error.description).toContain(`The server points to ${other.origin}.`);
		expect(error.httpCode).toBe(String(status));
	});

	it('to nowhere is said, too', async () => {
		const error = await errorOf(READ, answer(302, '', { location: '/elsewhere' }));
		expect(error.description).toContain('The server points to another address.');
	});
});

describe('TLS', () => {
	let folder: string;
	let secure: HostileServer;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'self-signed-'));
		const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
		execFileSync(
			'openssl',
			['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert],
			{ stdio: 'ignore' },
		);
		secure = await startHostileServer('', (listener) =>
			createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, listener),
		);
	});
	afterAll(async () => {
		await secure.stop();
		rmSync(folder, { recursive: true });
	});

	it('with a certificate that nobody vouches for is not trusted, and nothing is sent', async () => {
		const error = await errorOf(WRITE, undefined, secure.origin.replace('http:', 'https:'));
		expect(error.message).toBe(
			'No connection to SalesOS: its TLS certificate or protocol is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)',
		);
		expect(error.description).toContain('Check the base URL in the credential');
		expect(secure.requests).toEqual([]);
	});

	it('where the server speaks none', async () => {
		server.behave(answer(200, '{}'));
		const error = await errorOf(WRITE, undefined, server.origin.replace('http:', 'https:'));
		expect(error.message).toMatch(/^No connection to SalesOS: its TLS certificate or protocol is not accepted \((EPROTO|ERR_SSL_\w+)\)$/);
	});
});

describe('what the vendor says', () => {
	const refusal = (status: number, body: unknown): Behaviour => (_request, response) => json(response, status, body);

	it('of each field is listed, with what to do', async () => {
		const error = await errorOf(
			WRITE,
			refusal(400, {
				error: {
					code: 'VALIDATION_ERROR',
					message: 'Validation failed',
					details: [
						{ field: 'value', message: 'must be positive' },
						{ field: 'stage_id', message: 'is required in this stage' },
					],
				},
				meta: { request_id: 'req_7' },
			}),
		);
		expect(error.message).toBe('SalesOS refused the request: Validation failed');
		const [first, second, advice, facts] = (error.description ?? '').split('\n');
		expect(first).toMatch(/^value: must be positive/);
		expect(second).toMatch(/^stage_id: is required in this stage/);
		expect(advice).toBe('Correct the fields named above.');
		expect(facts).toBe('POST /v1/deals, status 400 (VALIDATION_ERROR), request ID req_7.');
		expect(error.httpCode).toBe('400');
		expect(error.context?.itemIndex).toBe(0);
	});

	it.each([
		['in meta', { error: { message: 'no' }, meta: { request_id: 'req_8' } }],
		['in error', { error: { message: 'no', request_id: 'req_8' } }],
		['at the top', { error: { message: 'no' }, request_id: 'req_8' }],
	])('finds the request ID %s', async (_place, body) => {
		const error = await errorOf(READ, refusal(404, body));
		expect(error.description).toContain('request ID req_8');
		expect(error.context?.details).toMatchObject({ requestId: 'req_8', status: 404 });
	});

	it.each([
		[401, 'The access token was refused'],
		[403, 'This needs the scope leads:read. A SalesOS admin grants it under Admin > Integrations > API Keys.'],
		[404, 'There is no such record for this account'],
		[405, 'SalesOS does not offer this method here'],
		[422, 'Correct the fields named above'],
		[429, 'The rate limit stayed used up through all retries'],
		[500, 'SalesOS failed on its side'],
	])('with status %d is followed by advice', async (status, advice) => {
		const error = await errorOf(READ, refusal(status, { error: { code: 'X', message: 'The vendor says no' } }));
		expect(error.message).toBe('SalesOS refused the request: The vendor says no');
		expect(error.description).toContain(advice);
		expect(error.httpCode).toBe(String(status));
	});

	it('does not say again which scope is missing', async () => {
		const error = await errorOf(READ, refusal(403, { error: { code: 'FORBIDDEN', message: 'The client lacks the scope leads:read' } }));
		expect(error.description).toMatch(/^A SalesOS admin grants it under Admin > Integrations > API Keys\.\n/);
	});

	it('in a list of messages is joined (OutboundSync)', async () => {
		server.behave(refusal(400, { statusCode: 400, message: ['from must be a date', 'to must be a date'], error: 'Bad Request' }));
		const result = await node.outboundSync(server.origin, { resource: 'account', operation: 'getMe', ...ONCE });
		expect(result.error?.message).toBe('OutboundSync refused the request: from must be a date; to must be a date');
		expect(result.error?.httpCode).toBe('400');
		expectNoSecret(result.raw.data.resultData);
	});

	it('is told of the item that it is about, and the others go on', async () => {
		let calls = 0;
		server.behave((_request, response) => {
			calls += 1;
			if (calls === 2) json(response, 404, { error: { message: 'No such lead' } });
			else json(response, 200, { data: { id: LEAD_ID } });
		});
		const oneByOne = { ...READ, options: { maxConcurrency: 1, maxRetries: 0 } };
		const { items } = await run(oneByOne, server.origin, { items: 3, settings: { onError: 'continueRegularOutput' } });
		expect(items.map(({ json }) => json.error ?? json.id)).toEqual([LEAD_ID, 'SalesOS refused the request: No such lead', LEAD_ID]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);

		calls = 0;
		const { error } = await run(oneByOne, server.origin, { items: 3 });
		expect(error?.context?.itemIndex).toBe(1);
	});
});

describe('secrets', () => {
	it('echoed by a server in its body are not passed on where the body is no JSON', async () => {
		const error = await errorOf(READ, (request, response) => {
			response.writeHead(500, { 'content-type': 'text/html' }).end(`<html>${String(request.headers.authorization)}</html>`);
		});
		expect(error.message).toContain('status 500 and an HTML page');
	});

	it('are not in the error of a server that gives no token', async () => {
		const auth = await startHostileServer('');
		await auth.stop();
		const result = await node.salesOs(server.origin, auth.origin, { ...READ, ...ONCE });
		expect(result.error?.message).toBe('SalesOS could not be reached: no access token could be obtained, because the authorization server could not be reached (the server refuses connections)');
		expectNoSecret(result.raw.data.resultData);
	});
});

it('a request whose execution is cancelled ends within a second', async () => {
	const controller = new AbortController();
	server.behave(() => controller.abort());
	const startedAtMs = Date.now();
	const { status } = await run({ ...READ, options: { timeout: 30 } }, server.origin, { signal: controller.signal });
	expect(status).toBe('canceled');
	expect(Date.now() - startedAtMs).toBeLessThan(1500);
});

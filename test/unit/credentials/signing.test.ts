import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { signRequest, signature } from '../../../credentials/SalesOsSigning';

const KEY = { apiKey: 'sk_test_example', apiSecret: 'secret_example' };
const NOW_MS = 1_773_741_600_999;
const NOW_SECONDS = 1_773_741_600;

/** The formula written out a second time, link by link, as the vendor's page gives it. */
function expected(method: string, path: string, body: string | Buffer, seconds = NOW_SECONDS): string {
	const k1 = createHmac('sha256', KEY.apiSecret).update(KEY.apiKey).digest();
	const k2 = createHmac('sha256', k1).update(String(seconds)).digest();
	const k3 = createHmac('sha256', k2).update(method).digest();
	const k4 = createHmac('sha256', k3).update(path).digest();
	const bodyHash = createHash('sha256').update(body).digest('hex');
	const hex = createHmac('sha256', k4).update(bodyHash).digest('hex');
	return `P2S-SIGN-V1 ${KEY.apiKey}:${seconds}:${hex}`;
}

const sign = async (options: Partial<IHttpRequestOptions>, pathIncludesQuery?: boolean) =>
	await signRequest(KEY, { url: 'https://api.play2sell.com/v1/leads', ...options }, () => NOW_MS, pathIncludesQuery);

const authorizationOf = (options: IHttpRequestOptions) => options.headers?.Authorization;

test('the published formula gives the known vector', () => {
	expect(
		signature(KEY, {
			timestampSeconds: NOW_SECONDS,
			method: 'POST',
			path: '/functions/v1/default-integration',
			bodyDigest: createHash('sha256').update('{"action":"sync_activities","activities":[]}').digest('hex'),
		}),
	).toBe('966fcc213f314803c35d9a2ad747338bf20e84734cfeb4286326dde9bfab83f1');
});

describe('the body is signed as the bytes that are sent', () => {
	test.each<[string, IHttpRequestOptions['body'], string, string]>([
		['an object', { name: 'Ána', tags: ['a', 'b'] }, '{"name":"Ána","tags":["a","b"]}', 'application/json'],
		['an array', [{ a: 1 }], '[{"a":1}]', 'application/json'],
		['an empty object', {}, '{}', 'application/json'],
		['a string', '  {"kept": "as it is"}\n', '  {"kept": "as it is"}\n', 'application/json'],
		['a buffer', Buffer.from('raw é'), 'raw é', 'application/octet-stream'],
		[
			'form fields',
			new URLSearchParams({ a: 'b c', d: 'é' }),
			'a=b+c&d=%C3%A9',
			'application/x-www-form-urlencoded;charset=utf-8',
		],
	])('%s', async (_what, body, bytes, contentType) => {
		const signed = await sign({ method: 'POST', body });
		expect(String(signed.body)).toBe(bytes);
		expect(Buffer.isBuffer(signed.body)).toBe(true);
		expect(signed.headers?.['Content-Type']).toBe(contentType);
		expect(authorizationOf(signed)).toBe(expected('POST', '/v1/leads', bytes));
	});

	test.each([undefined, null, ''])('%p hashes as nothing', async (body) => {
		const signed = await sign({ method: 'DELETE', body: body as IHttpRequestOptions['body'] });
		expect(authorizationOf(signed)).toBe(expected('DELETE', '/v1/leads', ''));
	});

	test('a GET has none, because n8n would not send it', async () => {
		const signed = await sign({ body: { ignored: true } });
		expect(signed).not.toHaveProperty('body');
		expect(authorizationOf(signed)).toBe(expected('GET', '/v1/leads', ''));
	});

	test("a caller's content type stays, whatever its spelling", async () => {
		const signed = await sign({
			method: 'POST',
			body: '{}',
			headers: { 'content-type': 'application/merge-patch+json' },
		});
		expect(signed.headers).toEqual({
			'content-type': 'application/merge-patch+json',
			Authorization: expected('POST', '/v1/leads', '{}'),
		});
	});

	test('a body that can be read again is read to be signed, and sent as it is', async () => {
		const upload = {
			[Symbol.toStringTag]: 'Blob',
			type: 'multipart/form-data; boundary=b',
			async *stream() {
				yield Buffer.from('raw ');
				yield await Promise.resolve(Buffer.from('é'));
			},
		};
		const [first, second] = [await sign({ method: 'POST', body: upload as never }), await sign({ method: 'POST', body: upload as never })];
		expect(first.body).toBe(upload);
		expect(first.headers).toEqual({ 'Content-Type': upload.type, Authorization: expected('POST', '/v1/leads', 'raw é') });
		expect(second.headers).toEqual(first.headers);
	});

	test('the time that is signed is that when the body has been read', async () => {
		let nowMs = NOW_MS;
		const upload = {
			[Symbol.toStringTag]: 'Blob',
			type: 'text/plain',
			async *stream() {
				yield await Promise.resolve(Buffer.from('slow'));
				nowMs += 40_000;
			},
		};
		const signed = await signRequest(KEY, { url: 'https://api.play2sell.com/v1/leads', method: 'POST', body: upload as never }, () => nowMs);
		expect(authorizationOf(signed)).toBe(expected('POST', '/v1/leads', 'slow', NOW_SECONDS + 40));
	});

	test.each([
		['a stream', Readable.from(['x'])],
		['form data', new FormData()],
	])('%s is refused with the way out', async (_what, body) => {
		await expect(sign({ method: 'POST', body: body as IHttpRequestOptions['body'] })).rejects.toThrow(
			'A signed SalesOS request cannot carry a stream or form data',
		);
	});
});

describe('the path', () => {
	test.each<[Partial<IHttpRequestOptions>, string]>([
		[{ url: 'https://api.play2sell.com/v1/stages' }, '/v1/stages'],
		[{ baseURL: 'https://api.play2sell.com', url: '/v1/stages' }, '/v1/stages'],
		[{ baseURL: 'https://api.play2sell.com/', url: 'v1/stages' }, '/v1/stages'],
		[{ baseURL: 'https://proxy.example.com/salesos/', url: '/v1/stages' }, '/salesos/v1/stages'],
		[{ baseURL: 'https://other.example.com', url: 'https://api.play2sell.com/v1/deals' }, '/v1/deals'],
		[{ url: 'https://api.play2sell.com/v1/leads/a%2Fb é' }, '/v1/leads/a%2Fb%20%C3%A9'],
		[{ url: 'https://api.play2sell.com/v1/leads?page=2' }, '/v1/leads'],
		[{ url: 'https://api.play2sell.com/v1/leads', qs: { page: 2 } }, '/v1/leads'],
	])('of %j is %s', async (options, path) => {
		expect(authorizationOf(await sign(options))).toBe(expected('GET', path, ''));
	});

	test('without the query leaves url, baseURL and qs to n8n', async () => {
		const options = { baseURL: 'https://api.play2sell.com', url: '/v1/leads', qs: { page: 2 } };
		expect(await sign(options)).toMatchObject(options);
	});

	test('with the query signs it in the spelling that is then sent', async () => {
		const signed = await sign(
			{
				baseURL: 'https://api.play2sell.com',
				url: '/v1/leads?sort=-created_at',
				qs: { search: 'a b&c', status: ['new', 'contacted'], owner_id: undefined },
			},
			true,
		);
		const query = '?sort=-created_at&search=a+b%26c&status=new&status=contacted';
		expect(signed.url).toBe(`https://api.play2sell.com/v1/leads${query}`);
		expect(signed).not.toHaveProperty('qs');
		expect(signed).not.toHaveProperty('baseURL');
		expect(authorizationOf(signed)).toBe(expected('GET', `/v1/leads${query}`, ''));
	});
});

test('the method is signed in upper case', async () => {
	const signed = await sign({ method: 'patch' as IHttpRequestOptions['method'], body: {} });
	expect(authorizationOf(signed)).toBe(expected('PATCH', '/v1/leads', '{}'));
});

test('signing again, as n8n does after a 401, gives the same request under a fresh timestamp', async () => {
	const first = await sign({ method: 'POST', body: { email: 'a@example.com' } });
	const second = await signRequest(KEY, first, () => NOW_MS + 60_000);
	expect(second.body).toEqual(first.body);
	expect(second.headers).toEqual({
		'Content-Type': 'application/json',
		Authorization: expected('POST', '/v1/leads', '{"email":"a@example.com"}', NOW_SECONDS + 60),
	});
});

test("the caller's options are left as they were", async () => {
	const options: IHttpRequestOptions = {
		method: 'POST',
		url: 'https://api.play2sell.com/v1/leads',
		headers: { 'X-Mine': '1' },
		body: { a: 1 },
	};
	const before = structuredClone(options);
	await signRequest(KEY, options, () => NOW_MS, true);
	expect(options).toEqual(before);
});

import type { INodeParameters } from 'n8n-workflow';

import { apiRequestOperation, type ApiRequestVendor } from '../../../nodes/shared/operation/apiRequest';
import type { NodeRunOptions } from '../../support/engine';
import { OwnApi, runOwn } from './ownNode';

/** Requests that the user makes up, through the router and over HTTP. */

let api: OwnApi;
beforeAll(async () => {
	api = await OwnApi.start();
});
afterAll(async () => await api.stop());
beforeEach(() => api.reset());

const VENDOR: ApiRequestVendor = {
	name: 'Own',
	pathExample: 'e.g. /things',
	pathDescription: 'Path below the address in the credential',
	fullPath: (path) => `/v1${path}`,
	maxFileBytes: 10,
	pagingParameters: ['page', 'per_page'],
	isPage: (body) => Array.isArray(body),
	readPages: async (_session, read, limit) => [{ ...(await read({ page: 1 })), limit: String(limit) } as never],
	guardFor: (path) =>
		path.startsWith('/v1/secret')
			? (_input, task) => async (session) => {
					const records = await task(session);
					return Array.isArray(records) ? records.map((record) => ({ ...record, secret: undefined })) : records;
				}
			: undefined,
};

const send = async (parameters: INodeParameters, run: Omit<NodeRunOptions, 'type'> = {}, vendor = VENDOR) =>
	await runOwn([apiRequestOperation(vendor)], { ...run, parameters }, api.origin);

const jsonOf = async (...options: Parameters<typeof send>) => {
	const { error, items } = await send(...options);
	if (error) throw error;
	return items.map(({ json }) => json);
};

const pairs = (...entries: Array<[string, unknown]>) => ({ pairs: entries.map(([key, value]) => ({ key, value })) }) as INodeParameters;
const requestLine = () => api.requests.map(({ method, url }) => `${method} ${url}`);

describe('a request', () => {
	it('goes to the vendor’s path with the query of path and fields, in their order', async () => {
		await send({ method: 'GET', path: '/things?a=1&b=x%20y', queryParameters: pairs(['c', '2'], ['a', '3'], ['empty', '']) });
		expect(requestLine()).toEqual(['GET /v1/things?a=1&a=3&b=x%20y&c=2']);
	});

	it.each(['POST', 'PUT', 'PATCH'])('by %s carries a body of JSON', async (method) => {
		await send({ method, path: '/things', bodyType: 'json', body: '{"a": [1]}' });
		expect(api.requests).toMatchObject([{ method, body: '{"a":[1]}', headers: { 'content-type': 'application/json' } }]);
	});

	it('may carry a list', async () => {
		await send({ method: 'POST', path: '/things', bodyType: 'json', body: '[{"a": 1}, 2]' });
		await send({ method: 'POST', path: '/things', bodyType: 'json', body: '={{ [] }}' });
		expect(api.requests.map(({ body }) => body)).toEqual(['[{"a":1},2]', '[]']);
	});

	it.each(['GET', 'DELETE'])('by %s carries none', async (method) => {
		await send({ method, path: '/things', bodyType: 'json', body: '{"a": 1}' });
		expect(api.requests).toMatchObject([{ method, body: '' }]);
	});

	it('may have an empty body', async () => {
		await send({ method: 'POST', path: '/things', bodyType: 'json', body: '' });
		expect(api.requests).toMatchObject([{ method: 'POST', body: '' }]);
	});

	it.each([
		['PATCH', true, 2],
		['PATCH', false, 1],
		['POST', true, 2],
		['PUT', false, 2],
	])('by %s that is safe to repeat (%s) is sent %d times at a broken gateway', async (method, safeToRepeat, times) => {
		api.answer = () => ({ status: 502 });
		await send({ method, path: '/things', bodyType: 'json', body: '{}', safeToRepeat, options: { maxRetries: 1 } });
		expect(api.requests).toHaveLength(times);
	});

	it('draws on the quota that the vendor tells by the path', async () => {
		const paths: string[] = [];
		const vendor: ApiRequestVendor = {
			...VENDOR,
			quotaClassOf: (path) => {
				paths.push(path);
				return 'bulk';
			},
		};
		await send({ method: 'GET', path: '/things' }, {}, vendor);
		expect(paths).toEqual(['/v1/things']);
	});

	it('with an entry without a name is not sent', async () => {
		const { error } = await send({ method: 'GET', path: '/things', queryParameters: pairs([' ', '1']) });
		expect(error).toMatchObject({ message: 'Query Parameters has an entry without a name', description: 'Name every entry, or remove the empty one.' });
		expect(api.requests).toEqual([]);
	});

	it('with a value that is no text is not sent', async () => {
		const { error } = await send({ method: 'GET', path: '/things', queryParameters: pairs(['a', '={{ ({b: 1}) }}']) });
		expect(error).toMatchObject({
			message: 'Query Parameters has a value that is not text, under "a"',
			description: 'Use an expression to pick one value.',
		});
	});

	it('leaves out a value that an expression does not find, and takes numbers as texts', async () => {
		await send({ method: 'GET', path: '/things', queryParameters: pairs(['a', '={{ null }}'], ['b', 7], [' c ', '={{ $json.missing }}']) });
		expect(requestLine()).toEqual(['GET /v1/things?b=7']);
	});
});

describe('an answer', () => {
	it.each([
		['{"id": 1}', [{ id: 1 }]],
		['[{"id": 1}, {"id": 2}]', [{ id: 1 }, { id: 2 }]],
		['[]', []],
		['[1, null]', [{ data: 1 }, { data: null }]],
		['"text"', [{ data: 'text' }]],
		// n8n would take these for items that failed.
		['{"error": "none"}', [{ data: { error: 'none' } }]],
		['{"error": null, "id": 1}', [{ data: { error: null, id: 1 } }]],
		['{"error": 0}', [{ data: { error: 0 } }]],
	])('%s comes out as %j', async (body, records) => {
		api.answer = () => ({ body });
		expect(await jsonOf({ method: 'GET', path: '/things' })).toEqual(records);
	});

	it('without content is its status', async () => {
		api.answer = () => ({ status: 204, body: '' });
		expect(await jsonOf({ method: 'DELETE', path: '/things/1' })).toEqual([{ status: 204 }]);
	});

	it('of a guarded path goes through the guard', async () => {
		api.answer = () => ({ body: '{"id": 1, "secret": "s3cret"}' });
		expect(await jsonOf({ method: 'GET', path: '/secret' })).toEqual([{ id: 1, secret: undefined }]);
		const { error } = await send({ method: 'GET', path: '/secret', responseFormat: 'file', outputBinaryField: 'data' });
		expect(error?.message).toMatch(/^Response Format is File, and the answers of this path may hold a secret$/);
		expect(error?.description).toBe('Choose JSON, which leaves the secret out.');
	});
});

describe('reading pages', () => {
	const LIST = { method: 'GET', path: '/things?status=open', readPages: true };

	it('is the vendor’s, with the path and the query of the user', async () => {
		api.answer = () => ({ body: '[1]' });
		expect(await jsonOf({ ...LIST, returnAll: true })).toMatchObject([{ status: 200, body: [1], limit: 'Infinity' }]);
		expect(await jsonOf({ ...LIST, limit: 7 })).toMatchObject([{ limit: '7' }]);
		expect(requestLine()).toEqual(['GET /v1/things?status=open&page=1', 'GET /v1/things?status=open&page=1']);
	});

	it('of what is no list says how to get the answer', async () => {
		const { error } = await send(LIST);
		expect(error).toMatchObject({ message: 'Read Pages is on, but there is no list in the answer', description: 'Turn it off to get the answer as it is.' });
		expect(api.requests).toHaveLength(1);
	});

	it('wraps records with an error as other answers are', async () => {
		api.answer = () => ({ body: '[1]' });
		const vendor: ApiRequestVendor = { ...VENDOR, readPages: async () => await Promise.resolve([{ error: 'none' }, { id: 1 }]) };
		expect(await jsonOf(LIST, {}, vendor)).toEqual([{ data: { error: 'none' } }, { id: 1 }]);
	});

	it('sets the page by itself', async () => {
		const { error } = await send({ ...LIST, queryParameters: pairs(['per_page', '5']) });
		expect(error?.message).toBe('Query Parameters sets "per_page", which Read Pages sets by itself');
		expect(error?.description).toContain('Remove "per_page"');
	});

	it('is for GET alone, and only where it is on', async () => {
		await send({ ...LIST, readPages: false, queryParameters: pairs(['page', '5']) });
		await send({ ...LIST, method: 'DELETE' });
		expect(requestLine()).toEqual(['GET /v1/things?status=open&page=5', 'DELETE /v1/things?status=open']);
	});
});

describe('a file from the server', () => {
	const DOWNLOAD = { method: 'GET', path: '/files/a.csv', responseFormat: 'file', outputBinaryField: 'table' };

	it('becomes a binary field', async () => {
		api.answer = () => ({ body: Buffer.from([1, 2, 255]), headers: { 'content-type': 'application/x-own ; charset=utf-8', 'content-disposition': 'attachment; filename="b.csv"' } });
		const { items } = await send(DOWNLOAD);
		expect(items).toMatchObject([
			{
				json: { status: 200, fileName: 'b.csv', bytes: 3 },
				binary: { table: { fileName: 'b.csv', mimeType: 'application/x-own', data: Buffer.from([1, 2, 255]).toString('base64') } },
			},
		]);
		expect(api.requests[0].headers.accept).toBe('*/*');
	});

	it('of an unknown type gets one from its name', async () => {
		api.answer = () => ({ body: 'a,b', headers: {} });
		expect((await send(DOWNLOAD)).items).toMatchObject([{ json: { fileName: 'a.csv' }, binary: { table: { mimeType: 'text/csv' } } }]);
	});
});

describe('a file for the server', () => {
	const UPLOAD = { method: 'POST', path: '/files', bodyType: 'file', inputBinaryField: 'data', fileFieldName: 'upload' };
	const item = (text: string) => ({ json: {}, binary: { data: { data: Buffer.from(text).toString('base64'), mimeType: 'text/csv', fileName: 'a.csv' } } });

	it('goes as a form with its fields', async () => {
		await send({ ...UPLOAD, formFields: pairs(['kind', 'leads']) }, { items: [item('a,b')] });
		expect(api.requests[0].headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(api.requests[0].body).toContain('name="kind"\r\n\r\nleads\r\n');
		expect(api.requests[0].body).toContain('name="upload"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\na,b\r\n');
	});

	it('without a name is called file', async () => {
		await send(UPLOAD, { items: [{ json: {}, binary: { data: { data: 'YQ==', mimeType: 'text/plain' } } }] });
		expect(api.requests[0].body).toContain('filename="file"');
	});

	it('is taken up to the vendor’s limit', async () => {
		await send(UPLOAD, { items: [item('x'.repeat(10))] });
		expect(api.requests).toHaveLength(1);
		const { error } = await send(UPLOAD, { items: [item('x'.repeat(11))] });
		expect(error?.message).toMatch(/^Input[^"]* holds a file that is too large: "a\.csv" has 11 bytes \(0 MB\), and Own takes 0 MB at most$/);
		expect(error?.description).toContain('Nothing was sent.');
		expect(api.requests).toHaveLength(1);
	});

	it('is taken whatever its size where the vendor names no limit', async () => {
		await send(UPLOAD, { items: [item('x'.repeat(11))] }, { ...VENDOR, maxFileBytes: undefined });
		expect(api.requests).toHaveLength(1);
	});
});

it('a vendor without guarded paths needs no guard', async () => {
	expect(await jsonOf({ method: 'GET', path: '/secret' }, {}, { ...VENDOR, guardFor: undefined })).toEqual([{}]);
});

describe('the operation', () => {
	const descriptions = (vendor: ApiRequestVendor) => JSON.stringify(apiRequestOperation(vendor).fields);

	it('names the vendor, and the largest file where there is one', () => {
		expect(apiRequestOperation(VENDOR)).toMatchObject({ resource: 'apiRequest', value: 'request', description: 'Call a path of the Own API for which there is no operation' });
		expect(descriptions({ ...VENDOR, maxFileBytes: 50_000_000 })).toContain('multipart/form-data, up to 50 MB, where the path in Own takes one');
		expect(descriptions({ ...VENDOR, maxFileBytes: undefined })).toContain('multipart/form-data, where the path in Own takes one');
	});

	it('has the vendor’s own fields behind its own', () => {
		const own = { displayName: 'Own', name: 'own', type: 'string', default: '' } as const;
		expect(apiRequestOperation({ ...VENDOR, fields: [own] }).fields.at(-1)).toBe(own);
	});
});

describe('the fields for pages', () => {
	const shown = (name: string) => apiRequestOperation(VENDOR).fields.find((field) => field.name === name)?.displayOptions;

	it('are there for a GET that is not read as a file', () => {
		expect(shown('readPages')).toEqual({ show: { method: ['GET'] }, hide: { responseFormat: ['file'] } });
	});

	it('are there for a list that is read page after page', () => {
		expect(shown('returnAll')).toMatchObject({ show: { method: ['GET'], readPages: [true] }, hide: { responseFormat: ['file'] } });
		expect(shown('limit')).toMatchObject({ show: { method: ['GET'], readPages: [true] }, hide: { responseFormat: ['file'], returnAll: [true] } });
	});
});

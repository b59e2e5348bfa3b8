import { readResponse, readThrown } from '../../../nodes/shared/http/thrown';

/** What is left of an answer or a broken connection in the errors that the two lines of n8n throw. */

const transport = (error: unknown) => ({ kind: 'transport', error });
const response = (found: unknown) => ({ kind: 'response', response: found });

describe('n8n 2.x, which keeps the cause', () => {
	const thrown = (cause: unknown) => Object.assign(new Error('Bad request'), { cause });

	it('keeps the response with it', () => {
		const error = thrown({ response: { status: 409, headers: { 'Content-Type': 'application/json' }, data: 'stream' } });
		expect(readThrown(error)).toEqual(response({ status: 409, headers: { 'content-type': 'application/json' }, body: 'stream', authorization: undefined }));
	});

	it.each([
		[{ headers: { Authorization: 'Bearer t' } }, 'Bearer t'],
		[{ headers: { accept: '*/*', authorization: 'Bearer t' } }, 'Bearer t'],
		[{ headers: { authorization: 7 } }, undefined],
		[{ headers: {} }, undefined],
		[{ headers: 'none' }, undefined],
		[undefined, undefined],
	])('tells of the request %j the header %s', (config, authorization) => {
		expect(readThrown(thrown({ config, response: { status: 401 } }))).toMatchObject({ response: { authorization } });
	});

	it.each([
		[{ code: 'ECONNRESET', syscall: 'read', message: 'reset' }, { code: 'ECONNRESET', syscall: 'read', message: 'reset' }],
		[{ message: 'failed', cause: { code: 'ENOTFOUND', syscall: 'getaddrinfo' } }, { code: 'ENOTFOUND', syscall: 'getaddrinfo', message: 'failed' }],
		[{ code: 'ERR_BAD', cause: { code: 'ENOTFOUND' } }, { code: 'ERR_BAD', syscall: undefined, message: '' }],
		[{ code: 7, cause: 'text' }, { code: undefined, syscall: undefined, message: '' }],
	])('tells of the connection %j', (cause, error) => {
		expect(readThrown(thrown(cause))).toEqual(transport(error));
	});
});

describe('n8n 1.x, which loses the cause', () => {
	it('leaves the body’s stream, which knows status, headers and request', () => {
		const data = {
			statusCode: 429,
			headers: { 'Retry-After': '7' },
			req: { getHeader: (name: string) => (name === 'authorization' ? 'Bearer t' : undefined) },
		};
		expect(readThrown({ context: { data } })).toEqual(response({ status: 429, headers: { 'retry-after': '7' }, body: data, authorization: 'Bearer t' }));
	});

	it.each([{ getHeader: 'none' }, 'none', undefined])('leaves no header of the request %j', (req) => {
		expect(readThrown({ context: { data: { statusCode: 400, req } } })).toMatchObject({ response: { status: 400, authorization: undefined } });
	});

	it('leaves the status alone where the body was compressed', () => {
		expect(readThrown({ httpCode: '503', context: { data: { pipe: 1 } } })).toEqual(response({ status: 503, headers: {}, body: { pipe: 1 } }));
		expect(readThrown({ httpCode: '503', context: {} })).toEqual(response({ status: 503, headers: {}, body: '' }));
		expect(readThrown({ httpCode: 404 })).toEqual(response({ status: 404, headers: {}, body: '' }));
	});

	it.each([
		[{ message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'ECONNREFUSED', 'connect'],
		[{ message: 'Not found', messages: ['getaddrinfo ENOTFOUND api.invalid', 7] }, 'ENOTFOUND', 'getaddrinfo'],
		[{ message: 'unable: CERT_HAS_EXPIRED' }, 'CERT_HAS_EXPIRED', undefined],
		[{ message: 'timeout of 1000ms exceeded' }, 'ECONNABORTED', undefined],
		[{ message: 'timeout of 1000 ms exceeded' }, 'ECONNABORTED', undefined],
		[{ message: 'socket hang up' }, 'ECONNRESET', undefined],
		[{ message: 'aborted' }, 'ECONNRESET', undefined],
		[{ message: 'self-signed certificate in chain' }, 'CERT_UNKNOWN', undefined],
		[{ message: 'Invalid URL' }, 'ERR_INVALID_URL', undefined],
		[{ message: 'An Error of ours: EASY' }, undefined, undefined],
		[{ message: 'Something else', messages: 'none' }, undefined, undefined],
		[{}, undefined, undefined],
	])('tells the connection by its text: %j', (error, code, syscall) => {
		const read = readThrown(error);
		expect(read).toMatchObject(transport({ code, syscall }));
	});

	it('keeps all the texts that there are', () => {
		expect(readThrown({ message: 'one', messages: ['two', 3, 'three'] })).toMatchObject(transport({ message: 'one\ntwo\nthree' }));
	});

	it('has no status where there is none', () => {
		expect(readThrown({ httpCode: null, message: 'm' })).toMatchObject(transport({ message: 'm' }));
		expect(readThrown({ httpCode: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND' })).toMatchObject(transport({ code: 'ENOTFOUND' }));
	});
});

it.each([
	['text', 'text'],
	[undefined, 'undefined'],
	[null, 'null'],
	[['list'], 'list'],
])('what is no error, %j, is told as it is', (thrown, message) => {
	expect(readThrown(thrown)).toEqual(transport({ message }));
});

describe('a response', () => {
	it.each([
		[{ statusCode: 200, headers: {}, body: 'b' }, { status: 200, headers: {}, body: 'b' }],
		[{ status: 200, headers: {}, data: 'd', body: 'b' }, { status: 200, headers: {}, body: 'd' }],
		[{ statusCode: 201, status: 200 }, { status: 201, headers: {}, body: undefined }],
		['text', { status: 0, headers: {}, body: undefined }],
	])('%j is read as %j', (given, read) => {
		expect(readResponse(given)).toEqual(read);
	});

	it('has its headers as texts under names in lower case', () => {
		const headers = { 'X-One': '1', 'X-List': ['1', '2'], 'X-Number': 3, 'X-None': undefined };
		expect(readResponse({ status: 200, headers }).headers).toEqual({ 'x-one': '1', 'x-list': '1,2' });
		expect(readResponse({ status: 200, headers: null }).headers).toEqual({});
		expect(readResponse({ status: 200, headers: 'x' }).headers).toEqual({});
	});
});

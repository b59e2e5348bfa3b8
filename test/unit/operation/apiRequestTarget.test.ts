import { target } from '../../../nodes/shared/operation/apiRequest/target';
import { fileNameOf } from '../../../nodes/shared/operation/apiRequest/fileName';
import { Problem } from '../../../nodes/shared/operation/readers';

describe('a path that the user types', () => {
	test.each([
		['/v1/leads', '/v1/leads', []],
		['v1/leads', '/v1/leads', []],
		['  /v1/leads  ', '/v1/leads', []],
		['/v1/leads/', '/v1/leads/', []],
		['/v1/leads?status=new&sort=-created_at', '/v1/leads', [['status', 'new'], ['sort', '-created_at']]],
		['/v1/leads?type=a&type=b', '/v1/leads', [['type', 'a'], ['type', 'b']]],
		['/v1/leads?search=Ana Souza', '/v1/leads', [['search', 'Ana Souza']]],
		['/v1/leads?next=https://x.example//y', '/v1/leads', [['next', 'https://x.example//y']]],
		['/v1/leads?__proto__=1', '/v1/leads', [['__proto__', '1']]],
		['/v1/files/São Paulo.pdf', '/v1/files/S%C3%A3o%20Paulo.pdf', []],
		['/v1/files/S%C3%A3o%20Paulo.pdf', '/v1/files/S%C3%A3o%20Paulo.pdf', []],
		['/v1/files/a%2Fb', '/v1/files/a%2Fb', []],
		['/v1/users/ana@people.example', '/v1/users/ana@people.example', []],
		['/v1/time/12:30', '/v1/time/12:30', []],
		['/v1/...', '/v1/...', []],
	])('%j is taken', (typed, path, query) => {
		expect(target(typed)).toEqual({ path, query });
	});

	test.each([
		['https://evil.example/v1/leads', /whole address/],
		['HTTP://evil.example', /whole address/],
		['javascript:alert(1)', /whole address/],
		['//evil.example/v1', /another server/],
		['/v1\\..\\x', /backslash/],
		['\\\\evil.example', /backslash/],
		['@evil.example/v1', /user name/],
		['ana@evil.example/v1', /user name/],
		['user:secret@evil.example/v1', /whole address|user name/],
		['127.0.0.1:8080/v1', /name of a server/],
		[':8080/v1', /name of a server/],
		['/v1/../../admin', /\. or \.\./],
		['..', /\. or \.\./],
		['/v1/./leads', /\. or \.\./],
		['/v1/%2e%2e/admin', /\. or \.\./],
		['/v1/%2E./admin', /\. or \.\./],
		['/v1/x%2f..%2fadmin', /\. or \.\./],
		['/v1/x%5c..%5cadmin', /\. or \.\./],
		['/v1/leads\r\nHost: evil.example', /control character/],
		['/v1/le\u0000ads', /control character/],
		['/v1/leads\u007f', /control character/],
		['/v1/leads#top', /#/],
		['/v1/100%', /validly encoded/],
		['/v1/%zz', /validly encoded/],
		['/v1/\ud800', /validly encoded/],
		[{ path: '/v1' }, /not text/],
	])('%j is refused', (typed, what) => {
		const read = target(typed);
		expect(read).toBeInstanceOf(Problem);
		expect((read as Problem).what).toMatch(what);
		expect((read as Problem).howToFix).not.toBe('');
	});

	test.each(['/v1/leads', 'v1/leads', '/v1/a@b', '/v1/time/12:30', '/v1/São Paulo', '/v1/files/a%2Fb'])(
		'%j stays on the server of the credential, and on its path',
		(typed) => {
			const read = target(typed) as { path: string };
			const url = new URL(`https://api.example.com${read.path}`);
			expect(url.origin).toBe('https://api.example.com');
			expect(url.username).toBe('');
			expect(url.pathname).toBe(read.path);
		},
	);
});

describe('the name of a downloaded file', () => {
	const name = (disposition?: string, path = '/v1/files/42') =>
		fileNameOf(disposition === undefined ? {} : { 'content-disposition': disposition }, path);

	test.each([
		['attachment; filename="offer.pdf"', 'offer.pdf'],
		['attachment; filename=offer.pdf', 'offer.pdf'],
		['attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'],
		['attachment; filename="offer.pdf"; filename*=UTF-8\'\'Or%C3%A7amento.pdf', 'Orçamento.pdf'],
		['attachment; filename*=utf-8\'pt\'Or%C3%A7amento.pdf', 'Orçamento.pdf'],
		['attachment; filename*=UTF-8\'\'%zz; filename="offer.pdf"', 'offer.pdf'],
		['attachment; filename="../../etc/passwd"', 'passwd'],
		['attachment; filename="C:\\\\temp\\\\x.exe"', 'x.exe'],
		['attachment; filename=".."', '42'],
		['attachment; filename=""', '42'],
		['inline', '42'],
		[undefined, '42'],
	])('%s gives %s', (disposition, expected) => {
		expect(name(disposition)).toBe(expected);
	});

	test('falls back on the end of the path, then on a plain word, and is not endless', () => {
		expect(name(undefined, '/v1/files/S%C3%A3o.pdf')).toBe('São.pdf');
		expect(name(undefined, '/v1/files/')).toBe('download');
		expect(name(`attachment; filename="${'x'.repeat(5000)}"`)).toHaveLength(200);
	});
});

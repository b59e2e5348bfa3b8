import { fileNameOf } from '../../../nodes/shared/operation/apiRequest/fileName';

const named = (disposition: string | undefined, path = '/v1/files/report%20of%20may.pdf') =>
	fileNameOf(disposition === undefined ? {} : { 'content-disposition': disposition }, path);

it.each([
	['attachment; filename="a b.pdf"', 'a b.pdf'],
	['attachment; filename=plain.pdf', 'plain.pdf'],
	['attachment;filename=plain.pdf; size=7', 'plain.pdf'],
	['ATTACHMENT; FILENAME = "upper.pdf"', 'upper.pdf'],
	['filename=first.pdf', 'first.pdf'],
	['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
	['attachment; filename="a;b.txt"', 'a;b.txt'],
	["attachment; filename=\"old.pdf\"; filename*=UTF-8''n%C3%A4mlich.pdf", 'nämlich.pdf'],
	["attachment; filename*=utf-8'en'n%C3%A4mlich.pdf; filename=old.pdf", 'nämlich.pdf'],
	["filename*=UTF-8''first.pdf", 'first.pdf'],
	["attachment;filename*=UTF-8''close.pdf", 'close.pdf'],
	['attachment; filename=" a.pdf "', 'a.pdf'],
	["attachment; filename* = UTF-8''a.pdf", 'a.pdf'],
	["attachment; filename*=UTF-8''%E4.pdf; filename=old.pdf", 'old.pdf'],
	["attachment; filename*=latin1''a.pdf; filename=old.pdf", 'old.pdf'],
	['attachment; otherfilename="wrong.pdf"', 'report of may.pdf'],
	['attachment; filename=""', 'report of may.pdf'],
	['attachment', 'report of may.pdf'],
	[undefined, 'report of may.pdf'],
])('%s names the file %s', (disposition, name) => {
	expect(named(disposition)).toBe(name);
});

it.each([
	['../../etc/passwd', 'passwd'],
	['C:\\\\Users\\\\ana.txt', 'ana.txt'],
	['a/b\\\\c.txt', 'c.txt'],
	['a\\\\b/c.txt', 'c.txt'],
	['tab\there\u0007.txt', 'tabhere.txt'],
	['..', 'report of may.pdf'],
	['.', 'report of may.pdf'],
	['folder/', 'report of may.pdf'],
	['.profile', '.profile'],
	['x'.repeat(300), 'x'.repeat(200)],
])('%j from a server is taken as %s', (sent, name) => {
	expect(named(`attachment; filename="${sent}"`)).toBe(name);
});

it.each([
	['/v1/files/', 'download'],
	['/v1/files/%E4', 'download'],
	['/v1/files/a%2Fb.txt', 'b.txt'],
	['/v1/report', 'report'],
])('without a header, the path %s names it %s', (path, name) => {
	expect(named(undefined, path)).toBe(name);
});

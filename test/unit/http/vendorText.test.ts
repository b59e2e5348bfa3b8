import type { ApiRequest } from '../../../nodes/shared/http/request';
import type { VendorError } from '../../../nodes/shared/http/service';
import { presentable } from '../../../nodes/shared/http/vendorText';

const POST: ApiRequest = { method: 'POST', path: '/webhooks', body: { url: 'https://n8n.example.com', secret: 'hook-secret-1', webhookToken: 'token-of-the-hook', name: 'visible name' } };
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzYW5kYm94In0.c2lnbmF0dXJl-_0';

const shown = (said: Partial<VendorError>, authorization = 'Bearer osapi_live_77e2c4'): VendorError =>
	presentable({ details: [], ...said }, POST, authorization);

it.each([
	['the API key', 'The key osapi_live_77e2c4 is unknown', 'The key [hidden] is unknown'],
	['the API key, twice', 'osapi_live_77e2c4=osapi_live_77e2c4', '[hidden]=[hidden]'],
	['the secret of the webhook that was sent', '{"secret":"hook-secret-1"} is weak', '{"secret":"[hidden]"} is weak'],
	['a token that was sent', 'token-of-the-hook', '[hidden]'],
	['a bearer token of any kind', 'Got "Authorization: Bearer 9f3ab-77.x/+=" from you', 'Got "Authorization: Bearer [hidden]" from you'],
	['a bearer token in capitals', 'authorization: BEARER abcdefgh1', 'authorization: BEARER [hidden]'],
	['an encoded bearer token', 'Bearer%20abcdefgh1', 'Bearer [hidden]'],
	['a signature', 'P2S-SIGN-V1 sk_live_1:1773741600:966fcc', 'P2S-SIGN-V1 [hidden]'],
	['a password', 'Basic dXNlcjpwYXNzMQ==', 'Basic [hidden]'],
	['a JSON Web Token on its own', `token ${TOKEN} has expired`, 'token [hidden] has expired'],
])('hides %s', (_what, message, expected) => {
	const said: VendorError = { message, code: message, details: [message], entryProblems: [{ index: 3, problem: message }], requestId: message };
	expect(shown(said)).toEqual({ message: expected, code: expected, details: [expected], entryProblems: [{ index: 3, problem: expected }], requestId: expected });
});

it('hides each part of a signature that was sent', () => {
	const authorization = 'P2S-SIGN-V1 sk_test_example:1773741600:966fcc213f';
	const message = `${authorization}, sk_test_example at 1773741600 with 966fcc213f`;
	expect(shown({ message }, authorization).message).toBe('[hidden], [hidden] at 1773741600 with [hidden]');
});

it.each([
	'Bearer token is missing',
	'The bearer authentication scheme is required',
	'Basic authentication is not offered',
	'This is a short text',
	'visible name at https://n8n.example.com',
	'Lead 3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93 belongs to ana.souza2024@example.com',
])('leaves alone: %s', (message) => {
	expect(shown({ message }).message).toBe(message);
});

it('cuts what is too long for an error', () => {
	const { details, entryProblems, message, requestId, code } = shown({
		message: 'm'.repeat(5_000_000),
		code: 'c'.repeat(5_000),
		requestId: 'r'.repeat(5_000),
		details: Array.from({ length: 3_000 }, () => 'd'.repeat(1_000)),
		entryProblems: [{ index: 0, problem: 'p'.repeat(5_000) }],
	});
	expect([message, code, requestId].map((text) => text?.length)).toEqual([1_001, 201, 201]);
	expect(details).toHaveLength(51);
	expect(details[50]).toBe('and 2950 more');
	expect(details[0]).toBe(`${'d'.repeat(300)}…`);
	expect(entryProblems?.[0].problem).toHaveLength(301);
});

it('counts the details that are left out, where there are any', () => {
	const detailsOf = (count: number) => shown({ details: Array.from({ length: count }, (_, index) => `detail ${index}`) }).details;
	expect(detailsOf(50)).toHaveLength(50);
	expect(detailsOf(50)[49]).toBe('detail 49');
	expect(detailsOf(51)[50]).toBe('and 1 more');
});

it.each([
	['12345678', '[hidden]'],
	['1234567', '1234567'],
])('hides a secret that is no part of ordinary words: %s', (secret, expected) => {
	const request: ApiRequest = { method: 'POST', path: '/webhooks', body: { secret } };
	expect(presentable({ details: [], message: `${secret} is weak` }, request).message).toBe(`${expected} is weak`);
});

it('hides a secret before it cuts, so that no part of one is left', () => {
	expect(shown({ message: `${'m'.repeat(992)}osapi_live_77e2c4` }).message).toBe(`${'m'.repeat(992)}[hidden]`);
});

it('leaves absent what the vendor did not say', () => {
	expect(shown({})).toEqual({ details: [] });
});

it('takes a text made to be slow in bounded time', () => {
	for (const piece of ['Bearer ', 'eyJaaaaa.', 'Bearer aaaaaaaa', 'eyJ', 'Bearer%20']) {
		const startMs = performance.now();
		shown({ message: piece.repeat(15_000_000 / piece.length) });
		expect(performance.now() - startMs).toBeLessThan(5_000);
	}
});

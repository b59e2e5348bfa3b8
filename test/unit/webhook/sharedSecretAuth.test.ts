import crypto from 'node:crypto';

import { checkSecret, verifySharedSecret, type SharedSecretAuth } from '../../../nodes/shared/webhook/sharedSecretAuth';

const bearer: SharedSecretAuth = { type: 'bearer', token: 'tok_Ünï=' };
const basic: SharedSecretAuth = { type: 'basic', user: 'vendor', password: 'pa:ss wörd' };
const header: SharedSecretAuth = { type: 'header', name: 'X-Api-Key', value: 'key-1' };
const basicValue = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const ok = { ok: true };
const refused = (reason: string) => ({ ok: false, reason });

it.each([
	['bearer', bearer, { authorization: 'Bearer tok_Ünï=' }],
	['bearer, in another case', bearer, { Authorization: 'bEARER  tok_Ünï= ' }],
	['basic, with a colon in the password', basic, { authorization: basicValue('vendor:pa:ss wörd') }],
	['an API key in a header', header, { 'x-api-key': 'key-1' }],
	['an API key among other headers', header, { host: 'n8n', 'x-api-key': 'key-1', 'x-trace': 'key-2' }],
	['a header named in any case', { ...header, name: ' x-API-key ' }, { 'X-Api-Key': ' key-1' }],
] as const)('accepts %s', (_, auth, headers) => {
	expect(verifySharedSecret(headers, auth)).toEqual(ok);
});

it.each([
	['another token', bearer, { authorization: 'Bearer tok_Uni=' }],
	['a longer token', bearer, { authorization: 'Bearer tok_Ünï=x' }],
	['the beginning of the token', bearer, { authorization: 'Bearer tok' }],
	['no token', bearer, { authorization: 'Bearer ' }],
	['the token without its scheme', bearer, { authorization: 'tok_Ünï=' }],
	['the token under another scheme', bearer, { authorization: 'Basic tok_Ünï=' }],
	['the token under another scheme of the same length', bearer, { authorization: 'Digest tok_Ünï=' }],
	['another password', basic, { authorization: basicValue('vendor:pass') }],
	['another user', basic, { authorization: basicValue('Vendor:pa:ss wörd') }],
	['a user alone', basic, { authorization: basicValue('vendor') }],
	['what is no base64', basic, { authorization: 'Basic vendor:pa:ss wörd' }],
	['another key', header, { 'x-api-key': 'key-2' }],
	['the key in another letter case', header, { 'x-api-key': 'KEY-1' }],
] as const)('refuses %s', (_, auth, headers) => {
	expect(verifySharedSecret(headers, auth)).toEqual(refused('wrongCredentials'));
});

it.each([
	['nothing', bearer, {}],
	['a header sent twice', header, { 'x-api-key': ['key-1', 'key-1'] }],
	['a header sent twice in two cases', header, { 'x-api-key': 'key-1', 'X-API-KEY': 'nonsense' }],
	['the key in another header', header, { 'x-api-token': 'key-1', authorization: 'key-1' }],
] as const)('refuses %s', (_, auth, headers) => {
	const mutable = headers as Record<string, string | string[]>;
	expect(verifySharedSecret(mutable, auth)).toEqual(refused('missingCredentials'));
});

it.each<SharedSecretAuth>([
	{ type: 'bearer', token: '' },
	{ type: 'bearer', token: ' \t' },
	{ type: 'basic', user: 'vendor', password: '' },
	{ type: 'header', name: 'X-Api-Key', value: '' },
	{ type: 'header', name: '', value: 'key-1' },
])('refuses everything where the secret is blank: %j', (auth) => {
	for (const authorization of ['', 'Bearer', 'Bearer ', basicValue('vendor:'), basicValue(':')]) {
		expect(verifySharedSecret({ authorization, 'x-api-key': '', '': '' }, auth)).toEqual(
			refused('noSecret'),
		);
	}
});

it('compares in constant time, at one length whatever is shown', () => {
	const compare = jest.spyOn(crypto, 'timingSafeEqual');
	try {
		for (const shown of ['', 'k', 'key-1', 'key-1'.repeat(1000)])
			verifySharedSecret({ 'x-api-key': shown }, header);
		expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual(
			Array(4).fill([32, 32]),
		);
	} finally {
		compare.mockRestore();
	}
});

it.each([
	['x'.repeat(16), 'OK', 'The secret is filled in. It is tried with the first delivery.'],
	['x'.repeat(15), 'Error', 'The secret must have at least 16 characters: anybody could guess a shorter one.'],
	[` ${'x'.repeat(15)} `, 'Error', 'The secret must have at least 16 characters: anybody could guess a shorter one.'],
])('a secret %j is told as %s', (secret, status, message) => {
	expect(checkSecret(secret)).toEqual({ status, message });
});

it('the key under another name is none', () => {
	expect(verifySharedSecret({ 'x-other-key': 'key-1' }, header)).toEqual(refused('missingCredentials'));
});

it.each<[SharedSecretAuth, Record<string, string>]>([
	[{ type: 'bearer', token: ' tok ' }, { authorization: 'Bearer tok' }],
	[{ type: 'header', name: 'X-Api-Key', value: ' key-1\n' }, { 'x-api-key': 'key-1' }],
])('blanks around the secret of %j do not count', (auth, headers) => {
	expect(verifySharedSecret(headers, auth)).toEqual(ok);
});

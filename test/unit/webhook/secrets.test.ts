import fc from 'fast-check';

import { derivedSecret, secretTag } from '../../../nodes/shared/webhook/derivedSecret';
import { openSecret, sealSecret } from '../../../nodes/shared/webhook/secretBox';

const API_KEY = 'osapi_0123456789abcdef';

describe('a sealed secret', () => {
	it('opens under its key, after a way through JSON', () => {
		for (const secret of ['oswhsec_test_secret', '', 'Zoë 💡', 'x'.repeat(10_000)]) {
			expect(openSecret(JSON.parse(JSON.stringify(sealSecret(secret, API_KEY))), API_KEY)).toBe(secret);
		}
	});

	it('does not open under another key', () => {
		const sealed = sealSecret('oswhsec_test_secret', API_KEY);
		for (const key of ['', ' ', `${API_KEY}x`, API_KEY.slice(1), API_KEY.toUpperCase(), 'osapi_other']) {
			expect(openSecret(sealed, key)).toBeUndefined();
		}
	});

	it('shows nothing of the secret or the key, and is another text every time', () => {
		const sealed = Array.from({ length: 50 }, () => sealSecret('oswhsec_test_secret', API_KEY));
		expect(new Set(sealed).size).toBe(50);
		// Salt (16 bytes) and nonce (12): a repeated nonce under one key would give both secrets away.
		const parts = sealed.map((text) => Buffer.from(text.slice(3), 'base64url'));
		expect(new Set(parts.map((bytes) => bytes.toString('hex', 0, 16))).size).toBe(50);
		expect(new Set(parts.map((bytes) => bytes.toString('hex', 16, 28))).size).toBe(50);
		for (const text of sealed) {
			expect(text).toMatch(/^v1\.[\w-]+$/);
			expect(Buffer.from(text.slice(3), 'base64url').toString('latin1')).not.toMatch(/oswhsec|osapi/);
		}
	});

	it('that was sealed by an earlier release opens', () => {
		expect(openSecret('v1.YFQ_2cbKmi2T0aJvvVPjEqXC8VmpCa2Xvow4gIW7lOLM7fK6Yk0rD6KlecsOl-1TboPfrfnNn2CqkkmI3jI1', API_KEY)).toBe('oswhsec_test_secret');
	});

	it('is refused at any altered bit', () => {
		const sealed = Buffer.from(sealSecret('oswhsec_test_secret', API_KEY).slice(3), 'base64url');
		for (let bit = 0; bit < sealed.length * 8; bit++) {
			const altered = Buffer.from(sealed);
			altered[bit >> 3] ^= 1 << (bit & 7);
			expect(openSecret(`v1.${altered.toString('base64url')}`, API_KEY)).toBeUndefined();
		}
		for (let length = 0; length < sealed.length; length++) {
			expect(
				openSecret(`v1.${sealed.subarray(0, length).toString('base64url')}`, API_KEY),
			).toBeUndefined();
		}
	});

	it('never throws on what is none', () => {
		const sealed = sealSecret('oswhsec_test_secret', API_KEY);
		expect(openSecret(sealed.replace('v1.', 'v2.'), API_KEY)).toBeUndefined();
		expect(openSecret(sealed.slice(3), API_KEY)).toBeUndefined();
		const anything = fc.oneof(
			fc.anything(),
			fc.string().map((text) => `v1.${text}`),
		);
		fc.assert(
			fc.property(anything, fc.string(), (value, key) =>
				expect(openSecret(value, key)).toBeUndefined(),
			),
		);
	});

	it.each(['', ' \n'])('is not made under the blank key %j', (key) => {
		expect(() => sealSecret('oswhsec_test_secret', key)).toThrow('blank API key');
	});
});

describe('a derived secret', () => {
	const URL_A = 'https://n8n.acme.com/webhook/a';

	it('is the same everywhere, for ever: changing it would orphan every registered webhook', () => {
		// Computed with: printf 'webhook-secret:v1\n%s' URL | openssl dgst -sha256 -hmac client-secret
		expect(derivedSecret('client-secret', URL_A)).toBe(
			'd17e4fc1ac76919e33b696fc3b171fa17b6f37d84c58a1a865d953e2944cdead',
		);
	});

	it('differs by webhook and by credential', () => {
		const secrets = ['client-secret', 'client-secret2'].flatMap((secret) =>
			[URL_A, 'https://n8n.acme.com/webhook/b'].map((url) => derivedSecret(secret, url)),
		);
		expect(new Set(secrets).size).toBe(4);
	});

	it.each(['', '  '])('does not come from the blank credential %j', (blank) => {
		expect(derivedSecret(blank, URL_A)).toBeUndefined();
	});

	it('has a tag that changes with it and does not show it', () => {
		const secret = derivedSecret('client-secret', URL_A) ?? '';
		// Computed with: printf 'webhook-secret-tag:v1' | openssl dgst -sha256 -hmac SECRET. Another one would update every registered webhook.
		expect(secretTag(secret)).toBe('d8b67db0');
		expect(secretTag(secret)).not.toBe(secretTag(`${secret}x`));
		expect(secret).not.toContain(secretTag(secret));
	});
});

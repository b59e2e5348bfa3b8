import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * A secret sealed under an API key, as text for n8n's static data, which is stored unencrypted beside the workflow:
 * `v1.` + base64url of salt (16 bytes), nonce (12), tag (16) and ciphertext. AES-256-GCM.
 *
 * The key is stretched by HKDF and not by a password hash: an API key is random already, and a delivery is answered
 * while this runs.
 */
const VERSION = 'v1';
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals a secret. Throws on a blank API key, which would seal nothing. */
export function sealSecret(secret: string, apiKey: string): string {
	if (apiKey.trim() === '') throw new Error('A secret cannot be sealed under a blank API key');
	const salt = randomBytes(SALT_BYTES);
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv('aes-256-gcm', boxKey(apiKey, salt), nonce);
	const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
	return `${VERSION}.${Buffer.concat([salt, nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
}

/** The sealed secret; undefined under another API key, for another version, and for anything that is no sealed secret. */
export function openSecret(sealed: unknown, apiKey: string): string | undefined {
	if (typeof sealed !== 'string' || !sealed.startsWith(`${VERSION}.`)) return undefined;
	const bytes = Buffer.from(sealed.slice(VERSION.length + 1), 'base64url');
	const [salt, nonce, tag] = [
		bytes.subarray(0, SALT_BYTES),
		bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES),
		bytes.subarray(SALT_BYTES + NONCE_BYTES, SALT_BYTES + NONCE_BYTES + TAG_BYTES),
	];
	try {
		const decipher = createDecipheriv('aes-256-gcm', boxKey(apiKey, salt), nonce, {
			authTagLength: TAG_BYTES,
		});
		decipher.setAuthTag(tag);
		const ciphertext = bytes.subarray(SALT_BYTES + NONCE_BYTES + TAG_BYTES);
		return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
	} catch {
		return undefined;
	}
}

function boxKey(apiKey: string, salt: Buffer): Buffer {
	return Buffer.from(hkdfSync('sha256', apiKey, salt, `webhook-secret-box:${VERSION}`, 32));
}

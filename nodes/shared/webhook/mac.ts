import { createHmac } from 'node:crypto';

import type { SignatureScheme } from './schemes';

/** The shortest key taken from base64: below it a few characters of a text secret would stand for the whole. */
const MIN_DECODED_KEY_BYTES = 16;

/** The bytes of strict, canonical, padded base64; undefined for anything that another decoder might read differently. */
export function strictBase64(text: string): Buffer | undefined {
	const bytes = Buffer.from(text, 'base64');
	return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * The keys a secret may stand for under a scheme, the scheme's own first. Standard Webhooks decodes the base64 after
 * `whsec_`; a vendor that lets the caller choose the secret may use the text as it stands, so that is tried as well.
 */
export function macKeys(secret: string, key: SignatureScheme['key']): Buffer[] {
	const text = Buffer.from(secret, 'utf8');
	if (key === 'text') return [text];
	const decoded = strictBase64(secret.replace(/^whsec_/, ''));
	return decoded && decoded.length >= MIN_DECODED_KEY_BYTES ? [decoded, text] : [text];
}

/** The signed text on either side of the raw body. */
export interface Surroundings {
	before: string;
	after: string;
}

/** Fills a scheme's `content`; `timestamp` and `id` are put in as received, never re-formatted. */
export function surroundings(content: string, filled: { timestamp?: string; id?: string }): Surroundings {
	const fill = (text: string) =>
		text.replace(/\{(timestamp|id)\}/g, (_, name: 'timestamp' | 'id') => filled[name] ?? '');
	const [before = '', after = ''] = content.split('{body}');
	return { before: fill(before), after: fill(after) };
}

/** HMAC-SHA256 over the raw body and what surrounds it. */
export function bodyMac(key: Buffer, { before, after }: Surroundings, rawBody: Buffer): Buffer {
	return createHmac('sha256', key).update(before).update(rawBody).update(after).digest();
}

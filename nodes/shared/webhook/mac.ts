import { createHmac } from 'node:crypto';

import type { KeyReading } from './schemes';

/** The shortest key taken from base64: below it a few characters of a text secret would stand for the whole. */
const MIN_DECODED_KEY_BYTES = 16;

/** The bytes of strict, canonical, padded base64; undefined for anything that another decoder might read differently. */
export function strictBase64(text: string): Buffer | undefined {
	const bytes = Buffer.from(text, 'base64');
	return bytes.toString('base64') === text ? bytes : undefined;
}

/** The keys a secret may stand for, in the order of the readings. */
export function macKeys(secret: string, readings: readonly KeyReading[]): Buffer[] {
	return readings.flatMap((reading) =>
		reading === 'text' ? Buffer.from(secret, 'utf8') : (base64Key(secret) ?? []),
	);
}

function base64Key(secret: string): Buffer | undefined {
	const key = strictBase64(secret.replace(/^[a-z]*whsec_/, ''));
	return key && key.length >= MIN_DECODED_KEY_BYTES ? key : undefined;
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

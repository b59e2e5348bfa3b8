/**
 * A vendor's side of every scheme, written out by hand from the schemes' descriptions and sharing no code with the
 * package, so that signer and verifier cannot be wrong in the same way.
 */
import { createHmac } from 'node:crypto';

import type { CustomScheme, SchemeName } from '../../../nodes/shared/webhook/schemes';
import type { Delivery } from '../../../nodes/shared/webhook/verify';

export interface Parts {
	body: Buffer;
	/** As sent, so that tests can send what is no timestamp. */
	timestamp: string;
	id: string;
}

export interface Dress {
	scheme: SchemeName;
	custom?: CustomScheme;
	encoding: 'hex' | 'base64';
	timed: boolean;
	key: (secret: string) => Buffer;
	content: (parts: Parts) => Buffer;
	/** The headers around a signature already encoded. */
	headers: (signature: string, parts: Parts) => Record<string, string>;
	signatureHeader: string;
}

const utf8Key = (secret: string) => Buffer.from(secret, 'utf8');
const bodyOnly = ({ body }: Parts) => body;
const timestampAndBody = ({ timestamp, body }: Parts) => Buffer.concat([Buffer.from(`${timestamp}.`), body]);

export const CUSTOM: CustomScheme = {
	signatureHeader: 'X-Acme-Proof',
	label: 'v0=',
	encoding: 'hex',
	content: 'v0:{timestamp}:{body}',
	timestampHeader: 'X-Acme-Request-Time',
};

export const DRESSES: Record<string, Dress> = {
	timestamped: {
		scheme: 'timestamped',
		encoding: 'hex',
		timed: true,
		key: utf8Key,
		content: timestampAndBody,
		signatureHeader: 'acme-signature',
		headers: (signature, { timestamp }) => ({ 'acme-signature': `t=${timestamp},v1=${signature}` }),
	},
	prefixedBody: {
		scheme: 'prefixedBody',
		encoding: 'hex',
		timed: false,
		key: utf8Key,
		content: bodyOnly,
		signatureHeader: 'x-hub-signature-256',
		headers: (signature) => ({ 'x-hub-signature-256': `sha256=${signature}` }),
	},
	bareBodyHex: {
		scheme: 'bareBody',
		encoding: 'hex',
		timed: false,
		key: utf8Key,
		content: bodyOnly,
		signatureHeader: 'x-acme-signature',
		headers: (signature) => ({ 'x-acme-signature': signature }),
	},
	bareBodyBase64: {
		scheme: 'bareBody',
		encoding: 'base64',
		timed: false,
		key: utf8Key,
		content: bodyOnly,
		signatureHeader: 'x-acme-signature',
		headers: (signature) => ({ 'x-acme-signature': signature }),
	},
	standardWebhooks: {
		scheme: 'standardWebhooks',
		encoding: 'base64',
		timed: true,
		key: (secret) => Buffer.from(secret.replace('whsec_', ''), 'base64'),
		content: ({ id, timestamp, body }) => Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]),
		signatureHeader: 'webhook-signature',
		headers: (signature, { id, timestamp }) => ({
			'webhook-id': id,
			'webhook-timestamp': timestamp,
			'webhook-signature': `v1,${signature}`,
		}),
	},
	headerTimestampHex: {
		scheme: 'headerTimestamp',
		encoding: 'hex',
		timed: true,
		key: utf8Key,
		content: timestampAndBody,
		signatureHeader: 'x-acme-signature',
		headers: (signature, { timestamp }) => ({
			'x-acme-signature': signature,
			'x-acme-request-timestamp': timestamp,
		}),
	},
	headerTimestampBase64: {
		scheme: 'headerTimestamp',
		encoding: 'base64',
		timed: true,
		key: utf8Key,
		content: timestampAndBody,
		signatureHeader: 'x-acme-signature',
		headers: (signature, { timestamp }) => ({
			'x-acme-signature': signature,
			'x-acme-timestamp': timestamp,
		}),
	},
	custom: {
		scheme: 'custom',
		custom: CUSTOM,
		encoding: 'hex',
		timed: true,
		key: utf8Key,
		content: ({ timestamp, body }) => Buffer.concat([Buffer.from(`v0:${timestamp}:`), body]),
		signatureHeader: 'x-acme-proof',
		headers: (signature, { timestamp }) => ({
			'x-acme-proof': `v0=${signature}`,
			'x-acme-request-time': timestamp,
		}),
	},
};

export const DRESS_NAMES = Object.keys(DRESSES);

/** `auto` finds every scheme that has a row of its own; a custom one is found by its own description only. */
export const AUTO_DRESS_NAMES = DRESS_NAMES.filter((name) => name !== 'custom');

/** The MAC as the dress's vendor sends it; `key` in place of the secret's, for signing with what is no secret. */
export function signatureOf(dress: Dress, parts: Parts, key: Buffer): string {
	return createHmac('sha256', key).update(dress.content(parts)).digest(dress.encoding);
}

export const NOW_MS = 1_790_000_000_000;
export const TIMESTAMP = '1790000000';
export const BODY = Buffer.from('{"id":"evt_1","type":"lead.created","data":{"name":"Zoë 💡"}}');

/** Strict base64 of 32 bytes, so that every scheme can make a key of it. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';
export const OTHER_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhro=';

/** A genuine delivery in a dress, with what the test changes about it. */
export function genuine(
	dress: Dress,
	{ body = BODY, secret = SECRET, timestamp = TIMESTAMP, id = 'msg_1' } = {},
): Delivery {
	const parts = { body, timestamp, id };
	return {
		rawBody: body,
		headers: dress.headers(signatureOf(dress, parts, dress.key(secret)), parts),
		secrets: [secret],
		scheme: dress.scheme,
		toleranceSeconds: 300,
		nowMs: NOW_MS,
		custom: dress.custom,
	};
}

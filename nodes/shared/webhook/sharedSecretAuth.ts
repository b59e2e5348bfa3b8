import { createHash, timingSafeEqual } from 'node:crypto';

import type { INodeCredentialTestResult } from 'n8n-workflow';

import type { DeliveryHeaders } from './candidates';

/** What a sender shows instead of a signature, where the vendor offers that for webhooks entered by hand. */
export type SharedSecretAuth =
	| { type: 'bearer'; token: string }
	| { type: 'basic'; user: string; password: string }
	| { type: 'header'; name: string; value: string };

export type SharedSecretRefusal = 'noSecret' | 'missingCredentials' | 'wrongCredentials';

/** For the log, never for the sender. */
export const SHARED_SECRET_REFUSAL: Readonly<Record<SharedSecretRefusal, string>> = {
	noSecret: 'the credential holds no secret to compare with',
	missingCredentials: 'it shows no credentials',
	wrongCredentials: 'it shows wrong credentials',
};

export type SharedSecretVerdict = { ok: true } | { ok: false; reason: SharedSecretRefusal };

/**
 * Whether a delivery shows the shared secret, compared in constant time. Says nothing about the body: whoever reads one
 * delivery on its way can forge others, which a signature would prevent.
 */
export function verifySharedSecret(headers: DeliveryHeaders, auth: SharedSecretAuth): SharedSecretVerdict {
	const expected = expectedCredentials(auth);
	if (expected === undefined) return { ok: false, reason: 'noSecret' };
	const value = singleValue(headers, auth.type === 'header' ? auth.name : 'authorization');
	if (value === undefined) return { ok: false, reason: 'missingCredentials' };
	const shown = auth.type === 'header' ? value : withoutScheme(value, auth.type);
	return equalInConstantTime(shown, expected) ? { ok: true } : { ok: false, reason: 'wrongCredentials' };
}

/** What must follow the scheme's name, or stand in the header; undefined where a blank secret would admit anybody. */
function expectedCredentials(auth: SharedSecretAuth): string | undefined {
	switch (auth.type) {
		case 'bearer':
			return isBlank(auth.token) ? undefined : auth.token.trim();
		case 'header':
			return isBlank(auth.value) || isBlank(auth.name) ? undefined : auth.value.trim();
		case 'basic':
			return isBlank(auth.password)
				? undefined
				: Buffer.from(`${auth.user}:${auth.password}`).toString('base64');
	}
}

/** The credentials of an Authorization header, or '' under another scheme. The scheme's name is case-insensitive. */
function withoutScheme(value: string, scheme: 'bearer' | 'basic'): string {
	const prefix = `${scheme} `;
	return value.slice(0, prefix.length).toLowerCase() === prefix ? value.slice(prefix.length).trim() : '';
}

/** Digests have one length, so neither the secret's characters nor its length can be timed. */
function equalInConstantTime(shown: string, expected: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(shown), digest(expected));
}

/** A header sent twice is no credential: which of the two counts would be a guess. */
function singleValue(headers: DeliveryHeaders, name: string): string | undefined {
	const wanted = name.trim().toLowerCase();
	const values = Object.entries(headers)
		.filter(([header]) => header.toLowerCase() === wanted)
		.flatMap(([, value]) => value);
	return values.length === 1 && typeof values[0] === 'string' ? values[0].trim() : undefined;
}

function isBlank(text: string): boolean {
	return typeof text !== 'string' || text.trim() === '';
}

const MIN_SECRET_CHARACTERS = 16;

/** What can be told of a secret before the first delivery shows it. */
export function checkSecret(secret: string): INodeCredentialTestResult {
	return secret.trim().length >= MIN_SECRET_CHARACTERS
		? { status: 'OK', message: 'The secret is filled in. It is tried with the first delivery.' }
		: {
				status: 'Error',
				message: `The secret must have at least ${MIN_SECRET_CHARACTERS} characters: anybody could guess a shorter one.`,
			};
}

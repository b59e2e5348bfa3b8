import { createPublicKey, generateKeyPairSync, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface TokenClaims {
	iss: string;
	sub: string;
	aud: string | string[];
	iat: number;
	exp: number;
	azp: string;
	jti: string;
	scope?: string;
	[claim: string]: unknown;
}

export interface SigningKey {
	keyId: string;
	privateKey: KeyObject;
	publicKey: KeyObject;
}

let processKey: SigningKey | undefined;

/** One key a process, because making one takes longer than most tests. */
export function signingKey(): SigningKey {
	if (!processKey) {
		const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		processKey = { keyId: 'sandbox-1', privateKey, publicKey: createPublicKey(privateKey) };
	}
	return processKey;
}

/** The published key set, as a verifier reads it from `/.well-known/jwks.json`. */
export function publicKeySet(key: SigningKey): { keys: JsonWebKey[] } {
	return { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: key.keyId, alg: 'RS256', use: 'sig' }] };
}

const encodePart = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Signs claims as an RS256 JWT (RFC 7519). */
export function signToken(claims: TokenClaims, key: SigningKey): string {
	const signed = `${encodePart({ alg: 'RS256', typ: 'JWT', kid: key.keyId })}.${encodePart(claims)}`;
	return `${signed}.${sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

/** The claims of a token this key signed; undefined for anything else. Says nothing about expiry or audience. */
export function readToken(token: string, key: SigningKey): TokenClaims | undefined {
	const parts = token.split('.');
	if (parts.length !== 3) return undefined;
	try {
		const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString()) as { alg?: unknown };
		if (header.alg !== 'RS256') return undefined;
		const signature = Buffer.from(parts[2], 'base64url');
		if (!verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`), key.publicKey, signature)) return undefined;
		return JSON.parse(Buffer.from(parts[1], 'base64url').toString()) as TokenClaims;
	} catch {
		return undefined;
	}
}

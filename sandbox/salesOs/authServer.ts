import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { URLSearchParams } from 'node:url';
import type { Clock } from '../clock';
import { Refusal } from '../http/refusal';
import type { Answer, Call, Route } from '../http/server';
import type { SalesOsSettings } from '../settings';
import type { Client, SalesOsCredentials } from './credentials';
import { isObject } from './fields';
import { publicKeySet, signingKey, signToken } from './jwt';

/** Documented: exactly this audience; a token for another one is valid and yet refused with 401. */
export const apiAudience = 'https://api.play2sell.com';

const codeLifetimeMs = 600_000;

interface Grant {
	clientId: string;
	audience: string;
	scope: string;
	redirectUri: string;
	codeChallenge: string | null;
	codeChallengeMethod: string;
	expiresAtMs: number;
}

/** The token endpoint takes JSON (the vendor's sample) and form encoding (RFC 6749). */
export function parseTokenBody(rawBody: Buffer, contentType: string): unknown {
	if (/^application\/json\b/i.test(contentType)) {
		try {
			return JSON.parse(rawBody.toString('utf8')) as unknown;
		} catch {
			throw oauthRefusal(400, 'invalid_request', 'The body is not valid JSON');
		}
	}
	return Object.fromEntries(new URLSearchParams(rawBody.toString('utf8')));
}

function oauthRefusal(status: number, error: string, description: string): Refusal {
	return new Refusal(status, description, { code: error });
}

/** Auth0's error body. */
export function oauthErrorAnswer(refusal: Refusal): Answer {
	return {
		status: refusal.status,
		headers: refusal.options.headers,
		body: { error: refusal.options.code ?? 'server_error', error_description: refusal.message },
	};
}

function basicCredentials(header: string | undefined): [string, string] | undefined {
	const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
	if (!match) return undefined;
	const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(match[1], 'base64').toString('utf8')) ?? [];
	if (id === undefined) return undefined;
	const decode = (part: string): string => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	};
	return [decode(id), decode(secret)];
}

/** Auth0's side of SalesOS: client credentials, and an authorization code flow in which everybody consents at once. */
export class AuthServer {
	private readonly codes = new Map<string, Grant>();
	private readonly refreshTokens = new Map<string, Grant>();
	/** Known once the listener has its port; the tokens name it as their issuer. */
	origin = '';

	constructor(
		private readonly credentials: SalesOsCredentials,
		private readonly settings: SalesOsSettings,
		private readonly clock: Clock,
	) {}

	reset(): void {
		this.codes.clear();
		this.refreshTokens.clear();
	}

	routes(): Route[] {
		return [
			{ method: 'POST', path: '/oauth/token', handle: (call) => this.token(call) },
			{ method: 'POST', path: '/oauth/revoke', handle: (call) => this.revoke(call) },
			{ method: 'GET', path: '/authorize', handle: (call) => this.authorize(call) },
			{
				method: 'GET',
				path: '/.well-known/jwks.json',
				handle: () => ({ status: 200, body: publicKeySet(signingKey()) }),
			},
			{ method: 'GET', path: '/.well-known/openid-configuration', handle: () => this.discovery() },
		];
	}

	private discovery(): Answer {
		return {
			status: 200,
			body: {
				issuer: `${this.origin}/`,
				authorization_endpoint: `${this.origin}/authorize`,
				token_endpoint: `${this.origin}/oauth/token`,
				revocation_endpoint: `${this.origin}/oauth/revoke`,
				jwks_uri: `${this.origin}/.well-known/jwks.json`,
				response_types_supported: ['code'],
				grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
				token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
				code_challenge_methods_supported: ['S256', 'plain'],
				id_token_signing_alg_values_supported: ['RS256'],
			},
		};
	}

	private authenticate(call: Call, body: Record<string, unknown>): Client {
		const [id, secret] = basicCredentials(call.headers.authorization) ?? [body.client_id, body.client_secret];
		const client = typeof id === 'string' ? this.credentials.clients.get(id) : undefined;
		if (client) call.journal.credentialId = client.id;
		if (!client || client.revoked || secret !== client.clientSecret) {
			throw oauthRefusal(401, 'access_denied', 'Unauthorized');
		}
		return client;
	}

	private token(call: Call): Answer {
		const body = isObject(call.body) ? call.body : {};
		const client = this.authenticate(call, body);
		switch (body.grant_type) {
			case 'client_credentials': {
				const audience = body.audience;
				if (typeof audience !== 'string' || audience === '') {
					throw oauthRefusal(
						403,
						'access_denied',
						'No audience parameter was provided, and no default audience has been configured',
					);
				}
				return this.tokenAnswer({ ...this.newToken(client, audience, `${client.id}@clients`) });
			}
			case 'authorization_code':
				return this.userTokens(client, this.takeCode(client, body));
			case 'refresh_token': {
				const refreshToken = String(body.refresh_token ?? '');
				const grant = this.refreshTokens.get(refreshToken);
				if (!grant || grant.clientId !== client.id) {
					throw oauthRefusal(403, 'invalid_grant', 'Unknown or invalid refresh token.');
				}
				// Rotation: the used one is spent, as Auth0 does by default for new applications.
				this.refreshTokens.delete(refreshToken);
				return this.userTokens(client, grant);
			}
			default:
				throw oauthRefusal(403, 'unsupported_grant_type', `Unsupported grant type: ${String(body.grant_type)}`);
		}
	}

	private tokenAnswer(body: Record<string, unknown>): Answer {
		return { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body };
	}

	private newToken(client: Client, audience: string, subject: string): Record<string, unknown> {
		const nowMs = this.clock.now();
		const issuedAt = Math.floor(nowMs / 1000);
		const lifetimeSeconds = this.settings.tokenLifetimeSeconds;
		const scope = client.scopes.join(' ');
		const accessToken = signToken(
			{
				iss: `${this.origin}/`,
				sub: subject,
				aud: audience,
				iat: issuedAt,
				exp: issuedAt + lifetimeSeconds,
				azp: client.id,
				scope,
				jti: randomUUID(),
				minted_at_ms: nowMs,
			},
			signingKey(),
		);
		return { access_token: accessToken, scope, expires_in: lifetimeSeconds, token_type: 'Bearer' };
	}

	private userTokens(client: Client, grant: Grant): Answer {
		const subject = 'auth0|sandbox-admin';
		const nowSeconds = Math.floor(this.clock.now() / 1000);
		const refreshToken = randomBytes(24).toString('base64url');
		this.refreshTokens.set(refreshToken, grant);
		const idToken = signToken(
			{
				iss: `${this.origin}/`,
				sub: subject,
				aud: client.id,
				iat: nowSeconds,
				exp: nowSeconds + 36_000,
				azp: client.id,
				jti: randomUUID(),
				name: 'Sandbox Admin',
				email: 'admin@sandbox.example',
			},
			signingKey(),
		);
		return this.tokenAnswer({
			...this.newToken(client, grant.audience, subject),
			refresh_token: refreshToken,
			id_token: idToken,
		});
	}

	private authorize(call: Call): Answer {
		const read = (name: string): string => (typeof call.query[name] === 'string' ? call.query[name] : '');
		const client = this.credentials.clients.get(read('client_id'));
		if (!client || client.revoked) throw oauthRefusal(403, 'access_denied', 'Unknown client');
		if (!/^https?:\/\//.test(read('redirect_uri'))) {
			throw oauthRefusal(403, 'invalid_request', 'The redirect_uri must be an http(s) URL');
		}
		const target = new URL(read('redirect_uri'));
		if (call.query.state !== undefined) target.searchParams.set('state', read('state'));
		if (read('response_type') !== 'code') {
			target.searchParams.set('error', 'unsupported_response_type');
			return { status: 302, headers: { location: target.href } };
		}
		const code = randomBytes(24).toString('base64url');
		this.codes.set(code, {
			clientId: client.id,
			// Without an audience Auth0 hands out a token for its own userinfo endpoint, of no use to the API.
			audience: read('audience') || `${this.origin}/userinfo`,
			scope: read('scope'),
			redirectUri: read('redirect_uri'),
			codeChallenge: read('code_challenge') || null,
			codeChallengeMethod: read('code_challenge_method') || 'plain',
			expiresAtMs: this.clock.now() + codeLifetimeMs,
		});
		target.searchParams.set('code', code);
		return { status: 302, headers: { location: target.href } };
	}

	private takeCode(client: Client, body: Record<string, unknown>): Grant {
		const code = String(body.code ?? '');
		const grant = this.codes.get(code);
		this.codes.delete(code);
		if (!grant || grant.clientId !== client.id || this.clock.now() > grant.expiresAtMs) {
			throw oauthRefusal(403, 'invalid_grant', 'Invalid authorization code');
		}
		if (body.redirect_uri !== grant.redirectUri) {
			throw oauthRefusal(403, 'invalid_grant', 'The redirect_uri does not match the authorization request');
		}
		if (grant.codeChallenge !== null) {
			const verifier = String(body.code_verifier ?? '');
			const challenge =
				grant.codeChallengeMethod === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
			if (challenge !== grant.codeChallenge) throw oauthRefusal(403, 'invalid_grant', 'Failed to verify code verifier');
		}
		return grant;
	}

	private revoke(call: Call): Answer {
		const body = isObject(call.body) ? call.body : {};
		this.authenticate(call, body);
		this.refreshTokens.delete(String(body.token ?? ''));
		return { status: 200, body: {} };
	}
}

import type { Clock } from '../clock';
import { Refusal } from '../http/refusal';
import type { Call } from '../http/server';
import { FixedWindow, rateLimitHeaders, secondsUntil } from '../http/window';
import { planLimits, type CommonSettings, type SalesOsSettings } from '../settings';
import { unauthorized } from './answers';
import { apiAudience } from './authServer';
import type { SalesOsCredentials, Scope, SignedKey } from './credentials';
import { readToken, signingKey } from './jwt';
import { sameSignature, signRequest } from './signedKey';

/** Documented: a signed request's timestamp holds for 30 s. */
const signatureValidSeconds = 30;

interface Holder {
	credentialId: string;
	scopes: readonly string[];
	tokenId?: string;
	signedKey?: SignedKey;
}

/** Who may do what, and how often: the checks before any SalesOS operation. */
export class SalesOsAccess {
	private readonly planWindow: FixedWindow;
	private readonly hourWindow: FixedWindow;

	constructor(
		private readonly credentials: SalesOsCredentials,
		private readonly settings: SalesOsSettings,
		common: CommonSettings,
		private readonly clock: Clock,
	) {
		this.planWindow = new FixedWindow(clock, () => common.windowMs);
		this.hourWindow = new FixedWindow(clock, () => common.windowMs * 60);
	}

	reset(): void {
		this.planWindow.clear();
		this.hourWindow.clear();
	}

	/** Throws the 401, 429 or 403 the request deserves, in this order. */
	admit(call: Call, scope: Scope): void {
		const holder = this.authenticate(call);
		call.journal.credentialId = holder.credentialId;
		this.checkHour(holder);
		this.checkPlan(call);
		if (!holder.scopes.includes(scope)) {
			throw new Refusal(403, `The client lacks the scope ${scope}`, { code: 'FORBIDDEN' });
		}
	}

	/** Makes the request's token worthless; a signed key stays, for it has no successor to fetch. */
	revoke(call: Call): void {
		const tokenId = this.authenticate(call).tokenId;
		if (tokenId !== undefined) this.credentials.revokeToken(tokenId);
	}

	private authenticate(call: Call): Holder {
		const header = call.headers.authorization ?? '';
		const signed = /^P2S-SIGN-V1 ([^:\s]+):([^:\s]+):([^:\s]+)$/.exec(header);
		if (signed) return this.readSigned(call, signed[1], signed[2], signed[3]);
		const bearer = /^Bearer (\S+)$/i.exec(header);
		if (!bearer) throw unauthorized('The Authorization header is missing or malformed');
		// Documented: the integration endpoint takes the API key as a bearer token too.
		if (bearer[1].startsWith('sk_') && call.path.startsWith('/functions/')) {
			const key = this.credentials.signedKeys.get(bearer[1]);
			if (!key || key.revoked) throw unauthorized('The API key is not valid');
			return { credentialId: key.id, scopes: key.scopes, signedKey: key };
		}
		return this.readBearer(bearer[1]);
	}

	private readBearer(token: string): Holder {
		const claims = readToken(token, signingKey());
		if (!claims) throw unauthorized('The token is malformed');
		if (this.clock.now() >= claims.exp * 1000) throw unauthorized('The token has expired');
		const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
		if (!audiences.includes(apiAudience)) throw unauthorized('The token was issued for another audience');
		const client = this.credentials.clients.get(claims.azp);
		if (!client || client.revoked || this.credentials.isRevoked(claims.jti, Number(claims.minted_at_ms))) {
			throw unauthorized('The token has been revoked');
		}
		return { credentialId: client.id, scopes: (claims.scope ?? '').split(' '), tokenId: claims.jti };
	}

	private readSigned(call: Call, apiKey: string, timestamp: string, signature: string): Holder {
		const key = this.credentials.signedKeys.get(apiKey);
		if (!key || key.revoked) throw unauthorized('The API key is not valid');
		const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : NaN;
		if (!(Math.abs(Math.floor(this.clock.now() / 1000) - seconds) <= signatureValidSeconds)) {
			throw unauthorized('The timestamp is outside the 30 second window');
		}
		call.journal.signedAtSeconds = seconds;
		const path = this.settings.signedPathIncludesQuery ? call.url : call.path;
		const expected = signRequest(key.secret, { apiKey, timestamp, method: call.method, path, rawBody: call.rawBody });
		if (!sameSignature(signature, expected)) throw unauthorized('The signature does not match');
		return { credentialId: key.id, scopes: key.scopes, signedKey: key };
	}

	private checkHour({ signedKey }: Holder): void {
		if (!signedKey) return;
		const limit = signedKey.requestsPerHour ?? this.settings.signedKeyRequestsPerHour;
		const turn = this.hourWindow.take(signedKey.id, limit);
		if (turn.allowed) return;
		throw new Refusal(429, `The API key is limited to ${limit} requests per hour`, {
			code: 'RATE_LIMITED',
			bodyRetryAfterSeconds: secondsUntil(turn.resetAtMs, this.clock),
		});
	}

	private checkPlan(call: Call): void {
		const limit = this.settings.requestsPerWindow ?? planLimits[this.settings.plan];
		// The plan is the account's: all of its clients and keys draw on one window.
		const turn = this.planWindow.take('account', limit);
		Object.assign(call.answerHeaders, rateLimitHeaders(turn, this.settings.resetUnit, this.clock));
		if (turn.allowed) return;
		throw new Refusal(429, `The plan allows ${limit} requests per minute`, {
			code: 'RATE_LIMITED',
			headers: { 'retry-after': String(secondsUntil(turn.resetAtMs, this.clock)) },
		});
	}
}

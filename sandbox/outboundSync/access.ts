import type { Clock } from '../clock';
import { Refusal } from '../http/refusal';
import type { Call } from '../http/server';
import { FixedWindow, rateLimitHeaders, secondsUntil, type WindowTurn } from '../http/window';
import type { CommonSettings, OutboundSyncSettings } from '../settings';
import type { ApiKey, ApiKeys } from './keys';
import type { OutboundSyncRoute } from './route';

/** Documented: one and the same 401 for a missing, malformed, invalid, revoked or rotated key. */
function unauthorized(): Refusal {
	return new Refusal(401, 'Invalid or missing API key', {
		headers: { 'www-authenticate': 'Bearer realm="OutboundSync API"' },
	});
}

/** Who may do what, and how often: the checks before any OutboundSync operation. */
export class OutboundSyncAccess {
	private readonly ipWindow: FixedWindow;
	private readonly accountWindow: FixedWindow;
	private readonly outreachWindow: FixedWindow;

	constructor(
		private readonly keys: ApiKeys,
		private readonly settings: OutboundSyncSettings,
		common: CommonSettings,
		private readonly clock: Clock,
	) {
		this.ipWindow = new FixedWindow(clock, () => common.windowMs);
		this.accountWindow = new FixedWindow(clock, () => common.windowMs);
		this.outreachWindow = new FixedWindow(clock, () => common.windowMs);
	}

	reset(): void {
		this.ipWindow.clear();
		this.accountWindow.clear();
		this.outreachWindow.clear();
	}

	/** Throws the 429, 401 or 403 the request deserves; the key otherwise. */
	admit(call: Call, route: OutboundSyncRoute): ApiKey {
		// `/contacts/outreach` has its own quota, which could never reach 600 under the one per IP.
		if (route.feature !== 'outreach') {
			this.check(this.ipWindow.take(call.ip, this.settings.requestsPerWindowPerIp));
		}
		const key = this.authenticate(call);
		call.journal.credentialId = key.label;
		if (!this.settings.apiAccess) throw new Refusal(403, 'API access is not enabled for this account');
		if (route.feature === 'outreach') {
			this.check(this.outreachWindow.take('account', this.settings.outreachRequestsPerWindow));
		} else {
			const turn = this.accountWindow.take('account', this.settings.requestsPerWindowPerAccount);
			Object.assign(call.answerHeaders, rateLimitHeaders(turn, this.settings.resetUnit, this.clock));
			this.check(turn);
		}
		if (!key.scopes.includes(route.access)) {
			throw new Refusal(403, `API key is missing the required scope: ${route.access}`);
		}
		if (route.feature === 'webhooks' && key.connectionScope !== 'account') {
			throw new Refusal(403, 'Webhook endpoint management requires an account-scoped API key');
		}
		if ((route.feature === 'webhooks' || route.feature === 'events') && !this.settings.canUseWebhooks) {
			throw new Refusal(403, 'Platform webhooks are not enabled for this account');
		}
		return key;
	}

	revoke(call: Call): void {
		this.keys.table.change(this.authenticate(call).id, { revoked: true });
	}

	authenticate(call: Call): ApiKey {
		const bearer = /^Bearer (\S+)$/i.exec(call.headers.authorization ?? '');
		const key = bearer && this.keys.table.get(bearer[1]);
		if (!key || key.revoked) throw unauthorized();
		return key;
	}

	private check(turn: WindowTurn): void {
		if (turn.allowed) return;
		throw new Refusal(429, 'Too many requests, please try again later', {
			headers: { 'retry-after': String(secondsUntil(turn.resetAtMs, this.clock)) },
		});
	}
}

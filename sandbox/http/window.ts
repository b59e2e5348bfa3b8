import type { Clock } from '../clock';

export interface WindowTurn {
	allowed: boolean;
	limit: number;
	remaining: number;
	/** When the window ends, in epoch milliseconds. */
	resetAtMs: number;
}

/**
 * A fixed window per key: it opens with the first request, and the request after its end opens the next one.
 * Both vendors document fixed windows; that they open with the first request is inferred.
 */
export class FixedWindow {
	private readonly windows = new Map<string, { openedAtMs: number; used: number }>();

	constructor(
		private readonly clock: Clock,
		private readonly lengthMs: () => number,
	) {}

	take(key: string, limit: number): WindowTurn {
		const nowMs = this.clock.now();
		let window = this.windows.get(key);
		if (!window || nowMs >= window.openedAtMs + this.lengthMs()) {
			window = { openedAtMs: nowMs, used: 0 };
			this.windows.set(key, window);
		}
		const allowed = window.used < limit;
		if (allowed) window.used += 1;
		return {
			allowed,
			limit,
			remaining: Math.max(0, limit - window.used),
			resetAtMs: window.openedAtMs + this.lengthMs(),
		};
	}

	clear(): void {
		this.windows.clear();
	}
}

/** Whole seconds until a time, rounded up so that nobody is sent early. */
export function secondsUntil(atMs: number, clock: Clock): number {
	return Math.max(1, Math.ceil((atMs - clock.now()) / 1000));
}

/** The unit of `X-RateLimit-Reset`, which neither vendor documents. */
export const resetUnits = ['epochSeconds', 'epochMs', 'secondsLeft'] as const;
export type ResetUnit = (typeof resetUnits)[number];

export function rateLimitHeaders(turn: WindowTurn, unit: ResetUnit, clock: Clock): Record<string, string> {
	const reset = {
		epochSeconds: () => Math.ceil(turn.resetAtMs / 1000),
		epochMs: () => turn.resetAtMs,
		secondsLeft: () => secondsUntil(turn.resetAtMs, clock),
	}[unit]();
	return {
		'x-ratelimit-limit': String(turn.limit),
		'x-ratelimit-remaining': String(turn.remaining),
		'x-ratelimit-reset': String(reset),
	};
}

import type { RateLimitWindow } from './rateLimitHeaders';

/** A vendor's limit on some scope, such as one account's plan or one IP address. */
export interface QuotaSpec {
	/** Identifies the scope in this process; holds a digest of the credential, never the credential. */
	readonly key: string;
	/** What is limited, in words for hints and errors, e.g. "SalesOS plan limit". */
	readonly label: string;
	/** Requests per window that hold while neither the server nor the user has named a limit. */
	readonly limit: number;
	readonly windowMs: number;
	/** Whether `X-RateLimit-*` speaks of this quota. */
	readonly followsHeaders: boolean;
	/** Whether a limit that the user sets (requests per minute) is meant for this quota. */
	readonly followsUser: boolean;
}

/** What one request asks of a quota beside a turn. */
export interface QuotaWish {
	/** Requests per window that the user allows; undefined: what the server allows. */
	readonly limit?: number;
	/** Our part of the limit, above 0 up to 1; the rest is left to other workers and programs. */
	readonly share: number;
	/** How many requests under way at once the quota may grow to. */
	readonly maxConcurrency: number;
}

/** A request that a quota has counted as sent. */
export interface QuotaSend {
	readonly atMs: number;
	/** It went alone to learn the server's next window. */
	readonly isProbe: boolean;
}

/** What an answer told about a quota. */
export interface QuotaNews {
	/** How often it went out: 0 if it provably never left, 2 after a 401, which n8n repeats by itself. */
	readonly sends: number;
	/** Whether the server answered at all; without an answer nothing is learnt. */
	readonly answered: boolean;
	readonly window?: RateLimitWindow;
	/** Set on a 429 that is about this quota: nobody may send before then. Epoch milliseconds. */
	readonly pausedUntilMs?: number;
	/** Success lets concurrency grow, overload (429, 5xx, timeout) makes it shrink. */
	readonly effect: 'grow' | 'keep' | 'shrink';
}

/**
 * Why a turn has to wait: until a point in time, or until a request under way is answered
 * (`untilMs` absent).
 */
export type QuotaDelay = { readonly untilMs?: number } | undefined;

/** Clocks and latencies differ: a send must not arrive just before the window's end. */
const WINDOW_MARGIN_MS = 250;
/** How far past the window's length a stated reset may lie and still be believed. */
const LATEST_RESET_TOLERANCE_MS = 5_000;
/** Times are told in whole seconds, and nobody says which way they are rounded. */
const ROUNDING_MS = 1_000;
/** A probe that is told to wait no longer than this came before the window's end. */
const EARLY_PROBE_MS = 3_500;
const LONGEST_RESET_LAG_MS = 3_000;

interface ServerWindow {
	readonly limit: number;
	/** The least that the server has said is left in this window. */
	readonly remaining: number;
	readonly resetAtMs: number;
	/** What was left when we first heard of this window, and how many of our sends were answered since. */
	readonly remainingAtFirst: number;
	readonly answered: number;
	/** Our own sends in this window, for Share of Limit. */
	readonly sent: number;
	/** Headers told it; else it is only the pause after a 429. */
	readonly isStated: boolean;
}

/**
 * One limit of a vendor as far as this process knows it. Holds state, keeps no time of its own
 * and waits for nothing: the clock comes in with each call.
 *
 * Two sources, in this order:
 * 1. The server's headers, while they are live and plausible, are the window. When that window
 *    has ended, one request goes alone, as a probe, to learn the next one.
 * 2. Otherwise a strict sliding window: never more than the limit in any `windowMs`.
 *
 * A limit set by the user holds as a sliding window beside either.
 */
export class Quota {
	private readonly sendsMs: number[] = [];

	private server: ServerWindow | undefined;

	private learntLimit: number | undefined;

	/** How much later than stated the server's windows have turned out to end. */
	private resetLagMs = 0;

	/** When the server last refused; what it said to earlier requests no longer holds. */
	private refusedAtMs = -Infinity;

	private inFlight = 0;

	private probesInFlight = 0;

	private pausedUntilMs = 0;

	private concurrency = 1;

	constructor(readonly spec: QuotaSpec) {}

	/** Undefined when a request may go now. */
	delay(nowMs: number, wish: QuotaWish): QuotaDelay {
		if (nowMs < this.pausedUntilMs) return { untilMs: this.pausedUntilMs };
		if (this.inFlight >= this.concurrency) return {};
		const server = this.server;
		if (server === undefined) return this.slidingDelay(nowMs, wish);
		const serverDelay = this.isLive(server, nowMs)
			? this.serverDelay(server, wish)
			: this.probeDelay();
		if (serverDelay !== undefined) return serverDelay;
		const isGuarded = !server.isStated || this.userLimit(wish) !== undefined;
		return isGuarded ? this.slidingDelay(nowMs, wish) : undefined;
	}

	private userLimit(wish: QuotaWish): number | undefined {
		return this.spec.followsUser ? wish.limit : undefined;
	}

	private isLive(server: ServerWindow, nowMs: number): boolean {
		return nowMs < server.resetAtMs;
	}

	private serverDelay(server: ServerWindow, wish: QuotaWish): QuotaDelay {
		const exhausted = server.remaining <= 0 || server.sent >= shareOf(server.limit, wish);
		if (exhausted) return { untilMs: server.resetAtMs };
		// Those under way may or may not be in `remaining` yet; counting them again is the safe side.
		return server.remaining > this.inFlight * crowdOf(server) ? undefined : {};
	}

	private probeDelay(): QuotaDelay {
		return this.probesInFlight === 0 ? undefined : {};
	}

	private slidingDelay(nowMs: number, wish: QuotaWish): QuotaDelay {
		this.forgetSends(nowMs);
		const limit = shareOf(this.userLimit(wish) ?? this.learntLimit ?? this.spec.limit, wish);
		if (this.sendsMs.length < limit) return undefined;
		return { untilMs: this.sendsMs[this.sendsMs.length - limit] + this.slidingWindowMs };
	}

	/** Counts a request as sent. Call only when {@link delay} says that it may go. */
	begin(nowMs: number): QuotaSend {
		const isProbe = this.server !== undefined && !this.isLive(this.server, nowMs);
		this.inFlight += 1;
		if (isProbe) this.probesInFlight += 1;
		this.count(1, nowMs);
		return { atMs: nowMs, isProbe };
	}

	/** Takes in what became of a request that {@link begin} counted. */
	end(send: QuotaSend, nowMs: number, news: QuotaNews, wish: QuotaWish): void {
		this.inFlight -= 1;
		if (send.isProbe) this.probesInFlight -= 1;
		if (news.sends === 0) this.takeBack(send);
		else this.count(news.sends - 1, nowMs);
		if (this.spec.followsHeaders) this.learn(send, nowMs, news);
		if (news.pausedUntilMs !== undefined) this.pause(send, nowMs, news.pausedUntilMs);
		this.concurrency = nextConcurrency(this.concurrency, news.effect, wish.maxConcurrency);
	}

	private count(sends: number, nowMs: number): void {
		for (let index = 0; index < sends; index += 1) this.sendsMs.push(nowMs);
		const server = this.server;
		if (server && this.isLive(server, nowMs)) this.server = { ...server, sent: server.sent + sends };
	}

	/** For a request that never left. */
	private takeBack({ atMs }: QuotaSend): void {
		const index = this.sendsMs.lastIndexOf(atMs);
		if (index >= 0) this.sendsMs.splice(index, 1);
	}

	private learn(send: QuotaSend, nowMs: number, { answered, sends, window }: QuotaNews): void {
		if (window) this.learntLimit = window.limit;
		const said = window && send.atMs >= this.refusedAtMs ? this.plausible(window, nowMs) : undefined;
		const known = this.server;
		if (!said) {
			// The server has stopped saying, or nobody knows what it said to the one probe that its last
			// statement allows: the sliding window takes over.
			const isOver = known !== undefined && !this.isLive(known, nowMs);
			if (send.isProbe && (answered || (isOver && sends > 0))) this.server = undefined;
			else if (known) this.server = { ...known, remaining: known.remaining - sends, answered: known.answered + sends };
			return;
		}
		if (known === undefined || !this.isLive(known, nowMs)) {
			this.server = {
				...said,
				remainingAtFirst: said.remaining,
				answered: 0,
				sent: this.inFlight + sends,
				isStated: true,
			};
		} else if (said.resetAtMs > known.resetAtMs - this.spec.windowMs / 2) {
			// Answers overtake each other, so within a window the least remaining is the truth. So is
			// the earliest reset: every reading comes late, by rounding and by the way of the answer.
			this.server = {
				...known,
				answered: known.answered + sends,
				remaining: Math.min(known.remaining, said.remaining),
				resetAtMs: Math.min(known.resetAtMs, said.resetAtMs),
			};
		}
		// A much earlier reset is a late answer of a window that is already over: nothing to learn.
	}

	private plausible(
		{ limit, remaining, resetAtMs }: RateLimitWindow,
		nowMs: number,
	): Pick<ServerWindow, 'limit' | 'remaining' | 'resetAtMs'> | undefined {
		if (remaining === undefined || resetAtMs === undefined) return undefined;
		const latestMs = nowMs + this.spec.windowMs + LATEST_RESET_TOLERANCE_MS;
		if (resetAtMs <= nowMs || resetAtMs > latestMs) return undefined;
		return { limit, remaining, resetAtMs: resetAtMs + WINDOW_MARGIN_MS + this.resetLagMs };
	}

	private pause(send: QuotaSend, nowMs: number, untilMs: number): void {
		if (send.isProbe && untilMs - nowMs <= EARLY_PROBE_MS) {
			this.resetLagMs = Math.min(this.resetLagMs + ROUNDING_MS, LONGEST_RESET_LAG_MS);
		}
		this.refusedAtMs = nowMs;
		this.pausedUntilMs = Math.max(this.pausedUntilMs, untilMs + ROUNDING_MS);
		if (!this.spec.followsHeaders) return;
		// What the server said before the 429 no longer holds; a probe learns the next window.
		const limit = this.learntLimit ?? this.spec.limit;
		const isStated = this.server?.isStated === true;
		this.server = {
			limit,
			remaining: 0,
			resetAtMs: this.pausedUntilMs,
			remainingAtFirst: 0,
			answered: 0,
			sent: limit,
			isStated,
		};
	}

	/** Nothing under way and nothing remembered that could still matter: the quota may be dropped. */
	isIdle(nowMs: number): boolean {
		this.forgetSends(nowMs);
		return (
			this.inFlight === 0 &&
			this.sendsMs.length === 0 &&
			nowMs >= this.pausedUntilMs &&
			nowMs >= (this.server?.resetAtMs ?? 0)
		);
	}

	private get slidingWindowMs(): number {
		return this.spec.windowMs + WINDOW_MARGIN_MS;
	}

	private forgetSends(nowMs: number): void {
		const oldestMs = nowMs - this.slidingWindowMs;
		let outdated = 0;
		while (outdated < this.sendsMs.length && this.sendsMs[outdated] <= oldestMs) outdated += 1;
		if (outdated > 0) this.sendsMs.splice(0, outdated);
	}
}

function shareOf(limit: number, wish: QuotaWish): number {
	return Math.max(1, Math.floor(limit * wish.share));
}

/**
 * How many requests may be under way in all, for each one of ours: `remaining` does not know of them.
 *
 * Another worker that used up as much of this window as we did has about as many under way. It counts
 * twice, because `remaining` is as old as our latest answer, and the other has gone on since.
 */
function crowdOf({ answered, remaining, remainingAtFirst }: ServerWindow): number {
	const countedPerOwn = Math.max(1, (remainingAtFirst - remaining) / Math.max(1, answered));
	return 1 + 2 * (countedPerOwn - 1);
}

function nextConcurrency(now: number, effect: QuotaNews['effect'], cap: number): number {
	if (effect === 'shrink') return Math.max(1, Math.floor(now / 2));
	// Two executions may differ in their cap; the smaller one must not take away what the other has.
	return effect === 'grow' ? Math.max(now, Math.min(now * 2, cap)) : now;
}

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
/** Resets of one window differ by this much through rounding to seconds. */
const SAME_WINDOW_TOLERANCE_MS = 1_000;

interface ServerWindow {
	readonly limit: number;
	/** The least that the server has said is left in this window. */
	readonly remaining: number;
	readonly resetAtMs: number;
	/** Our own sends in this window, for Share of Limit. */
	readonly sent: number;
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
		if (serverDelay !== undefined || this.userLimit(wish) === undefined) return serverDelay;
		return this.slidingDelay(nowMs, wish);
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
		return server.remaining > this.inFlight ? undefined : {};
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
		this.count(news.sends - 1, nowMs);
		if (this.spec.followsHeaders) this.learn(send, nowMs, news);
		if (news.pausedUntilMs !== undefined) this.pause(news.pausedUntilMs);
		this.concurrency = nextConcurrency(this.concurrency, news.effect, wish.maxConcurrency);
	}

	private count(sends: number, nowMs: number): void {
		for (let index = 0; index < sends; index += 1) this.sendsMs.push(nowMs);
		if (sends < 0) this.sendsMs.pop();
		const server = this.server;
		if (server && this.isLive(server, nowMs)) this.server = { ...server, sent: server.sent + sends };
	}

	private learn(send: QuotaSend, nowMs: number, { answered, sends, window }: QuotaNews): void {
		if (window) this.learntLimit = window.limit;
		const said = window && plausibleWindow(window, nowMs, this.spec.windowMs);
		const known = this.server;
		if (!said) {
			// The server has stopped saying: the sliding window takes over.
			if (send.isProbe && answered) this.server = undefined;
			else if (known) this.server = { ...known, remaining: known.remaining - sends };
			return;
		}
		const isKnownLive = known !== undefined && this.isLive(known, nowMs);
		const laterByMs = isKnownLive ? said.resetAtMs - known.resetAtMs : Infinity;
		if (laterByMs > SAME_WINDOW_TOLERANCE_MS) {
			this.server = { ...said, sent: this.inFlight + sends };
		} else if (known && laterByMs >= -SAME_WINDOW_TOLERANCE_MS) {
			// Answers overtake each other, so within a window the least remaining is the truth.
			this.server = { ...known, remaining: Math.min(known.remaining, said.remaining) };
		}
		// An earlier reset is a late answer of a window that is already over: nothing to learn.
	}

	private pause(untilMs: number): void {
		this.pausedUntilMs = Math.max(this.pausedUntilMs, untilMs);
		if (!this.spec.followsHeaders) return;
		// What the server said before the 429 no longer holds; a probe learns the next window.
		const limit = this.learntLimit ?? this.spec.limit;
		this.server = { limit, remaining: 0, resetAtMs: this.pausedUntilMs, sent: limit };
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

function plausibleWindow(
	{ limit, remaining, resetAtMs }: RateLimitWindow,
	nowMs: number,
	windowMs: number,
): Omit<ServerWindow, 'sent'> | undefined {
	if (remaining === undefined || resetAtMs === undefined) return undefined;
	if (resetAtMs <= nowMs || resetAtMs > nowMs + windowMs + LATEST_RESET_TOLERANCE_MS) return undefined;
	return { limit, remaining, resetAtMs: resetAtMs + WINDOW_MARGIN_MS };
}

function nextConcurrency(now: number, effect: QuotaNews['effect'], cap: number): number {
	if (effect === 'shrink') return Math.max(1, Math.floor(now / 2));
	// Two executions may differ in their cap; the smaller one must not take away what the other has.
	return effect === 'grow' ? Math.max(now, Math.min(now * 2, cap)) : now;
}

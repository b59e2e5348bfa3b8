import { parseHttpDate } from './httpDate';
import type { ApiAnswer } from './request';

type Headers = ApiAnswer['headers'];

const MS_PER_SECOND = 1000;
/** Values below are seconds left, values above are points in time: 10^9 s is the year 2001. */
const SMALLEST_EPOCH_SECONDS = 1e9;
const SMALLEST_EPOCH_MS = 1e12;

/** What a server said about its window with `X-RateLimit-*`. */
export interface RateLimitWindow {
	readonly limit: number;
	readonly remaining?: number;
	/** Epoch milliseconds on our clock. */
	readonly resetAtMs?: number;
}

/**
 * Reads `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
 *
 * The unit of Reset is unknown for both vendors, so its size tells: epoch milliseconds, epoch
 * seconds or seconds left. Points in time are read against the server's own `Date`, so that a
 * difference between the clocks does not shift the window. Numbers must be plain decimal;
 * anything else counts as absent.
 */
export function readRateLimitWindow(headers: Headers, nowMs: number): RateLimitWindow | undefined {
	const limit = wholeNumber(headers['x-ratelimit-limit']);
	if (limit === undefined || limit < 1) return undefined;
	const remaining = wholeNumber(headers['x-ratelimit-remaining']);
	return {
		limit,
		remaining: remaining !== undefined && remaining <= limit ? remaining : undefined,
		resetAtMs: readResetAtMs(headers, nowMs),
	};
}

/** `X-RateLimit-Reset` as epoch milliseconds on our clock. */
export function readResetAtMs(headers: Headers, nowMs: number): number | undefined {
	const reset = decimal(headers['x-ratelimit-reset']);
	if (reset === undefined) return undefined;
	if (reset < SMALLEST_EPOCH_SECONDS) return nowMs + reset * MS_PER_SECOND;
	const resetMs = reset < SMALLEST_EPOCH_MS ? reset * MS_PER_SECOND : reset;
	return resetMs - (serverAheadMs(headers, nowMs) ?? 0);
}

/**
 * How far the server's clock is ahead of ours, from its `Date` header; undefined where that tells nothing.
 * `Date` has whole seconds and has travelled, so the result is too low, by up to a second and the
 * way of the answer, and never too high: times read with it come late rather than early.
 */
export function serverAheadMs(headers: Headers, nowMs: number): number | undefined {
	const serverMs = headers.date === undefined ? undefined : parseHttpDate(headers.date, nowMs);
	return serverMs === undefined ? undefined : serverMs - nowMs;
}

function wholeNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

function decimal(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(text.trim()) ? Number(text) : undefined;
}

import { parseHttpDate } from './httpDate';
import { readResetAtMs, serverAheadMs } from './rateLimitHeaders';
import type { ApiAnswer } from './request';

const MS_PER_SECOND = 1000;
const DAY_MS = 24 * 60 * 60 * MS_PER_SECOND;
/** A stated wait beyond this is a mistake of the server; up to this nobody is sent earlier. */
const LONGEST_STATED_MS = 31 * DAY_MS;
/** The unit of `X-RateLimit-Reset` is a guess, and a wrong one gives times far off. */
const LONGEST_RESET_MS = DAY_MS;

/**
 * How long the server asks us to wait, in milliseconds from now, or undefined when it does not
 * say so in a form that makes sense.
 *
 * In order of authority: `Retry-After` (seconds or an HTTP date), then `error.retry_after` in the
 * body (seconds; SalesOS documents it for signed keys), then `X-RateLimit-Reset`.
 */
export function readRetryHintMs(
	headers: ApiAnswer['headers'],
	body: unknown,
	nowMs: number,
): number | undefined {
	const resetAtMs = readResetAtMs(headers, nowMs);
	const candidates = [
		{ waitMs: readRetryAfterMs(headers, nowMs), longestMs: LONGEST_STATED_MS },
		{ waitMs: readBodyHintMs(body), longestMs: LONGEST_STATED_MS },
		{ waitMs: resetAtMs === undefined ? undefined : resetAtMs - nowMs, longestMs: LONGEST_RESET_MS },
	];
	return candidates.find(({ longestMs, waitMs }) => waitMs !== undefined && waitMs >= 0 && waitMs <= longestMs)?.waitMs;
}

/** `Retry-After` as milliseconds from now: delay in seconds, or one of the three HTTP date forms. */
function readRetryAfterMs(headers: ApiAnswer['headers'], nowMs: number): number | undefined {
	const text = headers['retry-after']?.trim();
	if (text === undefined || text === '') return undefined;
	if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text) * MS_PER_SECOND;
	const atMs = parseHttpDate(text, nowMs);
	if (atMs === undefined) return undefined;
	return Math.max(0, atMs - (serverAheadMs(headers, nowMs) ?? 0) - nowMs);
}

function readBodyHintMs(body: unknown): number | undefined {
	const error = isRecord(body) && isRecord(body.error) ? body.error : undefined;
	const seconds = error?.retry_after;
	return typeof seconds === 'number' && Number.isFinite(seconds)
		? seconds * MS_PER_SECOND
		: undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

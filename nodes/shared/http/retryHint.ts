import { parseHttpDate } from './httpDate';
import { readResetAtMs, serverAheadMs } from './rateLimitHeaders';
import type { ApiAnswer } from './request';

const MS_PER_SECOND = 1000;
/** A hint beyond a day is a mistake of the server, and obeying it would look like a hang. */
const LONGEST_BELIEVABLE_MS = 24 * 60 * 60 * MS_PER_SECOND;

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
	const candidates = [
		() => readRetryAfterMs(headers, nowMs),
		() => readBodyHintMs(body),
		() => {
			const resetAtMs = readResetAtMs(headers, nowMs);
			return resetAtMs === undefined ? undefined : resetAtMs - nowMs;
		},
	];
	for (const candidate of candidates) {
		const waitMs = candidate();
		if (waitMs !== undefined && waitMs >= 0 && waitMs <= LONGEST_BELIEVABLE_MS) return waitMs;
	}
	return undefined;
}

/** `Retry-After` as milliseconds from now: delay in seconds, or one of the three HTTP date forms. */
function readRetryAfterMs(headers: ApiAnswer['headers'], nowMs: number): number | undefined {
	const text = headers['retry-after']?.trim();
	if (text === undefined || text === '') return undefined;
	if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text) * MS_PER_SECOND;
	const atMs = parseHttpDate(text, nowMs);
	if (atMs === undefined) return undefined;
	return Math.max(0, atMs - serverAheadMs(headers, nowMs) - nowMs);
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

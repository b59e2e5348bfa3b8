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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = String.raw`(\d{2}):(\d{2}):(\d{2})`;
/** RFC 9110, 5.6.7: the preferred form and the two obsolete ones that a recipient must accept. */
const HTTP_DATE_FORMS = [
	{ name: 'IMF-fixdate', pattern: new RegExp(String.raw`^\w{3}, (\d{2}) (\w{3}) (\d{4}) ${TIME} GMT$`), order: 'dmyT' },
	{ name: 'RFC 850', pattern: new RegExp(String.raw`^\w{6,9}, (\d{2})-(\w{3})-(\d{2}) ${TIME} GMT$`), order: 'dmyT' },
	{ name: 'asctime', pattern: new RegExp(String.raw`^\w{3} (\w{3}) ([ \d]\d) ${TIME} (\d{4})$`), order: 'mdTy' },
] as const;

/** An HTTP date as epoch milliseconds; undefined when it is in none of the three forms. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
	for (const { pattern, order } of HTTP_DATE_FORMS) {
		const found = pattern.exec(text)?.slice(1);
		if (!found) continue;
		const [day, month, year, hour, minute, second] =
			order === 'dmyT' ? found : [found[1], found[0], found[5], found[2], found[3], found[4]];
		const monthIndex = MONTHS.indexOf(month);
		if (monthIndex < 0) return undefined;
		return Date.UTC(fullYear(Number(year), nowMs), monthIndex, Number(day), Number(hour), Number(minute), Number(second));
	}
	return undefined;
}

/** RFC 850 years have two digits: one more than 50 years ahead means the past century. */
function fullYear(year: number, nowMs: number): number {
	if (year >= 100) return year;
	const thisYear = new Date(nowMs).getUTCFullYear();
	const inThisCentury = thisYear - (thisYear % 100) + year;
	return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

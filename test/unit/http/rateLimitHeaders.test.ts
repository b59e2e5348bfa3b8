import fc from 'fast-check';

import { readRateLimitWindow, readResetAtMs, serverAheadMs } from '../../../nodes/shared/http/rateLimitHeaders';

const NOW_MS = Date.UTC(2026, 2, 14, 12, 0, 0);
const HOUR_MS = 3_600_000;

const dateHeader = (epochMs: number) => new Date(epochMs).toUTCString();

describe('X-RateLimit-Reset', () => {
	const reset = (value: string, date?: string) =>
		readResetAtMs({ 'x-ratelimit-reset': value, ...(date === undefined ? {} : { date }) }, NOW_MS);

	it.each([
		['seconds left', '42', NOW_MS + 42_000],
		['seconds left with a fraction', '41.5', NOW_MS + 41_500],
		['seconds left to the millisecond', '41.125', NOW_MS + 41_125],
		['no time left', '0', NOW_MS],
		['epoch seconds', String(NOW_MS / 1000 + 42), NOW_MS + 42_000],
		['epoch milliseconds', String(NOW_MS + 42_000), NOW_MS + 42_000],
		['surrounding blanks', ' 42 ', NOW_MS + 42_000],
		['the largest number of seconds left', '999999999', NOW_MS + 999_999_999_000],
		['the smallest epoch second', '1000000000', 1e12],
		['the largest epoch second', '999999999999', 999_999_999_999_000],
		['the smallest epoch millisecond', '1000000000000', 1e12],
	])('is read as %s', (_unit, value, expectedMs) => {
		expect(reset(value)).toBe(expectedMs);
	});

	it.each([
		'-1',
		'+1',
		'1614265330junk',
		'junk',
		'NaN',
		'Infinity',
		'0x10',
		'1e3',
		'1,5',
		'1.',
		'.5',
		'',
		' ',
		'60, 60',
		'9999999999999999',
		'2026-03-14T12:00:00Z',
		'1.1234567',
	])('is absent when it is %j', (value) => {
		expect(reset(value)).toBeUndefined();
	});

	it.each([
		['ahead', HOUR_MS],
		['behind', -HOUR_MS],
		['ahead by a second', 1000],
	])('as a point in time is read on the clock of a server that is %s', (_case, skewMs) => {
		const serverNowMs = NOW_MS + skewMs;
		const inMs = String(serverNowMs + 42_000);
		expect(reset(inMs, dateHeader(serverNowMs))).toBe(NOW_MS + 42_000);
		expect(reset(String(serverNowMs / 1000 + 42), dateHeader(serverNowMs))).toBe(NOW_MS + 42_000);
	});

	it('as a point in time comes late rather than early, as Date has whole seconds and takes its way', () => {
		const serverSkewMs = fc.integer({ min: -HOUR_MS, max: HOUR_MS });
		fc.assert(
			fc.property(serverSkewMs, fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 60_000 }), (skewMs, wayMs, leftMs) => {
				const answeredAtMs = NOW_MS - wayMs;
				const resetAtMs = answeredAtMs + leftMs;
				const read = reset(String(resetAtMs + skewMs), dateHeader(answeredAtMs + skewMs)) ?? 0;
				expect(read - resetAtMs).toBeGreaterThanOrEqual(wayMs);
				expect(read - resetAtMs).toBeLessThan(wayMs + 1000);
			}),
		);
	});

	it('as seconds left does not depend on the clock of the server', () => {
		expect(reset('42', dateHeader(NOW_MS + HOUR_MS))).toBe(NOW_MS + 42_000);
	});
});

describe('the clock of the server', () => {
	it.each([
		['equal', dateHeader(NOW_MS), 0],
		['a second ahead', dateHeader(NOW_MS + 1000), 1000],
		['a second behind', dateHeader(NOW_MS - 1000), -1000],
		['an hour ahead', dateHeader(NOW_MS + HOUR_MS), HOUR_MS],
		['a date in an obsolete form', 'Saturday, 14-Mar-26 13:00:00 GMT', HOUR_MS],
		['a date that only JavaScript would understand', '2026-03-14', undefined],
		['a number', '1', undefined],
		['no date', 'soon', undefined],
		['blank', '', undefined],
	])('is %s', (_case, date, expectedMs) => {
		expect(serverAheadMs({ date }, NOW_MS)).toBe(expectedMs);
	});

	it('is unknown where it is not told', () => {
		expect(serverAheadMs({}, NOW_MS)).toBeUndefined();
	});
});

describe('readRateLimitWindow', () => {
	const headers = (limit: string, remaining: string, reset = '42') => ({
		'x-ratelimit-limit': limit,
		'x-ratelimit-remaining': remaining,
		'x-ratelimit-reset': reset,
	});

	it('reads limit, remaining and reset', () => {
		expect(readRateLimitWindow(headers('500', '499'), NOW_MS)).toEqual({
			limit: 500,
			remaining: 499,
			resetAtMs: NOW_MS + 42_000,
		});
		expect(readRateLimitWindow(headers('500', '0'), NOW_MS)?.remaining).toBe(0);
		expect(readRateLimitWindow(headers('500', '500'), NOW_MS)?.remaining).toBe(500);
		expect(readRateLimitWindow(headers(' 500 ', '\t499'), NOW_MS)).toMatchObject({ limit: 500, remaining: 499 });
	});

	it.each(['0', '-5', 'junk', '1e3', '0x10', '5.5', '', '100, 100', '9999999999999999', 'NaN'])(
		'knows no window where the limit is %j',
		(limit) => {
			expect(readRateLimitWindow(headers(limit, '1'), NOW_MS)).toBeUndefined();
		},
	);

	it.each(['-1', '101', 'junk', '1.5', '', 'NaN', '1e1'])('knows no remaining where it is %j of 100', (remaining) => {
		const window = readRateLimitWindow(headers('100', remaining), NOW_MS);
		expect(window).toEqual({ limit: 100, remaining: undefined, resetAtMs: NOW_MS + 42_000 });
	});

	it('knows no window where there are no headers', () => {
		expect(readRateLimitWindow({}, NOW_MS)).toBeUndefined();
	});

	it('gives numbers that make sense or none, whatever the headers say', () => {
		const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.nat().map(String));
		fc.assert(
			fc.property(value, value, value, value, (limit, remaining, reset, date) => {
				const window = readRateLimitWindow({ ...headers(limit, remaining, reset), date }, NOW_MS);
				if (window === undefined) return;
				expect(Number.isSafeInteger(window.limit) && window.limit >= 1).toBe(true);
				const left = window.remaining ?? 0;
				expect(Number.isSafeInteger(left) && left >= 0 && left <= window.limit).toBe(true);
				expect(Number.isFinite(window.resetAtMs ?? 0)).toBe(true);
			}),
		);
	});
});

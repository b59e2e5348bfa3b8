import fc from 'fast-check';

import { readRetryHintMs } from '../../../nodes/shared/http/retryHint';

const NOW_MS = Date.UTC(2026, 2, 14, 12, 0, 0);
const DAY_MS = 86_400_000;

const hint = (headers: Record<string, string>, body?: unknown) => readRetryHintMs(headers, body, NOW_MS);
const retryAfter = (value: string, date?: string) =>
	hint({ 'retry-after': value, ...(date === undefined ? {} : { date }) });
const utc = (epochMs: number) => new Date(epochMs).toUTCString();

describe('Retry-After', () => {
	it.each([
		['seconds', '37', 37_000],
		['no wait', '0', 0],
		['a fraction of a second', '1.5', 1500],
		['a fraction to the millisecond', '1.125', 1125],
		['blanks around it', ' 37\t', 37_000],
		['a day', '86400', DAY_MS],
		['an IMF-fixdate', 'Sat, 14 Mar 2026 12:00:37 GMT', 37_000],
		['an RFC 850 date', 'Saturday, 14-Mar-26 12:00:37 GMT', 37_000],
		['an asctime date', 'Sat Mar 14 12:00:37 2026', 37_000],
		['a date that is now', 'Sat, 14 Mar 2026 12:00:00 GMT', 0],
		['a date in the past', 'Sat, 14 Mar 2026 11:59:00 GMT', 0],
		['a date a day ahead', 'Sun, 15 Mar 2026 12:00:00 GMT', DAY_MS],
	])('is read as %s', (_form, value, expectedMs) => {
		expect(retryAfter(value)).toBe(expectedMs);
	});

	it.each([
		'-1',
		'+1',
		'NaN',
		'Infinity',
		'1614265330junk',
		'37s',
		'0x25',
		'1e3',
		'3,5',
		'3.',
		'',
		'   ',
		'37, 37',
		'[37]',
		'2678401',
		'999999999',
		'99999999999999999999',
		'Tue, 14 Apr 2026 12:00:01 GMT',
		'Tue, 31 Feb 2026 12:00:00 GMT',
		'2026-03-14T12:00:37Z',
		'tomorrow',
	])('is no hint when it is %j', (value) => {
		expect(retryAfter(value)).toBeUndefined();
	});

	it.each([
		['86401', 86_401_000],
		['2678400', 31 * DAY_MS],
		['Sun, 15 Mar 2026 12:00:01 GMT', DAY_MS + 1000],
	])('may be beyond a day: %j', (value, waitMs) => {
		expect(retryAfter(value)).toBe(waitMs);
	});

	it.each([
		['an hour ahead', 3_600_000],
		['an hour behind', -3_600_000],
	])('as a date is read on the clock of a server that is %s', (_case, skewMs) => {
		expect(retryAfter(utc(NOW_MS + skewMs + 37_000), utc(NOW_MS + skewMs))).toBe(37_000);
	});

	it('in seconds does not depend on the clock of the server', () => {
		expect(retryAfter('37', utc(NOW_MS + 3_600_000))).toBe(37_000);
	});
});

describe('error.retry_after in the body', () => {
	it.each([
		['the documented sample', 1847, 1_847_000],
		['a fraction', 0.25, 250],
		['no wait', 0, 0],
	])('is read as seconds: %s', (_case, value, expectedMs) => {
		expect(hint({}, { error: { retry_after: value } })).toBe(expectedMs);
	});

	it.each([[-1], [Number.NaN], [Infinity], [2_678_401], [1e300], ['1847'], [''], [null], [[1847]], [{}], [true]])(
		'is no hint when it is %j',
		(value) => {
			expect(hint({}, { error: { retry_after: value } })).toBeUndefined();
		},
	);

	it.each([[undefined], [null], ['text'], [[{ error: { retry_after: 5 } }]], [{ error: 'busy' }], [{ error: [5] }], [{ retry_after: 5 }]])(
		'is not looked for in %j',
		(body) => {
			expect(hint({}, body)).toBeUndefined();
		},
	);
});

describe('several hints', () => {
	const reset = { 'x-ratelimit-reset': '30' };
	const body = { error: { retry_after: 20 } };

	it('are obeyed in the order header, body, reset', () => {
		expect(hint({ ...reset, 'retry-after': '10' }, body)).toBe(10_000);
		expect(hint(reset, body)).toBe(20_000);
		expect(hint(reset)).toBe(30_000);
	});

	it('give way to the next one when they make no sense', () => {
		expect(hint({ ...reset, 'retry-after': 'junk' }, body)).toBe(20_000);
		expect(hint({ ...reset, 'retry-after': '999999999' }, body)).toBe(20_000);
		expect(hint({ ...reset, 'retry-after': '-1' }, { error: { retry_after: -1 } })).toBe(30_000);
	});

	it('end with none when the reset is over or beyond a day', () => {
		expect(hint({ 'x-ratelimit-reset': String(NOW_MS / 1000 - 5) })).toBeUndefined();
		expect(hint({ 'x-ratelimit-reset': '86401' })).toBeUndefined();
	});
});

it('a hint is from 0 to 31 days or none, whatever the server sends', () => {
	const text = fc.oneof(
		fc.string(),
		fc.double().map(String),
		fc.integer().map(String),
		fc.nat().map(String),
		fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
	);
	const value = fc.oneof(fc.anything(), fc.double(), fc.integer());
	fc.assert(
		fc.property(
			fc.record({ 'retry-after': text, 'x-ratelimit-reset': text, date: text }, { requiredKeys: [] }),
			fc.oneof(fc.anything(), value.map((retry_after) => ({ error: { retry_after } }))),
			(headers, body) => {
				const waitMs = hint(headers, body);
				if (waitMs !== undefined) expect(waitMs >= 0 && waitMs <= 31 * DAY_MS).toBe(true);
			},
		),
		{ numRuns: 1000 },
	);
});

import fc from 'fast-check';

import { parseHttpDate } from '../../../nodes/shared/http/httpDate';

const NOW_MS = Date.UTC(2026, 2, 14, 12, 0, 0);
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number) => String(value).padStart(2, '0');
const timeOf = (date: Date) => [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');

/** The three forms, as a server of each generation would write them. */
const writers: Readonly<Record<string, (date: Date) => string>> = {
	'IMF-fixdate': (date) => date.toUTCString(),
	'RFC 850': (date) =>
		`${WEEKDAYS[date.getUTCDay()]}, ${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${two(date.getUTCFullYear() % 100)} ${timeOf(date)} GMT`,
	asctime: (date) =>
		`${WEEKDAYS[date.getUTCDay()].slice(0, 3)} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${timeOf(date)} ${date.getUTCFullYear()}`,
};

describe('parseHttpDate', () => {
	it.each([
		['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
		['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
		['asctime', 'Sun Nov  6 08:49:37 1994'],
	])('reads the example of RFC 9110 for %s', (_form, text) => {
		expect(parseHttpDate(text, NOW_MS)).toBe(784_111_777_000);
	});

	it.each(Object.keys(writers))('reads back every second within 49 years, written as %s', (form) => {
		const years49Ms = 49 * 365 * 24 * 3600 * 1000;
		const seconds = fc.integer({ min: (NOW_MS - years49Ms) / 1000, max: (NOW_MS + years49Ms) / 1000 });
		fc.assert(
			fc.property(seconds, (second) => {
				expect(parseHttpDate(writers[form](new Date(second * 1000)), NOW_MS)).toBe(second * 1000);
			}),
		);
	});

	it.each(Object.keys(writers))('reads every month, written as %s', (form) => {
		for (const month of MONTHS.keys()) {
			const atMs = Date.UTC(2026, month, 9, 1, 2, 3);
			expect(parseHttpDate(writers[form](new Date(atMs)), NOW_MS)).toBe(atMs);
		}
	});

	it('reads a leap second as the second after it', () => {
		expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', NOW_MS)).toBe(Date.UTC(2017, 0, 1));
	});

	it.each([
		['50 years ahead', 'Monday, 14-Mar-76 12:00:00 GMT', 2076],
		['more than 50 years ahead is the past', 'Monday, 14-Mar-77 12:00:00 GMT', 1977],
		['this year', 'Monday, 14-Mar-26 12:00:00 GMT', 2026],
		['last year', 'Friday, 14-Mar-25 12:00:00 GMT', 2025],
	])('takes the year of RFC 850 for the century that fits: %s', (_case, text, year) => {
		expect(new Date(parseHttpDate(text, NOW_MS) ?? 0).getUTCFullYear()).toBe(year);
	});

	it('does not fall back a century at the turn of one', () => {
		const lastSecondMs = Date.UTC(2099, 11, 31, 23, 59, 59);
		expect(parseHttpDate('Friday, 01-Jan-00 00:00:04 GMT', lastSecondMs)).toBe(lastSecondMs + 5000);
		const firstSecondMs = Date.UTC(2100, 0, 1);
		expect(parseHttpDate('Thursday, 31-Dec-99 23:59:59 GMT', firstSecondMs)).toBe(firstSecondMs - 1000);
	});

	it.each([
		'Tue, 31 Feb 2026 12:00:00 GMT',
		'Sun, 00 Nov 1994 08:49:37 GMT',
		'Sun, 06 Nov 1994 24:00:00 GMT',
		'Sun, 06 Nov 1994 08:60:37 GMT',
		'Sun, 06 Nov 1994 08:49:61 GMT',
		'Sun, 06 Nov 1994 08:49:37 +0100',
		'Sun, 06 Nov 1994 08:49:37',
		'Sun, 06 nov 1994 08:49:37 GMT',
		'Sun, 06 Nov 0026 08:49:37 GMT',
		'Xyz, 06 Nov 1994 08:49:37 GMT',
		'Sun, 06 Nov 1994 08:49:37 GMT junk',
		' Sun, 06 Nov 1994 08:49:37 GMT',
		'Sun, 06-Nov-94 08:49:37 GMT',
		'Nonsense, 06-Nov-94 08:49:37 GMT',
		'Sun Nov 06 08:49:37 94',
		'2026-03-14T12:00:00Z',
		'1773489600',
		'',
	])('does not take %j', (text) => {
		expect(parseHttpDate(text, NOW_MS)).toBeUndefined();
	});
});

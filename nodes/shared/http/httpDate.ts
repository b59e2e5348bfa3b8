const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY_NAME = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d|60)`;

/** RFC 9110, 5.6.7: the preferred form and the two obsolete ones that a recipient must accept. */
const HTTP_DATE_FORMS: readonly RegExp[] = [
	// IMF-fixdate
	new RegExp(String.raw`^${DAY_NAME}, (?<day>\d{2}) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
	// RFC 850
	new RegExp(String.raw`^${LONG_DAY_NAME}, (?<day>\d{2})-${MONTH}-(?<year>\d{2}) ${TIME} GMT$`),
	// asctime
	new RegExp(String.raw`^${DAY_NAME} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/**
 * An HTTP date as epoch milliseconds; undefined when it is in none of the three forms, or names a
 * day that the calendar does not have. The name of the weekday is not compared with the date.
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
	for (const form of HTTP_DATE_FORMS) {
		const parts = form.exec(text)?.groups;
		if (!parts) continue;
		const { day, hour, minute, month, second } = parts;
		const year = parts.year.length === 2 ? fullYear(Number(parts.year), nowMs) : Number(parts.year);
		const monthIndex = MONTHS.indexOf(month);
		const dayMs = Date.UTC(year, monthIndex, Number(day));
		// JavaScript takes 31 February for 3 March, and the year 26 for 1926.
		const date = new Date(dayMs);
		if (date.getUTCMonth() !== monthIndex || date.getUTCFullYear() !== year) return undefined;
		return dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
	}
	return undefined;
}

/**
 * RFC 850 years have two digits: the year meant is the one at most 50 years ahead, so that "00"
 * is the next year in December 2099.
 */
function fullYear(twoDigits: number, nowMs: number): number {
	const thisYear = new Date(nowMs).getUTCFullYear();
	const aheadOfThisYear = (twoDigits - (thisYear % 100) + 100) % 100;
	return aheadOfThisYear > 50 ? thisYear + aheadOfThisYear - 100 : thisYear + aheadOfThisYear;
}

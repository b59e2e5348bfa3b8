/** A point in time, and the calendar day that was meant by it. */
export interface ReadTime {
	readonly atMs: number;
	/** YYYY-MM-DD. */
	readonly day: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAY = String.raw`(?<day>\d{4}-\d{2}-\d{2})`;
const TIME = String.raw`(?<time>(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)`;
const OFFSET = String.raw`(?<offset>Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`;
/** ISO 8601 as n8n's date picker, expressions and both vendors write it. */
const ISO = new RegExp(`^${DAY}(?:[T ]${TIME} ?${OFFSET}?)?$`, 'i');

/**
 * Reads a date: ISO 8601 text, a JavaScript date, or the Luxon date that expressions such as
 * `$now` give. Undefined when it is none, or names a day that the calendar does not have.
 * @param timeZone IANA name of the zone that times without an offset are in
 */
export function readTime(raw: unknown, timeZone: string): ReadTime | undefined {
	if (raw instanceof Date) {
		const atMs = raw.getTime();
		return Number.isNaN(atMs) ? undefined : { atMs, day: dayOf(atMs + offsetMs(atMs, timeZone)) };
	}
	const text = isLuxonDate(raw) ? raw.toISO() : raw;
	const parts = typeof text === 'string' ? ISO.exec(text.trim())?.groups : undefined;
	if (!parts) return undefined;
	const { day, offset, time = '00:00' } = parts;
	const wallMs = Date.parse(`${day}T${time}Z`);
	// JavaScript takes 31 February for 3 March.
	if (Number.isNaN(wallMs) || dayOf(wallMs) !== day) return undefined;
	return { atMs: offset === undefined ? atWallTime(wallMs, timeZone) : wallMs - offsetOf(offset), day };
}

function dayOf(epochMs: number): string {
	return new Date(epochMs).toISOString().slice(0, 10);
}

/**
 * When the clocks of a zone show the given time. In the hour that is repeated when summer time ends
 * it is the first; a time in the hour that is skipped when it begins is an hour later.
 */
function atWallTime(wallMs: number, timeZone: string): number {
	const before = wallMs - offsetMs(wallMs - DAY_MS, timeZone);
	const after = wallMs - offsetMs(wallMs + DAY_MS, timeZone);
	const shows = (atMs: number): boolean => atMs + offsetMs(atMs, timeZone) === wallMs;
	return !shows(before) && shows(after) ? after : before;
}

/** How far a zone is ahead of UTC at a point in time. */
function offsetMs(atMs: number, timeZone: string): number {
	const parts = formatOf(timeZone).formatToParts(atMs);
	// "GMT-03:00", and "GMT" alone for UTC.
	return offsetOf(parts.find(({ type }) => type === 'timeZoneName')?.value.slice('GMT'.length) ?? '');
}

/** One for each zone, because making one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
	const known = formats.get(timeZone);
	if (known) return known;
	const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
	formats.set(timeZone, format);
	return format;
}

/** `-03:00`, `-0300`, `-03` or `Z` in milliseconds; old zones have seconds, too. */
function offsetOf(text: string): number {
	const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d{2}/g) ?? []).map(Number);
	const totalMs = ((hours * 60 + minutes) * 60 + seconds) * 1000;
	return text.startsWith('-') ? -totalMs : totalMs;
}

function isLuxonDate(value: unknown): value is { toISO(): unknown } {
	return typeof value === 'object' && value !== null && 'toISO' in value && typeof value.toISO === 'function';
}

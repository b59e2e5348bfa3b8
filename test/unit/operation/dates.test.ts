import fc from 'fast-check';
import { DateTime } from 'luxon';

import { date, dateTime, Problem } from '../../../nodes/shared/operation/readers';

const SAO_PAULO = 'America/Sao_Paulo';
const BERLIN = 'Europe/Berlin';

describe('a point in time', () => {
	it.each([
		['with Z', '2026-03-31T14:00:00Z', '2026-03-31T14:00:00.000Z'],
		['with milliseconds', '2026-03-31T14:00:00.123Z', '2026-03-31T14:00:00.123Z'],
		['with nanoseconds', '2026-03-31T14:00:00.123456789Z', '2026-03-31T14:00:00.123Z'],
		['with an offset', '2026-03-31T23:00:00-03:00', '2026-04-01T02:00:00.000Z'],
		['with a short offset', '2026-03-31T23:00+0530', '2026-03-31T17:30:00.000Z'],
		['with hours as the offset', '2026-03-31T23:00:00+02', '2026-03-31T21:00:00.000Z'],
		['in small letters', '2026-03-31t14:00:00z', '2026-03-31T14:00:00.000Z'],
		['with a blank', ' 2026-03-31 14:00:00 ', '2026-03-31T17:00:00.000Z'],
		["from n8n's date picker", '2026-03-31T14:00:00', '2026-03-31T17:00:00.000Z'],
		['without a time', '2026-03-31', '2026-03-31T03:00:00.000Z'],
		['on 29 February of a leap year', '2028-02-29T12:00:00Z', '2028-02-29T12:00:00.000Z'],
	])('is read %s', (_form, raw, expected) => {
		expect(dateTime(raw, SAO_PAULO)).toBe(expected);
	});

	it('without an offset is in the zone of the workflow, summer and winter', () => {
		expect(dateTime('2026-01-15T12:00:00', BERLIN)).toBe('2026-01-15T11:00:00.000Z');
		expect(dateTime('2026-07-15T12:00:00', BERLIN)).toBe('2026-07-15T10:00:00.000Z');
		expect(dateTime('2026-01-15T12:00:00', 'Asia/Kathmandu')).toBe('2026-01-15T06:15:00.000Z');
		// Before the zones, a town's own time.
		expect(dateTime('1900-01-01T00:09:21', 'Europe/Paris')).toBe('1900-01-01T00:00:00.000Z');
		expect(dateTime('2026-01-15T12:00:00', 'UTC')).toBe('2026-01-15T12:00:00.000Z');
		expect(dateTime('2026-01-15T12:00:00')).toBe('2026-01-15T12:00:00.000Z');
	});

	it('in the hour that summer time skips is an hour later, and in the one it repeats the first', () => {
		expect(dateTime('2026-03-29T02:30:00', BERLIN)).toBe('2026-03-29T01:30:00.000Z');
		expect(dateTime('2026-10-25T02:30:00', BERLIN)).toBe('2026-10-25T00:30:00.000Z');
	});

	it.each([
		'2026-02-31',
		'2026-02-31T12:00:00Z',
		'2025-02-29',
		'2026-00-10',
		'2026-13-01',
		'2026-04-31',
		'2026-03-00',
		'2026-03-31T24:00:00Z',
		'2026-03-31T14:60:00Z',
		'2026-03-31T14:00:60Z',
		'2026-03-31T1:00',
		'2026-03-31T14:00:00+24:00',
		'2026-03-31T14:00:00 Z junk',
		'2026-03-31junk',
		'2026-03-31 (a comment)',
		'2026-3-31',
		'31/03/2026',
		'03/31/2026',
		'20260331',
		'31 March 2026',
		'tomorrow',
		'1774958400000',
		'',
		1_774_958_400_000,
		new Date(Number.NaN),
		DateTime.invalid('test'),
		true,
		{},
	])('is not %p', (raw) => {
		expect(dateTime(raw, SAO_PAULO)).toBeInstanceOf(Problem);
		expect(date(raw, SAO_PAULO)).toBeInstanceOf(Problem);
	});

	it('is the same written in any zone', () => {
		const zones = fc.constantFrom('UTC', SAO_PAULO, BERLIN, 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/St_Johns', 'Pacific/Marquesas');
		const times = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2060, 0, 1) });
		fc.assert(
			fc.property(times, zones, zones, (atMs, written, workflow) => {
				const luxon = DateTime.fromMillis(atMs, { zone: written });
				const expected = new Date(atMs).toISOString();
				expect(dateTime(luxon.toISO(), workflow)).toBe(expected);
				expect(dateTime(luxon, workflow)).toBe(expected);
				expect(dateTime(new Date(atMs), workflow)).toBe(expected);
			}),
		);
	});

	it('without an offset is what Luxon makes of it', () => {
		const zones = fc.constantFrom(SAO_PAULO, BERLIN, 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe');
		const minutes = fc.integer({ min: Date.UTC(1990, 0, 1) / 60_000, max: Date.UTC(2037, 0, 1) / 60_000 });
		fc.assert(
			fc.property(minutes, zones, (minute, zone) => {
				const wall = new Date(minute * 60_000).toISOString().slice(0, 19);
				const luxon = DateTime.fromISO(wall, { zone });
				// A wall time that summer time skips or repeats has two readings.
				const hasOne = luxon.toISO()?.startsWith(wall) === true && luxon.getPossibleOffsets().length === 1;
				fc.pre(hasOne);
				expect(dateTime(wall, zone)).toBe(luxon.toUTC().toISO());
			}),
		);
	});
});

it.each([
	['Europe/Berlin', '2026-03-29'],
	['Europe/Berlin', '2026-10-25'],
	['America/New_York', '2026-03-08'],
	['America/New_York', '2026-11-01'],
	['Australia/Lord_Howe', '2026-04-05'],
	['Australia/Lord_Howe', '2026-10-04'],
	['Pacific/Auckland', '2026-04-05'],
	['Pacific/Auckland', '2026-09-27'],
])('the clocks of %s around %s are read as Luxon reads them', (zone, day) => {
	for (let quarter = -120; quarter < 200; quarter += 1) {
		const wall = new Date(Date.parse(day) + quarter * 15 * 60_000).toISOString().slice(0, 19);
		const [first] = DateTime.fromISO(wall, { zone })
			.getPossibleOffsets()
			.map((reading) => reading.toMillis())
			.sort((one, other) => one - other);
		const isSkipped = DateTime.fromISO(wall, { zone }).toISO()?.startsWith(wall) !== true;
		if (!isSkipped) expect(dateTime(wall, zone)).toBe(new Date(first).toISOString());
	}
});

describe('a calendar day', () => {
	it.each([
		['as it is written', '2026-03-31', '2026-03-31'],
		["from n8n's date picker", '2026-03-31T00:00:00', '2026-03-31'],
		['late in the evening, although it is another day in UTC', '2026-03-31T23:30:00-03:00', '2026-03-31'],
		['early in the morning, although it is another day in UTC', '2026-03-31T00:30:00+09:00', '2026-03-31'],
		['of an expression such as $now, in its own zone', DateTime.fromISO('2026-03-31T23:30:00', { zone: SAO_PAULO }), '2026-03-31'],
		['of a JavaScript date, in the zone of the workflow', new Date('2026-04-01T02:30:00Z'), '2026-03-31'],
	])('is read %s', (_case, raw, expected) => {
		expect(date(raw, SAO_PAULO)).toBe(expected);
	});

	it('that was written is never moved', () => {
		const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
		const offsets = fc.constantFrom('', 'Z', '+14:00', '-12:00', '-03:00');
		fc.assert(
			fc.property(days, offsets, (day, offset) => {
				const written = day.toISOString();
				expect(date(`${written.slice(0, 19)}${offset}`, SAO_PAULO)).toBe(written.slice(0, 10));
				expect(date(written.slice(0, 10), SAO_PAULO)).toBe(written.slice(0, 10));
			}),
		);
	});
});

import type { ItemInput } from '../shared/operation/itemInput';
import { dateTime, Problem } from '../shared/operation/readers';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Documented: `from` and `to` are at most 31 days apart. */
const LONGEST_RANGE_MS = 31 * DAY_MS;
const DEFAULT_RANGE_MS = DAY_MS;

/** A range of time in epoch milliseconds. */
export interface TimeRange {
	readonly fromMs: number;
	readonly toMs: number;
}

/**
 * The range that the parameters From and To name; the last 24 hours where they are empty.
 * @throws NodeOperationError when it ends before it begins
 */
export function rangeOf(input: ItemInput, nowMs: number): TimeRange {
	const from = input.optional('from', dateTime);
	const to = input.optional('to', dateTime);
	const toMs = to === undefined ? nowMs : Date.parse(to);
	const fromMs = from === undefined ? toMs - DEFAULT_RANGE_MS : Date.parse(from);
	if (fromMs <= toMs) return { fromMs, toMs };
	const end = to === undefined ? 'now, which is what an empty To means' : `To (${to})`;
	return input.fail('from', new Problem(`is after ${end}`, 'Enter a range that begins before it ends.'));
}

/**
 * Divides a range into parts that the API takes, newest first, which is the order of its lists
 * (published in outboundsync/skills). Neighbours share their boundary: whether the API counts the ends of a range in is
 * not documented, so that a gap would lose records. Who reads two parts must drop what comes twice.
 */
export function splitRange({ fromMs, toMs }: TimeRange): TimeRange[] {
	const parts: TimeRange[] = [];
	for (let endMs = toMs; parts.length === 0 || endMs > fromMs; ) {
		const startMs = Math.max(fromMs, endMs - LONGEST_RANGE_MS);
		parts.push({ fromMs: startMs, toMs: endMs });
		endMs = startMs;
	}
	return parts;
}

/** The range as the API takes it: ISO 8601 in UTC. */
export function rangeQuery({ fromMs, toMs }: TimeRange): { from: string; to: string } {
	return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

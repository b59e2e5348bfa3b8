import type { Query } from '../http/journal';
import { Refusal } from '../http/refusal';
import type { Answer } from '../http/server';
import type { OutboundSyncSettings } from '../settings';
import { badRequest, refuseAll } from './answers';

const dayMs = 86_400_000;
const timeShape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Documented: at most this many days between `from` and `to`. */
const maxRangeDays = 31;

export interface TimeRange {
	fromMs: number;
	toMs: number;
}

/** The required `from` and `to`; throws 400, or 504 where the range is set to be too heavy. */
export function readRange(query: Query, settings: OutboundSyncSettings): TimeRange {
	const complaints = ['from', 'to'].flatMap((name) => {
		const value = query[name];
		return typeof value === 'string' && timeShape.test(value) && !Number.isNaN(Date.parse(value))
			? []
			: [`${name} must be a valid ISO 8601 date string`];
	});
	refuseAll(complaints);
	const [fromMs, toMs] = [Date.parse(query.from as string), Date.parse(query.to as string)];
	if (fromMs > toMs) throw badRequest('from must be before to');
	if (toMs - fromMs > maxRangeDays * dayMs) throw badRequest(`The date range must not exceed ${maxRangeDays} days`);
	if (settings.heavyRangeDays !== null && toMs - fromMs > settings.heavyRangeDays * dayMs) {
		throw new Refusal(504, 'The query took longer than 20 seconds, narrow the window');
	}
	return { fromMs, toMs };
}

/** Whether the bounds are included is unknown; the sandbox includes both, so that adjoining ranges overlap. */
export function within({ fromMs, toMs }: TimeRange): (record: { createdAt: string }) => boolean {
	return ({ createdAt }) => {
		const atMs = Date.parse(createdAt);
		return atMs >= fromMs && atMs <= toMs;
	};
}

/** An optional integer id of the query. */
export function readId(query: Query, name: string): number | undefined {
	const value = query[name];
	if (value === undefined || value === '') return undefined;
	if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw badRequest(`${name} must be an integer number`);
	return Number(value);
}

/** An id in the path. */
export function pathId(value: string): number {
	if (!/^\d{1,9}$/.test(value)) throw badRequest('Validation failed (numeric string is expected)');
	return Number(value);
}

/** An optional choice of the query. */
export function readChoice<C extends string>(query: Query, name: string, choices: readonly C[]): C | undefined {
	const value = query[name];
	if (value === undefined || value === '') return undefined;
	const choice = choices.find((candidate) => candidate === value);
	if (choice === undefined) refuseAll([`${name} must be one of the following values: ${choices.join(', ')}`]);
	return choice;
}

export interface PageSize {
	usual: number;
	max: number;
}

/** Documented: 100 and 500, but 25 and 100 for events and webhook deliveries. */
export const largePages: PageSize = { usual: 100, max: 500 };
export const smallPages: PageSize = { usual: 25, max: 100 };

interface Cursor {
	/** The id of the last record handed out. */
	after: string | number;
	page: number;
}

function readCursor(query: Query): Cursor | undefined {
	const value = query.cursor;
	if (value === undefined || value === '') return undefined;
	try {
		const cursor = JSON.parse(Buffer.from(String(value), 'base64url').toString()) as Cursor;
		if (typeof cursor.page === 'number' && cursor.after !== undefined) return cursor;
	} catch {
		// Said below, together with cursors that parse to something else.
	}
	throw badRequest('cursor is not valid');
}

/**
 * One cursor page, newest records first. Every second page holds only half of its limit although more follows,
 * since a short page with `hasMore: true` is documented to happen.
 */
export function cursorPage<T extends { id: string | number }>(
	newestFirst: T[],
	query: Query,
	size: PageSize,
	settings: OutboundSyncSettings,
	show: (record: T) => unknown = (record) => record,
): Answer {
	const { limit: limitText = String(size.usual) } = query;
	const limit = typeof limitText === 'string' && /^\d{1,6}$/.test(limitText) ? Number(limitText) : NaN;
	const complaints: string[] = [];
	if (Number.isNaN(limit)) complaints.push('limit must be an integer number');
	if (!(limit >= 1)) complaints.push('limit must not be less than 1');
	if (!(limit <= size.max)) complaints.push(`limit must not be greater than ${size.max}`);
	refuseAll(complaints);

	const cursor = readCursor(query);
	const pageNumber = cursor?.page ?? 0;
	const position = cursor ? newestFirst.findIndex((record) => record.id === cursor.after) : -1;
	if (cursor && position < 0) throw badRequest('cursor is not valid');
	const count = settings.shortPages && pageNumber % 2 === 1 ? Math.ceil(limit / 2) : limit;
	const page = newestFirst.slice(position + 1, position + 1 + count);
	const last = page.at(-1);
	const hasMore = position + 1 + page.length < newestFirst.length;
	const next: Cursor | undefined = hasMore && last ? { after: last.id, page: pageNumber + 1 } : undefined;
	return {
		status: 200,
		body: {
			data: page.map(show),
			hasMore,
			nextCursor: next ? Buffer.from(JSON.stringify(next)).toString('base64url') : null,
		},
	};
}

import type { RefusalDetail } from '../http/refusal';
import type { Query } from '../http/journal';
import type { Answer } from '../http/server';
import { invalid } from './answers';
import { isTime, isUuid } from './fields';

/** One query parameter of a list: refuses a wrong value, or says which records it keeps. */
export interface ListFilter<T> {
	complaint?(value: string): string | undefined;
	keeps(record: T, value: string): boolean;
}

type Comparable = string | number | null;

const notAnId = (value: string): string | undefined => (isUuid(value) ? undefined : 'must be a UUID');
const notATime = (value: string): string | undefined => (isTime(value) ? undefined : 'must be an ISO 8601 date');
const notANumber = (value: string): string | undefined =>
	value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : 'must be a number';

export function sameId<T>(read: (record: T) => string | null): ListFilter<T> {
	return { complaint: notAnId, keeps: (record, value) => read(record) === value.toLowerCase() };
}

export function sameText<T>(read: (record: T) => string | null, choices?: readonly string[]): ListFilter<T> {
	return {
		complaint: (value) => (choices && !choices.includes(value) ? `must be one of ${choices.join(', ')}` : undefined),
		keeps: (record, value) => read(record) === value,
	};
}

/** Whether the bounds themselves are included is unknown; the sandbox includes them. */
export function notBefore<T>(read: (record: T) => string | null): ListFilter<T> {
	return {
		complaint: notATime,
		keeps: (record, value) => Date.parse(read(record) ?? '') >= Date.parse(value),
	};
}

export function notAfter<T>(read: (record: T) => string | null): ListFilter<T> {
	return {
		complaint: notATime,
		keeps: (record, value) => Date.parse(read(record) ?? '') <= Date.parse(value),
	};
}

export function atLeast<T>(read: (record: T) => number): ListFilter<T> {
	return { complaint: notANumber, keeps: (record, value) => read(record) >= Number(value) };
}

export function atMost<T>(read: (record: T) => number): ListFilter<T> {
	return { complaint: notANumber, keeps: (record, value) => read(record) <= Number(value) };
}

/** A substring of any of the fields, without regard to case. */
export function searches<T extends object>(read: (record: T) => Array<string | null>): ListFilter<T> {
	// Records are immutable, so their lower-cased text can be kept: searches over many thousand leads stay quick.
	const haystacks = new WeakMap<T, string>();
	return {
		keeps: (record, value) => {
			let haystack = haystacks.get(record);
			if (haystack === undefined) {
				haystack = read(record).join('\n').toLowerCase();
				haystacks.set(record, haystack);
			}
			return haystack.includes(value.toLowerCase());
		},
	};
}

export interface ListRules<T> {
	filters: Record<string, ListFilter<T>>;
	sortable: Record<string, (record: T) => Comparable>;
	show(record: T): unknown;
}

function readInteger(query: Query, name: string, fallback: number, max: number, details: RefusalDetail[]): number {
	const value = query[name];
	if (value === undefined) return fallback;
	const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
	if (number >= 1 && number <= max) return number;
	details.push({ field: name, message: `must be an integer from 1 to ${max}` });
	return fallback;
}

function compare(left: Comparable, right: Comparable): number {
	if (left === right) return 0;
	if (left === null) return -1;
	if (right === null) return 1;
	return left < right ? -1 : 1;
}

/**
 * Filters, sorts and pages records as documented: `page` from 1, `per_page` 25 by default and 100 at most,
 * `sort=field` or `-field`. Without `sort` the newest come first (inferred); more than 100 a page is refused (inferred).
 */
export function listAnswer<T>(records: T[], query: Query, rules: ListRules<T>): Answer {
	const details: RefusalDetail[] = [];
	const page = readInteger(query, 'page', 1, 999_999_999, details);
	const perPage = readInteger(query, 'per_page', 25, 100, details);

	let kept = records;
	for (const [name, filter] of Object.entries(rules.filters)) {
		const value = query[name];
		if (value === undefined || value === '') continue;
		const complaint = typeof value === 'string' ? filter.complaint?.(value) : 'must be given once';
		if (complaint !== undefined) details.push({ field: name, message: complaint });
		else kept = kept.filter((record) => filter.keeps(record, value as string));
	}

	const sort = query.sort;
	if (sort === undefined || sort === '') {
		kept = [...kept].reverse();
	} else {
		const field = String(sort).replace(/^-/, '');
		const read = Object.hasOwn(rules.sortable, field) ? rules.sortable[field] : undefined;
		if (!read) details.push({ field: 'sort', message: `must be one of ${Object.keys(rules.sortable).join(', ')}` });
		else {
			const sign = String(sort).startsWith('-') ? -1 : 1;
			kept = [...kept].sort((left, right) => sign * compare(read(left), read(right)));
		}
	}
	if (details.length > 0) throw invalid(details);

	return {
		status: 200,
		body: {
			data: kept.slice((page - 1) * perPage, page * perPage).map(rules.show),
			meta: { total: kept.length, page, per_page: perPage, total_pages: Math.ceil(kept.length / perPage) },
		},
	};
}

import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../shared/http/client';
import type { ApiAnswer, ApiRequest, Expectation } from '../shared/http/request';
import { isRecord } from '../shared/http/retryHint';
import { readCursorPages, type CursorPage } from '../shared/operation/cursorPaging';
import { ListBounds } from '../shared/operation/listBounds';
import type { ItemInput } from '../shared/operation/itemInput';
import type { Task } from '../shared/operation/operation';
import { atLeastOne, Problem } from '../shared/operation/readers';
import type { Session } from '../shared/operation/session';
import { withoutFields } from '../shared/operation/withoutFields';
import { rangeOf, rangeQuery, splitRange } from './ranges';

/** Documented sizes of a cursor page: 500 at most, 100 for events and webhook deliveries. */
export const LARGE_PAGE = 500;
export const SMALL_PAGE = 100;

type Query = NonNullable<ApiRequest['query']>;
type Shape = (record: IDataObject) => IDataObject;

/** A list that is read by cursor. */
export interface CursorList {
	/** Below the origin, e.g. `/api/v1/syncs`. */
	readonly path: string;
	readonly query?: Query;
	readonly maxPageSize: number;
	readonly shape?: Shape;
}

/** The answers of this API are objects, and a single record is the whole answer. */
const RECORD: Expectation = { what: 'a record', fits: isRecord };

/** Documented: `{data[], hasMore, nextCursor}`. */
export const PAGE: Expectation = { what: 'a page of a list', fits: (body) => isRecord(body) && Array.isArray(body.data) };

/** A task that sends one request whose answer is the record itself. */
export function sendForRecord(request: ApiRequest, shape: Shape = unchanged): Task {
	return async ({ client }) => [shape(await readRecord(client, request))];
}

async function readRecord(client: ApiClient, request: ApiRequest): Promise<IDataObject> {
	const { body } = await client.send({ ...request, expects: RECORD });
	return body as IDataObject;
}

/** A task that deletes; n8n's form for that is `{"deleted": true}`. */
export function sendDelete(path: string): Task {
	return async ({ client }) => {
		await client.send({ method: 'DELETE', path });
		return [{ deleted: true }];
	};
}

/** A task that reads a list which comes whole; Limit cuts it here, because the API has none for it. */
export function readWhole(input: ItemInput, path: string, query: Query = {}, shape: Shape = unchanged): Task {
	const limit = limitOf(input);
	return async ({ client }) => (await wholeList(client, path, query)).slice(0, limit).map(shape);
}

/** A task that reads a list page by page, as far as Return All and Limit say. */
export function readPages(input: ItemInput, list: CursorList): Task {
	const limit = limitOf(input);
	return async (session) => (await cursorRecords(session, list, limit)).map(list.shape ?? unchanged);
}

/** A task that reads a list over the range of From and To, newest record first. */
export function readRange(input: ItemInput, session: Session, list: Omit<CursorList, 'maxPageSize'>): Task {
	const limit = limitOf(input);
	const parts = splitRange(rangeOf(input, session.client.clock.now()));
	return async (running) => {
		// A record on the boundary of two parts may come with both of them.
		const seen = new Set<unknown>();
		const bounds = new ListBounds();
		const records: IDataObject[] = [];
		for (const part of parts) {
			const query = { ...rangeQuery(part), ...list.query };
			const found = await cursorRecords(running, { ...list, query, maxPageSize: LARGE_PAGE }, limit - records.length, seen, bounds);
			for (const record of found) records.push(record);
		}
		return records.map(list.shape ?? unchanged);
	};
}

/**
 * A task that reads the counts of the range of From and To. Metrics are counts only
 * (published in outboundsync/skills), so those of a range that had to be divided are added up.
 */
export function readMetrics(input: ItemInput, session: Session, path: string, query: Query = {}): Task {
	const range = rangeOf(input, session.client.clock.now());
	return async ({ client }) => {
		let counts: IDataObject = {};
		for (const part of splitRange(range)) {
			// Ends are taken to count in (inferred): a shared millisecond would be counted twice.
			const isNewest = part.toMs === range.toMs;
			const own = isNewest ? part : { ...part, toMs: part.toMs - 1 };
			const request: ApiRequest = { method: 'GET', path, query: { ...rangeQuery(own), ...query } };
			counts = addCounts(counts, await readRecord(client, request));
		}
		// Apart from the range, because among the counts is one by the name of "error": n8n takes an
		// item with such a field for a failed one, and runs the node again if Retry On Fail is on.
		return [{ ...rangeQuery(range), counts: without('from', 'to')(counts) }];
	};
}

function limitOf(input: ItemInput): number {
	return input.flag('returnAll') ? Infinity : input.required('limit', atLeastOne);
}

/**
 * Reads a list by cursor, as the API gives its records.
 * @param seen IDs of records that are already at hand, to be left out
 * @param bounds what other parts of the same list have counted on
 */
export async function cursorRecords(
	{ client }: Pick<Session, 'client'>,
	{ maxPageSize, path, query }: CursorList,
	limit: number,
	seen?: Set<unknown>,
	bounds?: ListBounds,
): Promise<IDataObject[]> {
	return await readCursorPages({
		limit,
		maxPageSize,
		seen,
		bounds,
		fetchPage: async (pageSize, cursor) =>
			pageOf(await client.send({ method: 'GET', path, query: { ...query, limit: pageSize, cursor }, expects: PAGE })),
		idOf: ({ id }) => id,
	});
}

/**
 * An answer that is a {@link PAGE}; a short one can still have `hasMore: true` (documented). Cursors
 * are shown as text; a number is taken as well, as the IDs of this API are.
 * @throws Error where more records exist and cannot be asked for: a list must not end without a word
 */
export function pageOf({ body, size }: ApiAnswer): CursorPage {
	const { data, hasMore, nextCursor } = body as Record<string, unknown>;
	const cursor = typeof nextCursor === 'number' ? String(nextCursor) : nextCursor;
	const isCursor = typeof cursor === 'string' && cursor !== '';
	if (hasMore === true && !isCursor) {
		throw new Error(
			'OutboundSync says that the list goes on, but not where: its answer has no usable nextCursor. Set Limit to get what the first page holds.',
		);
	}
	return { records: recordsIn(data as unknown[]), size, nextCursor: hasMore !== false && isCursor ? cursor : undefined };
}

/**
 * Reads a list that comes whole, under a name of its own (documented), which is the end of its path:
 * `{"replyRelays": [...]}` for `/destinations/reply-relays`. Those of sources, reply relays and block
 * lists are published in outboundsync/skills; the others are inferred, so that another name is
 * accepted where it is the only list.
 */
export async function wholeList(client: ApiClient, path: string, query?: Query): Promise<IDataObject[]> {
	const expects: Expectation = { what: 'a list', fits: (body) => listIn(body, path) !== undefined };
	const { body } = await client.send({ method: 'GET', path, query, expects });
	return recordsIn(listIn(body, path) ?? []);
}

function listIn(body: unknown, path: string): readonly unknown[] | undefined {
	const answer = isRecord(body) ? body : {};
	const name = path.slice(path.lastIndexOf('/') + 1).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
	const lists = Array.isArray(answer[name]) ? [answer[name]] : Object.values(answer).filter(Array.isArray);
	return lists.length === 1 ? (lists[0] as unknown[]) : undefined;
}

function recordsIn(list: readonly unknown[]): IDataObject[] {
	return list.filter(isRecord).map((record) => record as IDataObject);
}

function addCounts(total: IDataObject, part: IDataObject): IDataObject {
	const names = new Set([...Object.keys(total), ...Object.keys(part)]);
	return Object.fromEntries(
		[...names].map((name) => {
			const [one, other] = [total[name], part[name]];
			if (typeof one === 'number' && typeof other === 'number') return [name, one + other];
			if (isRecord(one) && isRecord(other)) return [name, addCounts(one as IDataObject, other as IDataObject)];
			return [name, one ?? other];
		}),
	);
}

/** @throws NodeOperationError when an update would change nothing: OutboundSync would be asked in vain */
export function requireChange(input: ItemInput, body: IDataObject): IDataObject {
	if (Object.keys(body).length > 0) return body;
	return input.fail(
		'updateFields',
		new Problem('has nothing to change', 'Add a field, or check the expressions: empty values are left out.'),
	);
}

export function unchanged(record: IDataObject): IDataObject {
	return record;
}

/** Drops the given fields of a record. */
export function without(...names: readonly string[]): Shape {
	return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/**
 * Drops addresses, wherever they stand in the record. The vendor asks to treat those of sources
 * (documented), destinations and deliveries (published in outboundsync/skills) as secrets: who knows
 * a source's can feed it.
 */
export function withoutAddresses(record: IDataObject): IDataObject {
	return withoutFields(record, (name) => ADDRESSES.has(name));
}

const ADDRESSES = new Set(['destinationUrl', 'url']);

/**
 * Keeps what is a plain value and no address, for records whose fields are not documented: names
 * to pick cannot be known, and what makes them large are the payloads inside.
 */
export function plainFields(record: IDataObject): IDataObject {
	return Object.fromEntries(
		Object.entries(withoutAddresses(record)).filter(([, value]) => typeof value !== 'object' || value === null),
	);
}

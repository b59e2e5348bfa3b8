import type { IDataObject } from 'n8n-workflow';

import type { AnswerSize } from '../http/request';
import { ListBounds } from './listBounds';

/** One page of a list that is read by cursor. */
export interface CursorPage {
	readonly records: readonly IDataObject[];
	/** Of the answer; absent where nothing of it is kept. */
	readonly size?: AnswerSize;
	/** Where the next page begins; undefined after the last page. */
	readonly nextCursor?: string;
}

export interface CursorPages {
	/** How many records to fetch; Infinity for all. */
	readonly limit: number;
	readonly maxPageSize: number;
	/** @param cursor undefined for the first page */
	fetchPage(pageSize: number, cursor: string | undefined): Promise<CursorPage>;
	/** What makes a record the same as another one; undefined where nothing does. */
	idOf(record: IDataObject): unknown;
	/** IDs of records that are already at hand. Those are left out, and new ones are added. */
	readonly seen?: Set<unknown>;
	/** Shared by the parts of a list that is read in parts. */
	readonly bounds?: ListBounds;
}

/**
 * Reads a list page after page, as long as the server names a next cursor: the length of a page
 * says nothing, because a filter may leave it short or empty with more to come. Each record comes
 * once, and reading ends when a cursor repeats. With a limit, no page is larger than what is
 * still wanted.
 * @throws Error when the list does not end within {@link ListBounds}
 */
export async function readCursorPages(list: CursorPages): Promise<IDataObject[]> {
	const seen = list.seen ?? new Set<unknown>();
	const cursors = new Set<string>();
	const bounds = list.bounds ?? new ListBounds();
	const records: IDataObject[] = [];
	let cursor: string | undefined;
	while (records.length < list.limit) {
		const pageSize = Math.min(list.limit - records.length, list.maxPageSize);
		const page = await list.fetchPage(pageSize, cursor);
		bounds.count(page);
		for (const record of page.records) {
			const id = list.idOf(record);
			if (id !== undefined && seen.has(id)) continue;
			seen.add(id);
			records.push(record);
		}
		cursor = page.nextCursor;
		if (cursor === undefined || cursors.has(cursor)) break;
		cursors.add(cursor);
	}
	// A server may ignore the page size.
	return records.length > list.limit ? records.slice(0, list.limit) : records;
}

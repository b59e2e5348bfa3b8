import type { IDataObject } from 'n8n-workflow';

import type { AnswerSize } from '../http/request';
import { ListBounds } from './listBounds';

/** One page of a list that is read by page number. */
export interface NumberedPage {
	readonly records: readonly IDataObject[];
	/** Of the answer; absent where nothing of it is kept. */
	readonly size?: AnswerSize;
	/** How many pages there are now, if the server says so. */
	readonly totalPages?: number;
}

export interface NumberedPages {
	/** How many records to fetch; Infinity for all. */
	readonly limit: number;
	readonly maxPageSize: number;
	readonly maxConcurrency: number;
	/** @param page from 1 */
	fetchPage(page: number, pageSize: number): Promise<NumberedPage>;
	/** What makes a record the same as another one. */
	idOf(record: IDataObject): unknown;
}

/**
 * Reads a numbered list: the first page alone, because it tells how many there are, then the
 * others side by side. Records come out in the list's order, each once, even when the list moves
 * while it is read. Ends at an empty page and at a page that brings nothing new, whatever the
 * server says about the total.
 * @throws Error when the list does not end within {@link ListBounds}
 */
export async function readNumberedPages(list: NumberedPages): Promise<IDataObject[]> {
	const pageSize = Math.min(list.limit, list.maxPageSize);
	const records: IDataObject[] = [];
	const seen = new Set<unknown>();
	const bounds = new ListBounds();
	let totalPages: number | undefined;

	/** @returns whether reading may go on after this page */
	const take = (page: NumberedPage): boolean => {
		bounds.count(page);
		totalPages = page.totalPages ?? totalPages;
		let isNew = false;
		for (const record of page.records) {
			const id = list.idOf(record);
			// Without an ID, a record is what it says: a page that repeats must be known as such.
			const identity = typeof id === 'string' || typeof id === 'number' ? id : JSON.stringify(record);
			if (seen.has(identity)) continue;
			seen.add(identity);
			records.push(record);
			isNew = true;
		}
		return isNew && (totalPages !== undefined || page.records.length >= pageSize);
	};

	let goesOn = take(await list.fetchPage(1, pageSize));
	for (let next = 2; goesOn; ) {
		// Counted anew each time: a server may give smaller pages than it is asked for.
		const pagesWanted = Math.ceil((list.limit - records.length) / pageSize);
		const last = Math.min(next - 1 + pagesWanted, totalPages ?? next);
		const count = Math.min(list.maxConcurrency, last - next + 1);
		if (count < 1) break;
		const batch = await Promise.all(
			Array.from({ length: count }, async (_, offset) => await list.fetchPage(next + offset, pageSize)),
		);
		for (const page of batch) {
			goesOn = goesOn && take(page);
		}
		next += count;
	}
	return records.length > list.limit ? records.slice(0, list.limit) : records;
}

import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { readCursorPages, type CursorPage } from '../../../nodes/shared/operation/cursorPaging';

interface Asked {
	readonly pageSize: number;
	readonly cursor: string | undefined;
}

/** A list that gives its pages as they stand, cut to what was asked for. */
function server(pages: readonly number[][], after: (page: number) => string | undefined = (page) => `p${page}`) {
	const asked: Asked[] = [];
	const fetchPage = async (pageSize: number, cursor: string | undefined): Promise<CursorPage> => {
		asked.push({ pageSize, cursor });
		const page = cursor === undefined ? 0 : Number(cursor.slice(1));
		const records = (pages[page] ?? []).slice(0, pageSize).map((id): IDataObject => ({ id }));
		return { records, nextCursor: page + 1 < pages.length ? after(page + 1) : undefined };
	};
	return { asked, fetchPage };
}

const idOf = ({ id }: IDataObject) => id;

/** A list of numbers, read from any position in pieces of any size, as a real cursor allows. */
function list(count: number, shortenBy: (page: number) => number) {
	const asked: Asked[] = [];
	const fetchPage = async (pageSize: number, cursor: string | undefined): Promise<CursorPage> => {
		const start = Number(cursor ?? 0);
		const size = Math.max(0, pageSize - shortenBy(asked.length));
		asked.push({ pageSize, cursor });
		const end = Math.min(count, start + size);
		const records = Array.from({ length: end - start }, (_, index): IDataObject => ({ id: start + index }));
		// An empty page in the middle has a cursor of its own.
		return { records, nextCursor: end < count ? (end === start ? `${start}.${asked.length}` : String(end)) : undefined };
	};
	return { asked, fetchPage: async (size: number, cursor?: string) => await fetchPage(size, cursor?.split('.')[0]) };
}

it('follows the cursor through pages that are short or empty', async () => {
	const { asked, fetchPage } = server([[1, 2], [], [3], [4, 5, 6]]);
	const records = await readCursorPages({ limit: Infinity, maxPageSize: 3, fetchPage, idOf });
	expect(records.map(idOf)).toEqual([1, 2, 3, 4, 5, 6]);
	expect(asked).toEqual([undefined, 'p1', 'p2', 'p3'].map((cursor) => ({ pageSize: 3, cursor })));
});

it('gives records that come twice once, and asks for others in their place', async () => {
	const { asked, fetchPage } = server([[1, 2, 3], [3, 4, 5], [6, 7, 8]]);
	const records = await readCursorPages({ limit: 5, maxPageSize: 3, fetchPage, idOf });
	expect(records.map(idOf)).toEqual([1, 2, 3, 4, 6]);
	expect(asked.map(({ pageSize }) => pageSize)).toEqual([3, 2, 1]);
});

it('keeps records that have no ID', async () => {
	const fetchPage = async (): Promise<CursorPage> => ({ records: [{ name: 'a' }, { name: 'a' }] });
	expect(await readCursorPages({ limit: Infinity, maxPageSize: 5, fetchPage, idOf })).toHaveLength(2);
});

it('leaves out what is already at hand, and remembers what it read', async () => {
	const seen = new Set<unknown>([2]);
	const { fetchPage } = server([[1, 2, 3]]);
	const records = await readCursorPages({ limit: Infinity, maxPageSize: 5, fetchPage, idOf, seen });
	expect(records.map(idOf)).toEqual([1, 3]);
	expect([...seen]).toEqual([2, 1, 3]);
});

it.each([
	['the same one for ever', () => 'p1', 3],
	['two in turn', (page: number) => `p${page === 3 ? 1 : page}`, 4],
])('ends when a cursor repeats: %s', async (_what, after, most) => {
	const pages = Array.from({ length: 9 }, (_, page) => [page]);
	const { asked, fetchPage } = server(pages, after);
	const records = await readCursorPages({ limit: Infinity, maxPageSize: 5, fetchPage, idOf });
	expect(asked.length).toBeLessThanOrEqual(most);
	expect(new Set(records.map(idOf)).size).toBe(records.length);
});

it('cuts what a server gives beyond the page size', async () => {
	const fetchPage = async (): Promise<CursorPage> => ({ records: [{ id: 1 }, { id: 2 }, { id: 3 }], nextCursor: 'more' });
	expect(await readCursorPages({ limit: 2, maxPageSize: 500, fetchPage, idOf })).toHaveLength(2);
});

it('gives the first records of any list, whatever its pages, with no needless request', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.nat(400),
			fc.oneof(fc.integer({ min: 1, max: 450 }), fc.constant(Infinity)),
			fc.integer({ min: 1, max: 100 }),
			fc.array(fc.nat(120), { minLength: 1, maxLength: 8 }),
			async (count, limit, maxPageSize, gaps) => {
				// Every other page is whole, so that the list moves on.
				const { asked, fetchPage } = list(count, (page) => (page % 2 === 0 ? 0 : gaps[page % gaps.length]));
				const records = await readCursorPages({ limit, maxPageSize, fetchPage, idOf });
				const wanted = Math.min(count, limit);
				expect(records.map(idOf)).toEqual(Array.from({ length: wanted }, (_, index) => index));
				for (const { cursor, pageSize } of asked) {
					const had = Number((cursor ?? '0').split('.')[0]);
					expect(pageSize).toBe(Math.min(limit - had, maxPageSize));
				}
			},
		),
	);
});

import type { IDataObject } from 'n8n-workflow';

import { readCursorPages } from '../../../nodes/shared/operation/cursorPaging';
import { ListBounds } from '../../../nodes/shared/operation/listBounds';
import { readNumberedPages } from '../../../nodes/shared/operation/paging';

const ended = (bound: string) => `The list did not end within ${bound}, and reading stopped there. Narrow it with filters`;

describe('a list without end', () => {
	const idOf = ({ id }: IDataObject) => id;
	let fetches: number;
	beforeEach(() => {
		fetches = 0;
	});
	const page = () => {
		fetches += 1;
		return { records: [{ id: fetches }] };
	};

	it.each([
		['with a total that grows', () => ({ ...page(), totalPages: fetches + 1_000 })],
		['with a total beyond all measure', () => ({ ...page(), totalPages: Number.MAX_SAFE_INTEGER })],
	])('of numbered pages %s ends after 10,000', async (_case, fetchPage) => {
		const reading = readNumberedPages({ limit: Infinity, maxPageSize: 100, maxConcurrency: 10, idOf, fetchPage: async () => fetchPage() });
		await expect(reading).rejects.toThrow(ended('10,000 pages'));
		expect(fetches).toBeLessThanOrEqual(10_011);
	});

	it.each([
		['of new records', Infinity, page],
		['that are empty, with a limit', 50, () => ({ ...page(), records: [] })],
	])('of pages by cursor %s ends after 10,000', async (_case, limit, fetchPage) => {
		const reading = readCursorPages({ limit, maxPageSize: 500, idOf, fetchPage: async () => ({ ...fetchPage(), nextCursor: `c${fetches}` }) });
		await expect(reading).rejects.toThrow(ended('10,000 pages'));
		expect(fetches).toBe(10_001);
	});
});

describe('bounds', () => {
	const page = (count: number) => ({ records: Array.from({ length: count }, () => null) });

	it.each([
		['10,000 pages', 10_000, page(0)],
		['1,000,000 records', 10, page(100_000)],
		['250 MB', 25, { records: [], size: { bytes: 10_000_000, values: 0 } }],
		['15,000,000 values', 30, { records: [], size: { bytes: 0, values: 500_000 } }],
	])('%s are taken, and no more', (bound, times, step) => {
		const bounds = new ListBounds();
		for (let time = 0; time < times; time += 1) bounds.count(step);
		expect(() => bounds.count(step)).toThrow(ended(bound));
	});
});

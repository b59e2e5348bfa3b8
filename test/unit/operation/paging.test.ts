import type { IDataObject } from 'n8n-workflow';

import { readNumberedPages, type NumberedPage, type NumberedPages } from '../../../nodes/shared/operation/paging';

interface Fetch {
	readonly page: number;
	readonly pageSize: number;
}

/** A list on a server, with what was asked of it. */
function listOf(count: number, answer?: (fetch: Fetch, page: NumberedPage) => NumberedPage) {
	const fetched: Fetch[] = [];
	let underWay = 0;
	let mostUnderWay = 0;
	const records = Array.from({ length: count }, (_, index): IDataObject => ({ id: `r${index}` }));
	const read = async (options: Partial<NumberedPages> = {}): Promise<unknown[]> => {
		const read = await readNumberedPages({
			limit: Infinity,
			maxPageSize: 100,
			maxConcurrency: 4,
			idOf: ({ id }) => id,
			async fetchPage(page, pageSize) {
				const fetch = { page, pageSize };
				fetched.push(fetch);
				underWay += 1;
				mostUnderWay = Math.max(mostUnderWay, underWay);
				const honest = {
					records: records.slice((page - 1) * pageSize, page * pageSize),
					totalPages: Math.ceil(records.length / pageSize),
				};
				const answered = answer ? answer(fetch, honest) : honest;
				// Later pages arrive first.
				for (let turn = 0; turn < 20 - (page % 20); turn += 1) await Promise.resolve();
				underWay -= 1;
				return answered;
			},
			...options,
		});
		return read.map(({ id }) => id);
	};
	return { fetched, read, records, mostUnderWay: () => mostUnderWay, ids: (to = count) => records.slice(0, to).map(({ id }) => id) };
}

const pages = (fetched: readonly Fetch[]) => fetched.map(({ page }) => page);

describe('return all', () => {
	it('reads the first page alone, then the others side by side, and keeps their order', async () => {
		const list = listOf(1234);
		expect(await list.read()).toEqual(list.ids());
		expect(pages(list.fetched)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
		expect(list.mostUnderWay()).toBe(4);
		expect(new Set(list.fetched.map(({ pageSize }) => pageSize))).toEqual(new Set([100]));
	});

	it.each([
		[0, 1],
		[1, 1],
		[100, 1],
		[101, 2],
		[200, 2],
	])('of %d records reads %d pages', async (count, expected) => {
		const list = listOf(count);
		expect(await list.read()).toEqual(list.ids());
		expect(list.fetched).toHaveLength(expected);
	});

	it('where the server tells no total reads one page after the other, to the first short one', async () => {
		const list = listOf(350, (_fetch, { records }) => ({ records }));
		expect(await list.read()).toEqual(list.ids());
		expect(pages(list.fetched)).toEqual([1, 2, 3, 4]);
		expect(list.mostUnderWay()).toBe(1);
	});

	it('where the server tells no total and the last page is full ends at the empty one', async () => {
		const list = listOf(200, (_fetch, { records }) => ({ records }));
		expect(await list.read()).toEqual(list.ids());
		expect(pages(list.fetched)).toEqual([1, 2, 3]);
	});

	it('passes on what a page fails with', async () => {
		const list = listOf(500, ({ page }, honest) => {
			if (page === 3) throw new Error('page 3');
			return honest;
		});
		await expect(list.read()).rejects.toThrow('page 3');
	});
});

describe('limit', () => {
	it.each([
		[1, 1, [1]],
		[50, 50, [1]],
		[100, 100, [1]],
		[101, 100, [1, 2]],
		[150, 100, [1, 2]],
		[200, 100, [1, 2]],
		[250, 100, [1, 2, 3]],
	])('%d asks for pages of %d: %j', async (limit, pageSize, expected) => {
		const list = listOf(1000);
		expect(await list.read({ limit })).toEqual(list.ids(limit));
		expect(list.fetched).toEqual(expected.map((page) => ({ page, pageSize })));
	});

	it('above the length of the list ends with it', async () => {
		const list = listOf(120);
		expect(await list.read({ limit: 5000 })).toEqual(list.ids());
		expect(pages(list.fetched)).toEqual([1, 2]);
	});

	it('is reached where the server gives smaller pages than it is asked for', async () => {
		const list = listOf(1000, ({ page }) => ({
			records: list.records.slice((page - 1) * 25, page * 25),
			totalPages: 40,
		}));
		expect(await list.read({ limit: 150 })).toEqual(list.ids(150));
		expect(list.fetched.length).toBeLessThanOrEqual(8);
	});

	it('holds where the server gives larger pages than it is asked for', async () => {
		const list = listOf(1000, () => ({ records: list.records, totalPages: 1 }));
		expect(await list.read({ limit: 7 })).toEqual(list.ids(7));
	});
});

describe('a list that is not as it says', () => {
	it('gives every record once where pages overlap', async () => {
		const list = listOf(300, ({ page }) => ({
			records: list.records.slice(Math.max(0, (page - 1) * 100 - 10 * page), page * 100),
			totalPages: 3,
		}));
		expect(await list.read()).toEqual(list.ids());
	});

	it.each([
		['text', (index: number) => `r${index}`],
		['numbers', (index: number) => index],
	])('gives a record once that was changed while it moved to the next page, by IDs that are %s', async (_kind, idAt) => {
		const list = listOf(100, ({ page, pageSize }) => ({
			records: Array.from({ length: pageSize }, (_, index) => ({ id: idAt((page - 1) * (pageSize - 1) + index), readOn: page })),
			totalPages: 2,
		}));
		expect(await list.read()).toEqual(Array.from({ length: 199 }, (_, index) => idAt(index)));
	});

	it('gives every record once where new ones push the others on while it is read', async () => {
		const list = listOf(300, ({ page, pageSize }) => {
			list.records.unshift({ id: `new ${page}` });
			const records = list.records.slice((page - 1) * pageSize, page * pageSize);
			return { records, totalPages: Math.ceil(list.records.length / pageSize) };
		});
		const old = list.ids();
		const read = await list.read();
		expect(new Set(read).size).toBe(read.length);
		expect(read.filter((id) => old.includes(id as string))).toEqual(old);
	});

	it('reads the pages that were added, and not those that have gone', async () => {
		const grown = listOf(300, ({ page }, { records }) => ({ records, totalPages: page === 1 ? 2 : 3 }));
		expect(await grown.read()).toEqual(grown.ids());
		const shrunk = listOf(300, ({ page }, { records }) => ({ records: page < 3 ? records : [], totalPages: page === 1 ? 3 : 2 }));
		expect(await shrunk.read()).toEqual(shrunk.ids(200));
	});

	it.each([1_000_000, Number.MAX_SAFE_INTEGER])('ends at the empty page where the total says %d', async (totalPages) => {
		const list = listOf(250, (_fetch, { records }) => ({ records, totalPages }));
		expect(await list.read()).toEqual(list.ids());
		expect(list.fetched.length).toBeLessThanOrEqual(1 + 4);
	});

	it('ends at the first page where the total says none', async () => {
		const list = listOf(250, (_fetch, { records }) => ({ records, totalPages: 0 }));
		expect(await list.read()).toEqual(list.ids(100));
	});

	it.each([
		['with a total', 1_000_000],
		['without a total', undefined],
	])('ends at a page that repeats, %s', async (_case, totalPages) => {
		const list = listOf(1000, (_fetch, { records }) => ({ records: records.length > 0 ? list.records.slice(0, 100) : [], totalPages }));
		expect(await list.read()).toEqual(list.ids(100));
		expect(list.fetched.length).toBeLessThanOrEqual(1 + 4);
	});

	it.each([
		['have no ID', {}],
		['have objects for IDs', { id: { value: 1 } }],
		['have null for an ID', { id: null }],
	])('ends at a page that repeats where the records %s', async (_case, id) => {
		let fetches = 0;
		const read = await readNumberedPages({
			limit: Infinity,
			maxPageSize: 2,
			maxConcurrency: 4,
			idOf: (record) => record.id,
			async fetchPage() {
				fetches += 1;
				if (fetches > 10) throw new Error('It goes on for ever');
				return { records: [{ ...id, name: 'Ana' }, { ...id, name: 'Rui' }] };
			},
		});
		expect(read.map(({ name }) => name)).toEqual(['Ana', 'Rui']);
	});

	it('ends at a page that repeats although later ones, fetched with it, bring new records', async () => {
		const list = listOf(1000, ({ page }, honest) => (page === 3 ? { ...honest, records: list.records.slice(0, 100) } : honest));
		expect(await list.read()).toEqual(list.ids(200));
		expect(list.fetched).toHaveLength(1 + 4);
	});
});

import { json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { HostileBench } from './bench';

/** Lists that lie about their length. Those that are too heavy are in memory.test.ts. */

let bench: HostileBench;
let server: HostileServer;
beforeAll(async () => {
	bench = await HostileBench.start();
});
beforeEach(async () => {
	server = await startHostileServer('');
});
afterEach(async () => await server.stop());
afterAll(async () => await bench.stop());

/** A rate limit that lets ten thousand pages through at once. */
const NO_LIMIT = { 'x-ratelimit-limit': '1000000', 'x-ratelimit-remaining': '999999' };
const LEADS = { resource: 'lead', operation: 'getAll', returnAll: true, simplify: false };
const EVENTS = { resource: 'event', operation: 'getAll', returnAll: true, simplify: false };

const numbered = (answer: (page: number) => unknown): Behaviour => (request, response) => {
	const page = Number(new URL(request.url ?? '', 'http://server').searchParams.get('page'));
	json(response, 200, answer(page), NO_LIMIT);
};

const byCursor = (answer: (cursor: number) => unknown): Behaviour => (request, response) => {
	const cursor = Number(new URL(request.url ?? '', 'http://server').searchParams.get('cursor') ?? 0);
	json(response, 200, answer(cursor), NO_LIMIT);
};

const record = (page: number) => ({ id: `r${page}`, name: 'Ana' });

describe('SalesOS', () => {
	it('ends a list that is ever longer than it said after 10,000 pages, and says so', async () => {
		server.behave(numbered((page) => ({ data: [record(page)], meta: { total: 3, total_pages: page + 50 } })));
		const { error, items } = await bench.run('salesOs', server.origin, LEADS);
		expect(error?.message).toMatch(/^The list did not end within 10,000 pages, and reading stopped there. Narrow it with filters/);
		expect(error?.context?.itemIndex).toBe(0);
		expect(items).toEqual([]);
		expect(server.requests.length).toBeGreaterThan(10_000);
		expect(server.requests.length).toBeLessThanOrEqual(10_020);
	}, 180_000);

	it.each([
		['the same page for ever', () => ({ data: [record(1), record(2)], meta: { total: 1_000_000, total_pages: 10_000 } }), 2],
		['empty pages for ever', (page: number) => ({ data: page === 1 ? [record(1)] : [], meta: { total: 1_000_000, total_pages: 10_000 } }), 1],
		['less than the limit in each, with no end in sight', (page: number) => ({ data: [record(page)], meta: { total_pages: 1_000_000 } }), 50],
	])('ends at %s', async (_what, answer, count) => {
		server.behave(numbered(answer));
		const { error, items } = await bench.run('salesOs', server.origin, count === 50 ? { ...LEADS, returnAll: false, limit: 50 } : LEADS);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(count);
		expect(server.requests.length).toBeLessThanOrEqual(count + 20);
	});

	it('ends an API request that reads pages, too', async () => {
		server.behave(numbered((page) => ({ data: Array.from({ length: 100_000 }, (_, index) => ({ id: `${page}-${index}` })), meta: { total_pages: page + 50 } })));
		const request = { resource: 'apiRequest', operation: 'request', method: 'GET', path: '/v1/anything', readPages: true, returnAll: true };
		const { error } = await bench.run('salesOs', server.origin, request);
		expect(error?.message).toContain('The list did not end within 1,000,000 records');
		expect(server.requests.length).toBeLessThan(40);
	}, 180_000);

	it('fills a list in the editor with a thousand entries at most', async () => {
		server.behave(numbered((page) => ({ data: Array.from({ length: 100 }, (_, index) => ({ id: `${page}-${index}`, name: 'Stage' })), meta: { total_pages: page + 50 } })));
		const { results } = await bench.listSearch('salesOs', server.origin, 'searchStages');
		expect(results).toHaveLength(1_000);
		expect(server.requests.length).toBeLessThanOrEqual(20);
	});

	it('registers no trigger at an account of endless webhooks', async () => {
		server.behave(numbered((page) => ({ data: Array.from({ length: 100 }, (_, index) => ({ id: `${page}-${index}`, url: 'https://other.example.com', events: [] })), meta: { total_pages: page + 50 } })));
		const trigger = bench.trigger('salesOs', server.origin);
		await expect(trigger.activate()).rejects.toThrow('SalesOS lists 1000 webhooks or more');
		expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
		expect(server.requests.length).toBeLessThanOrEqual(20);
	});
});

describe('OutboundSync', () => {
	it.each([
		['the same cursor', (cursor: number) => ({ data: [record(cursor)], hasMore: true, nextCursor: '1' }), 2],
		['two cursors in turn', (cursor: number) => ({ data: [record(cursor)], hasMore: true, nextCursor: cursor === 1 ? '2' : '1' }), 3],
	])('ends at %s for ever', async (_what, answer, count) => {
		server.behave(byCursor(answer));
		const { error, items } = await bench.run('outboundSync', server.origin, EVENTS);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(count);
		expect(server.requests.length).toBeLessThanOrEqual(count + 1);
	});

	it('reads pages without records no faster than the rate limit allows, and ends with Max Wait', async () => {
		server.behave(byCursor((cursor) => ({ data: [], hasMore: true, nextCursor: String(cursor + 1) })));
		const { error } = await bench.run('outboundSync', server.origin, { ...EVENTS, returnAll: false, limit: 10, options: { maxWait: 1 } });
		expect(error?.message).toContain('OutboundSync can take this request at');
		expect(server.requests).toHaveLength(120);
	});

	it('takes no cursor that is larger than a request may be', async () => {
		server.behave((request, response) => {
			const isFirst = !request.url?.includes('cursor');
			json(response, 200, { data: [record(isFirst ? 1 : 2)], hasMore: isFirst, nextCursor: 'c'.repeat(1_000_000) }, NO_LIMIT);
		});
		const { error } = await bench.run('outboundSync', server.origin, { ...EVENTS, options: { maxRetries: 0 } });
		expect(error?.message).toMatch(/^OutboundSync /);
		expect((error?.message ?? '').length + (error?.description ?? '').length).toBeLessThan(2_000);
	});
});

import type { IDataObject } from 'n8n-workflow';

import { startBench, type TestBench } from '../../support/bench';
import { byId, doubles, jsonOf, LEAD_FROM_ITEM, pairing, people, requests, writes } from './support';

/** Rate limits, waiting, cancelling and paging, as a workflow meets them. */

const benches: TestBench[] = [];

afterAll(async () => {
	await Promise.all(benches.map(async (bench) => await bench.stop()));
});

/** A bench of its own: the quota that a node has learnt belongs to the sandbox's address. */
async function benchWith(requestsPerWindow: number | null, windowMs = 60_000): Promise<TestBench> {
	const bench = await startBench({ plan: 'enterprise', windowMs });
	bench.sandbox.salesOs.settings.requestsPerWindow = requestsPerWindow;
	benches.push(bench);
	return bench;
}

describe('Max Wait', () => {
	it('puts out what is done; the rest says when to go on', async () => {
		const bench = await benchWith(8);
		const startMs = Date.now();
		const run = await bench.salesOs(
			{ ...LEAD_FROM_ITEM, operation: 'create', options: { maxWait: 2 } },
			{ items: people(20) },
		);
		expect(Date.now() - startMs).toBeLessThan(5_000);
		expect(run.status).toBe('success');
		expect(pairing(run.items)).toEqual(people(20).map((_, index) => index));
		expect(writes(bench.sandbox)).toHaveLength(8);
		const done = jsonOf(run.items).filter(({ id }) => id !== undefined);
		expect(done).toHaveLength(8);
		const left = jsonOf(run.items).filter(({ id }) => id === undefined);
		for (const { details, error } of left) {
			expect(error).toMatch(/SalesOS can take this request at \d{4}-.* at the earliest: the rate limit of your SalesOS plan is used up/);
			const waitMs = Date.parse((details as { retryAt: string }).retryAt) - startMs;
			expect(waitMs).toBeGreaterThan(50_000);
			expect(waitMs).toBeLessThan(66_000);
		}
		expect(run.hints.map(({ message }) => message).join()).toMatch(/8 of 20 items are done\..*"details.retryAt"/);
	});

	it('is an error when nothing is done yet', async () => {
		const bench = await benchWith(8);
		await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(8) });
		const run = await bench.salesOs(
			{ ...LEAD_FROM_ITEM, operation: 'create', options: { maxWait: 2 } },
			{ items: people(3, 'others.example') },
		);
		expect(run.status).toBe('error');
		expect(run.error?.message).toMatch(/at the earliest/);
		expect(run.error?.description).toMatch(/Run the item again then, or raise the option Max Wait/);
		expect(writes(bench.sandbox)).toHaveLength(8);
	});

	it('lets no request through that a "continue" could not send', async () => {
		const bench = await benchWith(5);
		const run = await bench.salesOs(
			{ ...LEAD_FROM_ITEM, operation: 'create', options: { maxWait: 1 } },
			{ items: people(9), settings: { onError: 'continueErrorOutput' } },
		);
		expect(run.outputs[0]).toHaveLength(5);
		expect(jsonOf(run.outputs[1]).map(({ message }) => (message as IDataObject).retryAt)).toEqual(
			Array(4).fill(expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/)),
		);
		expect(requests(bench.sandbox).filter(({ status }) => status === 429)).toEqual([]);
	});
});

it('waits for the window, sends no more than it allows, and says so afterwards', async () => {
	const windowMs = 1_500;
	const bench = await benchWith(6, windowMs);
	const run = await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(20) });
	expect(run.items).toHaveLength(20);
	expect(requests(bench.sandbox).filter(({ status }) => status === 429)).toEqual([]);
	expect(run.hints.map(({ message }) => message)).toEqual([
		expect.stringMatching(/^The node waited \d+ s( in \d+ pauses)? because of the rate limit of your SalesOS plan\. It sent 20 requests in all\.$/),
	]);
});

it.each(['seconds', 'date', 'body'] as const)('obeys a 429 that names its time as %s', async (retryAfter) => {
	const bench = await benchWith(null);
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: 4, count: 1, kind: 'tooManyRequests', retryAfter, retryAfterSeconds: 2 });
	const run = await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(10) });
	expect(run.items).toHaveLength(10);
	expect(doubles(bench.sandbox)).toEqual([]);
	const sends = requests(bench.sandbox, 'POST');
	const limited = sends.find(({ status }) => status === 429);
	const namedMs = (limited?.at ?? 0) + 2_000;
	const early = sends.filter(({ at, id }) => id > (limited?.id ?? 0) && at > (limited?.at ?? 0) + 500 && at < namedMs);
	expect(early).toEqual([]);
	expect(run.hints.map(({ message }) => message).join()).toMatch(/was told to slow down once \(429\)/);
});

it('ends within a second when it is cancelled while it waits', async () => {
	const bench = await benchWith(5);
	const abort = new AbortController();
	const running = bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(30), signal: abort.signal });
	while (writes(bench.sandbox).length < 5) await new Promise((resolve) => setImmediate(resolve));
	const abortedMs = Date.now();
	abort.abort();
	const run = await running;
	expect(Date.now() - abortedMs).toBeLessThan(1_000);
	expect(run.status).toBe('canceled');
	expect(writes(bench.sandbox)).toHaveLength(5);
});

it('ends within a second when it is cancelled while the server is slow', async () => {
	const bench = await benchWith(null);
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 100, kind: 'slow', delayMs: 5_000 });
	const abort = new AbortController();
	const running = bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(3), signal: abort.signal });
	while (writes(bench.sandbox).length < 1) await new Promise((resolve) => setImmediate(resolve));
	const abortedMs = Date.now();
	abort.abort();
	const run = await running;
	expect(Date.now() - abortedMs).toBeLessThan(1_000);
	expect(run.status).toBe('canceled');
});

describe('lists', () => {
	let bench: TestBench;

	beforeAll(async () => {
		bench = await benchWith(null);
		bench.sandbox.salesOs.seedLeads(250);
	});
	beforeEach(() => bench.sandbox.journal.clear());

	it.each([
		{ what: 'all', listing: { returnAll: true }, count: 250, pages: ['1/100', '2/100', '3/100'] },
		{ what: 'the default limit', listing: {}, count: 50, pages: ['1/50'] },
		{ what: 'less than a page', listing: { limit: 7 }, count: 7, pages: ['1/7'] },
		{ what: 'a page and a half', listing: { limit: 150 }, count: 150, pages: ['1/100', '2/100'] },
		{ what: 'more than there are', listing: { limit: 1000 }, count: 250, pages: ['1/100', '2/100', '3/100'] },
	])('of $what take as few requests as they can', async ({ count, listing, pages }) => {
		const run = await bench.salesOs({ resource: 'lead', operation: 'getAll', ...listing });
		expect(run.items).toHaveLength(count);
		expect(new Set(jsonOf(run.items).map(({ id }) => id)).size).toBe(count);
		const asked = requests(bench.sandbox, 'GET').map(({ query }) => `${String(query.page)}/${String(query.per_page)}`);
		expect(asked.sort()).toEqual(pages);
	});

	it('come in the order of the server', async () => {
		const run = await bench.salesOs({ resource: 'lead', operation: 'getAll', returnAll: true, filters: { sort: 'email' } });
		const emails = jsonOf(run.items).map(({ email }) => String(email));
		expect(emails).toEqual([...emails].sort());
	});

	it('give one error, not many, when a page cannot be had', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', path: '/v1/leads', everyNth: 2, count: 1, kind: 'serverError' });
		const run = await bench.salesOs({ resource: 'lead', operation: 'getAll', returnAll: true });
		expect(run.status).toBe('error');
		expect(run.error?.httpCode).toBe('500');
	});
});

it('fills the lists of the editor, and searches in them', async () => {
	const bench = await benchWith(null);
	bench.sandbox.salesOs.seedLeads(120);
	bench.sandbox.salesOs.seedDeals(3);
	const origin = bench.sandbox.salesOs.origin;
	const { audience, authOrigin, clientId, clientSecret } = bench.sandbox.salesOs;
	const salesOsOAuth2Api = bench.engine.credentials.add('salesOsOAuth2Api', {
		grantType: 'clientCredentials',
		environment: 'custom',
		baseUrl: origin,
		authBaseUrl: authOrigin,
		clientId,
		clientSecret,
		audience,
	});
	const search = async (method: string, filter?: string, paginationToken?: string) =>
		await bench.engine.listSearch({ type: 'salesOs', credentials: { salesOsOAuth2Api }, method, filter, paginationToken });

	const first = await search('searchLeads');
	expect(first.results).toHaveLength(50);
	expect(first.paginationToken).toBe('2');
	expect((await search('searchLeads', undefined, '3')).paginationToken).toBeUndefined();
	expect((await search('searchLeads', 'lead17@')).results.map(({ name }) => name)).toEqual([expect.stringMatching(/\(lead17@seed1.example\)$/)]);
	expect((await search('searchUsers', 'teixeira')).results.map(({ name }) => name)).toEqual(['Marcos Teixeira (marcos.teixeira@sandbox.example)']);
	expect((await search('searchUsers', 'seixas')).results.map(({ name }) => name)).toEqual([expect.stringMatching(/^Otávio Seixas \(deactivated, otavio\.seixas@/)]);
	const users = (await search('searchUsers')).results.map(({ name }) => name);
	expect(users).toEqual([...users].sort((one, other) => one.localeCompare(other)));
	expect(users).toHaveLength(bench.sandbox.salesOs.state.users.all().length);
	expect((await search('searchTeams', 'field')).results.map(({ name }) => name)).toEqual(['Field Sales']);
	expect((await search('searchStages', 'closed')).results.map(({ name }) => name)).toEqual(['Closed Won', 'Closed Lost']);
	expect((await search('searchDeals')).results).toHaveLength(3);

	await bench.salesOs({ resource: 'lead', operation: 'delete', leadId: byId(String(first.results[0].value)) });
	expect((await search('searchLeads', undefined, '3')).results).toHaveLength(19);

	for (const [index, note] of ['Imports', null].entries()) {
		bench.sandbox.salesOs.state.webhooks.put({
			id: `3b000000-0000-4000-a000-00000000000${index}`,
			url: `https://flows.example/webhook/${index}`,
			events: ['lead.created'],
			secret: null,
			description: note,
			active: true,
			dashboard: null,
			consecutive_failures: 0,
			created_at: '2026-01-05T12:00:00.000Z',
			updated_at: '2026-01-05T12:00:00.000Z',
		});
	}
	expect((await search('searchWebhooks')).results.map(({ name }) => name).sort()).toEqual([
		'https://flows.example/webhook/0 (Imports)',
		'https://flows.example/webhook/1',
	]);
});

it('a list that cannot be loaded says why', async () => {
	const bench = await benchWith(null);
	const { audience, authOrigin, clientId, clientSecret, origin } = bench.sandbox.salesOs;
	const salesOsOAuth2Api = bench.engine.credentials.add('salesOsOAuth2Api', {
		grantType: 'clientCredentials',
		environment: 'custom',
		baseUrl: origin,
		authBaseUrl: authOrigin,
		clientId,
		clientSecret,
		audience,
	});
	bench.sandbox.faults.add({
		vendor: 'salesOs',
		kind: 'answer',
		status: 403,
		body: '{"error": {"code": "FORBIDDEN", "message": "Missing scope"}}',
	});
	await expect(
		bench.engine.listSearch({ type: 'salesOs', credentials: { salesOsOAuth2Api }, method: 'searchTeams' }),
	).rejects.toMatchObject({ message: 'SalesOS refused the request: Missing scope', description: expect.stringMatching(/lacks the scope/) });
});

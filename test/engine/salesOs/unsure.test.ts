import { startBench, type TestBench } from '../../support/bench';
import { until } from '../../support/until';
import { byId, byName, doubles, jsonOf, LEAD_FROM_ITEM, people, requests, writes } from './support';

/** What is not known, and what others do meanwhile: clocks that differ, other executions, cancelled waits. */

const benches: TestBench[] = [];

afterEach(async () => {
	await Promise.all(benches.splice(0).map(async (bench) => await bench.stop()));
});

async function benchWith(options: Parameters<typeof startBench>[0] = {}): Promise<TestBench> {
	const bench = await startBench({ plan: 'enterprise', ...options });
	benches.push(bench);
	return bench;
}

const ANA = { name: 'Ana', email: 'ana@people.example' };
const CREATE = { resource: 'lead', operation: 'create', ...ANA };
const lose = ({ sandbox }: TestBench, kind: 'resetAfterWork' | 'resetBeforeWork' | 'serverError', method = 'POST', count = 1) =>
	sandbox.faults.add({ vendor: 'salesOs', method, kind, count });

describe('a lead whose creation is unclear', () => {
	it.each([-3_600_000, -10_000, 10_000, 3_600_000])('is found although the server’s clock is off by %d ms', async (skewMs) => {
		const bench = await benchWith({ clock: { now: () => Date.now() + skewMs } });
		lose(bench, 'resetAfterWork');
		const run = await bench.salesOs(CREATE);
		expect(jsonOf(run.items)).toMatchObject([ANA]);
		expect(requests(bench.sandbox, 'POST', '/v1/leads')).toHaveLength(1);
		expect(doubles(bench.sandbox)).toEqual([]);
	});

	it.each([-10_000, 10_000])('is created when it is not there, although the clock is off by %d ms', async (skewMs) => {
		const bench = await benchWith({ clock: { now: () => Date.now() + skewMs } });
		bench.sandbox.salesOs.addLead({ ...ANA, created_at: new Date(Date.now() + skewMs - 60_000).toISOString() });
		lose(bench, 'serverError');
		const run = await bench.salesOs(CREATE);
		expect(run.error).toBeUndefined();
		expect(bench.sandbox.salesOs.state.leads.all()).toHaveLength(2);
	});

	it('is not taken for one that another execution has just created', async () => {
		const bench = await benchWith();
		await bench.salesOs({ ...CREATE, name: 'First' });
		lose(bench, 'serverError');
		const run = await bench.salesOs({ ...CREATE, name: 'Second' });
		expect(jsonOf(run.items)).toMatchObject([{ name: 'Second' }]);
		expect(bench.sandbox.salesOs.state.leads.all().map(({ name }) => name)).toEqual(['First', 'Second']);
	});

	it.each([
		[0, 1],
		[1, 2],
		[5, 4],
	])('is sent no more often than Max Retries says: %d', async (maxRetries, sends) => {
		const bench = await benchWith();
		lose(bench, 'serverError', 'POST', 99);
		const run = await bench.salesOs({ ...CREATE, options: { maxRetries } });
		expect(run.error?.message).toContain('The lead was looked up each time and is not there');
		expect(requests(bench.sandbox, 'POST', '/v1/leads')).toHaveLength(sends);
	});
});

describe('a cancelled execution', () => {
	it('ends within a second while another one holds the email', async () => {
		const bench = await benchWith();
		bench.sandbox.salesOs.settings.requestsPerWindow = 2;
		await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: people(2) });
		const holder = new AbortController();
		const holding = bench.salesOs(CREATE, { signal: holder.signal });
		const waiter = new AbortController();
		const waiting = bench.salesOs(CREATE, { signal: waiter.signal });
		const startMs = Date.now();
		waiter.abort();
		expect((await waiting).status).toBe('canceled');
		expect(Date.now() - startMs).toBeLessThan(1_000);
		holder.abort();
		await holding;
		expect(writes(bench.sandbox)).toHaveLength(2);
	});

	it('says that a lost write may have been carried out', async () => {
		const bench = await benchWith();
		const [lead] = bench.sandbox.salesOs.seedLeads(1);
		lose(bench, 'resetAfterWork', 'DELETE', 99);
		const stop = new AbortController();
		const deleting = bench.salesOs(
			{ resource: 'lead', operation: 'delete', leadId: byId(lead.id) },
			{ signal: stop.signal, settings: { onError: 'continueRegularOutput' } },
		);
		await until('the request', () => requests(bench.sandbox, 'DELETE').length > 0);
		stop.abort();
		const run = await deleting;
		expect(JSON.stringify(run.raw)).toContain('may or may not have been carried out');
		expect(JSON.stringify(run.raw)).not.toContain('before the request was sent');
	});
});

it('stages that cannot be read are asked for once, however many items name one', async () => {
	const bench = await benchWith();
	bench.sandbox.faults.add({ vendor: 'salesOs', path: '/v1/stages', count: Infinity, kind: 'serviceUnavailable' });
	const run = await bench.salesOs(
		{ resource: 'deal', operation: 'move', dealId: byId('3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93'), stageId: byName('Proposal'), options: { maxRetries: 1 } },
		{ items: people(30), settings: { onError: 'continueRegularOutput' } },
	);
	expect(run.items).toHaveLength(30);
	expect(new Set(run.items.map(({ json }) => String(json.error))).size).toBe(1);
	expect(requests(bench.sandbox, 'GET', '/v1/stages')).toHaveLength(2);
});

it('a bulk run sees what other nodes of this n8n do to the leads meanwhile', async () => {
	const bench = await benchWith();
	const items = people(40).map((person) => ({ ...person, phone: '1' }));
	const leads = items.map((item) => bench.sandbox.salesOs.addLead({ ...item, company: 'old' }));
	bench.sandbox.settings.latencyMs = 20;
	const additionalFields = { phone: '={{ $json.phone }}', company: 'new' };
	const running = bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'upsert', additionalFields, options: { maxConcurrency: 1 } }, { items });
	await until('the first write', () => writes(bench.sandbox).length > 0);
	await bench.salesOs({ resource: 'lead', operation: 'update', leadId: byId(leads[39].id), updateFields: { company: 'new', phone: '2' } });
	await bench.salesOs({ resource: 'lead', operation: 'delete', leadId: byId(leads[38].id) });
	await bench.salesOs({ resource: 'lead', operation: 'update', leadId: byId(leads[37].id), updateFields: { phone: '3' } });
	const run = await running;
	expect(run.error).toBeUndefined();
	expect(run.items).toHaveLength(40);
	const now = bench.sandbox.salesOs.state.leads.all();
	expect(now).toHaveLength(40);
	expect(now.map(({ company, phone }) => `${company} ${phone}`)).toEqual(Array(40).fill('new 1'));
});

it('a 429 that asks for days ends at once, with the time to go on', async () => {
	const bench = await benchWith();
	const headers = { 'retry-after': '172800', 'x-ratelimit-limit': 'x' };
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', count: 9, kind: 'answer', status: 429, headers, body: '{"error": {"message": "Monthly quota"}}' });
	const startMs = Date.now();
	const run = await bench.salesOs({ resource: 'stage', operation: 'getAll' });
	expect(run.error?.message).toMatch(/^SalesOS can take this request at .* at the earliest/);
	const { retryAt } = run.error?.context?.details as { retryAt: string };
	expect(Date.parse(retryAt) - startMs).toBeGreaterThan(172_000_000);
	expect(requests(bench.sandbox, 'GET', '/v1/stages')).toHaveLength(1);
});

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startBench, type TestBench } from '../../support/bench';
import { doubles, jsonOf, LEAD_FROM_ITEM, pairing, people, requests, writes } from './support';

/** Create or Update: by email, in bulk, and when the same email comes from several sides. */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise', windowMs: 4_000 });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const UPSERT: INodeParameters = { ...LEAD_FROM_ITEM, operation: 'upsert' };
const WITH_PHONE: INodeParameters = { ...UPSERT, additionalFields: { phone: '={{ $json.phone }}' } };

const searches = () => requests(bench.sandbox, 'GET', '/v1/leads').filter(({ query }) => query.search !== undefined);
const pages = () => requests(bench.sandbox, 'GET', '/v1/leads').filter(({ query }) => query.search === undefined);
const leads = () => bench.sandbox.salesOs.state.leads.all();

describe('the same email twice', () => {
	it('in one run makes one lead, written in the order of the input', async () => {
		const items = Array.from({ length: 12 }, (_, index) => ({ name: 'Ana', email: index % 2 ? 'ANA@people.example' : 'ana@people.example', phone: `+55 ${index}` }));
		const run = await bench.salesOs(WITH_PHONE, { items });
		expect(leads()).toMatchObject([{ name: 'Ana', phone: '+55 11' }]);
		expect(jsonOf(run.items).map(({ phone }) => phone)).toEqual(items.map(({ phone }) => phone));
		expect(writes(bench.sandbox).map(({ body, method }) => `${method} ${String((body as IDataObject).phone)}`)).toEqual(
			items.map(({ phone }, index) => `${index === 0 ? 'POST' : 'PATCH'} ${phone}`),
		);
	});

	it.each(['automatic', 'always', 'never'])('in one run that matches in bulk: %s', async (matchInBulk) => {
		const items = [...people(30), ...people(30).map((person) => ({ ...person, phone: 'second' }))];
		const run = await bench.salesOs({ ...WITH_PHONE, options: { matchInBulk } }, { items });
		expect(run.items).toHaveLength(60);
		expect(leads()).toHaveLength(30);
		expect(leads().every(({ phone }) => phone === 'second')).toBe(true);
	});

	it.each(['automatic', 'never'])('in two runs at the same time that match in bulk: %s', async (matchInBulk) => {
		const items = people(60);
		const runs = await Promise.all(
			[items, [...items].reverse()].map(async (own) => await bench.salesOs({ ...UPSERT, options: { matchInBulk } }, { items: own })),
		);
		expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
		expect(runs.map(({ items: { length } }) => length)).toEqual([60, 60]);
		expect(doubles(bench.sandbox)).toEqual([]);
		expect(leads()).toHaveLength(60);
	});

	it('created by another run after the list was read is found, not created again', async () => {
		const items = people(40);
		bench.sandbox.settings.latencyMs = 20;
		try {
			const upserting = bench.salesOs({ ...UPSERT, options: { maxConcurrency: 1 } }, { items });
			while (writes(bench.sandbox).length === 0) await new Promise((resolve) => setImmediate(resolve));
			await bench.salesOs({ ...UPSERT, operation: 'create' }, { items: items.slice(-3) });
			const run = await upserting;
			expect(run.error).toBeUndefined();
		} finally {
			bench.sandbox.settings.latencyMs = 0;
		}
		expect(pages()).toHaveLength(1);
		expect(searches().map(({ query }) => query.search)).toEqual(items.slice(-3).map(({ email }) => email));
		expect(doubles(bench.sandbox)).toEqual([]);
		expect(leads()).toHaveLength(40);
	});
});

describe('unchanged leads', () => {
	const additionalFields = {
		company: 'Aurora',
		tags: 'b, a',
		customFields: { pairs: [{ key: 'region', value: 'south' }] },
	};

	it('are not written, and come out as they are', async () => {
		const lead = bench.sandbox.salesOs.addLead({
			name: 'Ana',
			email: 'ana@people.example',
			company: 'Aurora',
			tags: ['a', 'b'],
			custom_fields: { region: 'south', floor: 3 },
		});
		const run = await bench.salesOs({ ...UPSERT, additionalFields }, { items: [{ name: 'Ana', email: 'Ana@People.example' }] });
		expect(jsonOf(run.items)).toEqual([lead]);
		expect(writes(bench.sandbox)).toEqual([]);
	});

	it.each([
		{ what: 'another name', change: { name: 'Ana Souza' } },
		{ what: 'another tag', change: { tags: ['a', 'c'] } },
		{ what: 'another value of a custom field', change: { custom_fields: { region: 'north' } } },
		{ what: 'no such custom field yet', change: { custom_fields: {} } },
		{ what: 'an empty field', change: { company: null } },
	])('are written once they have $what', async ({ change }) => {
		bench.sandbox.salesOs.addLead({
			name: 'Ana',
			email: 'ana@people.example',
			company: 'Aurora',
			tags: ['a', 'b'],
			custom_fields: { region: 'south' },
			...change,
		});
		await bench.salesOs({ ...UPSERT, additionalFields }, { items: [{ name: 'Ana', email: 'ana@people.example' }] });
		expect(writes(bench.sandbox).map(({ method }) => method)).toEqual(['PATCH']);
	});
});

describe('in bulk', () => {
	it('reads the leads page by page once, and writes what differs', async () => {
		const seeded = bench.sandbox.salesOs.seedLeads(420);
		const items = [
			...seeded.slice(0, 50).map(({ email, name }) => ({ email, name })),
			...seeded.slice(100, 130).map(({ email, name }) => ({ email: email.toUpperCase(), name: `${name} Jr` })),
			...people(20),
		];
		const run = await bench.salesOs({ ...UPSERT, options: { addReportItem: true } }, { items });
		expect(pages().map(({ query }) => query.page).sort()).toEqual(['1', '2', '3', '4', '5']);
		expect(searches()).toEqual([]);
		expect(requests(bench.sandbox, 'PATCH')).toHaveLength(30);
		expect(requests(bench.sandbox, 'POST')).toHaveLength(20);
		expect(leads()).toHaveLength(440);
		expect(pairing(run.items).slice(0, 100)).toEqual(items.map((_, index) => index));
		expect(run.items[100].json).toEqual({ report: { created: 20, updated: 30, unchanged: 50, refused: 0, unknown: 0, postponed: 0 } });
		expect(run.items[100].pairedItem).toEqual(items.map((_, item) => ({ item })));
	});

	it('searches instead where the list is longer than that would be, having read its first page', async () => {
		bench.sandbox.salesOs.seedLeads(2_501);
		await bench.salesOs(UPSERT, { items: people(25) });
		expect(pages()).toHaveLength(1);
		expect(searches()).toHaveLength(25);
	});

	it('searches for a few emails without looking at the list', async () => {
		await bench.salesOs(UPSERT, { items: people(19) });
		expect(pages()).toEqual([]);
		expect(searches()).toHaveLength(19);
	});

	it('always, if told so', async () => {
		bench.sandbox.salesOs.seedLeads(301);
		await bench.salesOs({ ...UPSERT, options: { matchInBulk: 'always' } }, { items: people(2) });
		expect(pages()).toHaveLength(4);
		expect(searches()).toEqual([]);
	});

	it('never, if told so', async () => {
		await bench.salesOs({ ...UPSERT, options: { matchInBulk: 'never' } }, { items: people(40) });
		expect(pages()).toEqual([]);
		expect(searches()).toHaveLength(40);
	});

	it('refuses an email with two leads, as a search would', async () => {
		const items = people(30);
		bench.sandbox.salesOs.addLead(items[3]);
		bench.sandbox.salesOs.addLead({ ...items[3], email: items[3].email.toUpperCase() });
		const run = await bench.salesOs(
			{ ...UPSERT, options: { addReportItem: true } },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);
		expect(searches()).toEqual([]);
		expect(run.items[3].json.error).toMatch(/^Email belongs to 2 leads/);
		expect(run.items[30].json).toEqual({ report: { created: 29, updated: 0, unchanged: 0, refused: 1, unknown: 0, postponed: 0 } });
	});

	it('does not take a lead for missing when leads were deleted during the reading', async () => {
		const seeded = bench.sandbox.salesOs.seedLeads(350);
		// The list shrinks between page 1 and the others, so that leads slip over the pages' edges.
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', path: '/v1/leads', everyNth: 2, count: 1, kind: 'slow', delayMs: 300 });
		const items = seeded.slice(60).map(({ email, name }) => ({ email, name }));
		const running = bench.salesOs({ ...UPSERT, options: { maxConcurrency: 1 } }, { items });
		while (pages().length < 2) await new Promise((resolve) => setImmediate(resolve));
		for (const { id } of seeded.slice(0, 40)) bench.sandbox.salesOs.state.leads.remove(id);
		const run = await running;
		expect(run.error).toBeUndefined();
		expect(doubles(bench.sandbox)).toEqual([]);
		expect(leads()).toHaveLength(310);
		expect(requests(bench.sandbox, 'POST')).toEqual([]);
		// Only those that slipped away were searched for.
		expect(searches().length).toBeGreaterThan(0);
		expect(searches().length).toBeLessThanOrEqual(40);
	});

	it('falls back to searching when the list cannot be read', async () => {
		bench.sandbox.salesOs.seedLeads(150);
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', path: '/v1/leads', everyNth: 2, count: 1, kind: 'serverError' });
		const run = await bench.salesOs(UPSERT, { items: people(30) });
		expect(run.error).toBeUndefined();
		expect(searches()).toHaveLength(30);
		expect(leads()).toHaveLength(180);
	});

	it('looks an email up again after a write whose outcome is not known', async () => {
		const [ana, ...others] = people(25);
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
		const run = await bench.salesOs(
			{ ...WITH_PHONE, options: { onUnknownOutcome: 'error', maxConcurrency: 1 } },
			{ items: [ana, { ...ana, phone: '+55' }, ...others], settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.items[0].json.error).toMatch(/^It is not known whether SalesOS carried out the request/);
		expect(run.items[1].json).toMatchObject({ email: ana.email, phone: '+55' });
		expect(searches()).toHaveLength(1);
		expect(doubles(bench.sandbox)).toEqual([]);
		expect(leads()).toHaveLength(25);
	});

	it('leaves out the report unless it is asked for', async () => {
		const run = await bench.salesOs(UPSERT, { items: people(3) });
		expect(run.items).toHaveLength(3);
	});

	it('counts in the report what is left for later', async () => {
		const small = await startBench({ plan: 'enterprise' });
		try {
			small.sandbox.salesOs.settings.requestsPerWindow = 10;
			const run = await small.salesOs(
				{ ...UPSERT, options: { addReportItem: true, maxWait: 1, maxConcurrency: 1 } },
				{ items: people(12) },
			);
			expect(run.items.at(-1)?.json).toEqual({ report: { created: 5, updated: 0, unchanged: 0, refused: 0, unknown: 0, postponed: 7 } });
		} finally {
			await small.stop();
		}
	});
});

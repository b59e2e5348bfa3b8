import type { INodeParameters } from 'n8n-workflow';

import { seedUsers } from '../../../sandbox/salesOs/seed';
import { startBench, type TestBench } from '../../support/bench';
import { doubles, jsonOf, LEAD_FROM_ITEM, pairing, people, requests, writes } from './support';

/** n8n's setting Retry On Fail calls the node again with all items: what is done must stay done. */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise', windowMs: 4_000 });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const CREATE: INodeParameters = { ...LEAD_FROM_ITEM, operation: 'create' };
const THREE_TRIES = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;

const hints = (run: { hints: Array<{ message: string }> }) => run.hints.map(({ message }) => message).join('\n');

it('three tries create each lead once', async () => {
	// The first two tries meet one refusal each.
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: 8, count: 2, kind: 'answer', status: 409, body: '{"error": {"message": "Busy"}}' });
	const run = await bench.salesOs({ ...CREATE, options: { maxConcurrency: 3 } }, { items: people(25), settings: THREE_TRIES });
	expect(run.status).toBe('success');
	expect(pairing(run.items)).toEqual(people(25).map((_, index) => index));
	expect(jsonOf(run.items).map(({ email }) => email)).toEqual(people(25).map(({ email }) => email));
	expect(bench.sandbox.salesOs.state.leads.all()).toHaveLength(25);
	expect(doubles(bench.sandbox)).toEqual([]);
	// 25 that were taken and the two that were refused.
	expect(requests(bench.sandbox, 'POST')).toHaveLength(27);
	expect(hints(run)).toMatch(/Retry On Fail ran this node again\. \d+ items that an earlier try had settled were not sent a second time\./);
});

it('three tries that all fail leave each finished lead written once', async () => {
	const items = people(10).map((person, index) => (index === 6 ? { ...person, extra: { status: 'hot' } } : person));
	const run = await bench.salesOs(
		{ ...CREATE, additionalFields: { additionalBodyFields: '={{ $json.extra }}' }, options: { maxConcurrency: 1 } },
		{ items, settings: THREE_TRIES },
	);
	expect(run.status).toBe('error');
	expect(run.error?.description?.match(/6 of the 10 items were already done/g)).toHaveLength(1);
	expect(requests(bench.sandbox, 'POST')).toHaveLength(6 + 3);
	expect(bench.sandbox.salesOs.state.leads.all()).toHaveLength(6);
});

it('with "continue", a failed first item makes n8n try again, and only what failed is sent again', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'answer', status: 409, body: '{"error": {"message": "Busy"}}' });
	const run = await bench.salesOs(
		{ ...CREATE, options: { maxConcurrency: 1 } },
		{ items: people(5), settings: { ...THREE_TRIES, onError: 'continueRegularOutput' } },
	);
	expect(jsonOf(run.items).map(({ email }) => email)).toEqual(people(5).map(({ email }) => email));
	expect(requests(bench.sandbox, 'POST')).toHaveLength(6);
});

it('with "continue", a first item that stays wrong comes out as its own error in the end', async () => {
	const items = people(4).map((person, index) => (index === 0 ? { ...person, email: 'nobody' } : person));
	const run = await bench.salesOs(CREATE, { items, settings: { ...THREE_TRIES, onError: 'continueRegularOutput' } });
	expect(run.items[0].json).toEqual({
		error: 'Email is not an email address: "nobody"',
		details: { description: 'Enter one address, such as name@example.com.' },
	});
	expect(pairing(run.items)).toEqual([0, 1, 2, 3]);
	expect(requests(bench.sandbox, 'POST')).toHaveLength(3);
});

it('does not repeat a write whose outcome is not known', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: 3, count: 1, kind: 'serverErrorAfterWork' });
	const run = await bench.salesOs(
		{ resource: 'deal', operation: 'create', name: '={{ $json.name }}', options: { maxConcurrency: 1 } },
		{ items: people(5), settings: THREE_TRIES },
	);
	expect(run.status).toBe('error');
	expect(run.error?.message).toMatch(/^It is not known whether SalesOS carried out the request/);
	expect(writes(bench.sandbox)).toHaveLength(3);
	expect(bench.sandbox.salesOs.state.deals.all()).toHaveLength(3);
});

it('sends no entry of a finished batch again', async () => {
	const items = Array.from({ length: 1_200 }, (_, index) => ({ id: `call-${index}` }));
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: 2, count: 1, kind: 'serverError' });
	const run = await bench.salesOs(
		{ resource: 'activity', operation: 'sync', activityCode: '001', externalId: '={{ $json.id }}', collaboratorEmail: seedUsers[3].email },
		{ items, settings: THREE_TRIES },
	);
	expect(run.status).toBe('success');
	expect(jsonOf(run.items).map(({ result }) => result)).toEqual(Array(1_200).fill('processed'));
	expect(requests(bench.sandbox, 'POST').map(({ body }) => (body as { activities: unknown[] }).activities.length)).toEqual([1_000, 200, 200]);
});

it('counts the leads of all tries in the report', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: 5, count: 1, kind: 'answer', status: 409, body: '{"error": {"message": "Busy"}}' });
	const run = await bench.salesOs(
		{ ...LEAD_FROM_ITEM, operation: 'upsert', options: { addReportItem: true, maxConcurrency: 1 } },
		{ items: people(9), settings: THREE_TRIES },
	);
	expect(run.items.at(-1)?.json).toEqual({ report: { created: 9, updated: 0, unchanged: 0, refused: 0, unknown: 0, postponed: 0 } });
});

it('a second run over the same items is a run of its own', async () => {
	const items = people(3);
	await bench.salesOs(CREATE, { items, settings: THREE_TRIES });
	await bench.salesOs(CREATE, { items, settings: THREE_TRIES });
	expect(bench.sandbox.salesOs.state.leads.all()).toHaveLength(6);
});

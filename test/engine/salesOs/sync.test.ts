import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { seedUsers } from '../../../sandbox/salesOs/seed';
import { startBench, type TestBench } from '../../support/bench';
import { jsonOf, pairing, requests } from './support';

/** Activities and collaborators: many items in one request, a result for each. */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise', windowMs: 4_000 });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const SYNC_ACTIVITIES: INodeParameters = {
	resource: 'activity',
	operation: 'sync',
	activityCode: '={{ $json.code }}',
	externalId: '={{ $json.id }}',
	collaboratorEmail: '={{ $json.email }}',
	additionalFields: { data: '={{ $json.data }}', additionalBodyFields: '={{ $json.more }}' },
};
const SYNC_COLLABORATORS: INodeParameters = {
	resource: 'collaborator',
	operation: 'sync',
	externalId: '={{ $json.id }}',
	name: '={{ $json.name }}',
	email: '={{ $json.email }}',
	additionalFields: { additionalBodyFields: '={{ $json.more }}' },
};

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const rep = seedUsers[3].email;

function activities(count: number): Array<{ code: string; id: string; email: string; data?: IDataObject; more?: IDataObject }> {
	return Array.from({ length: count }, (_, index) => ({ code: '001', id: `call-${index}`, email: rep }));
}

function collaborators(count: number): Array<{ id: string; name: string; email: string; more?: IDataObject }> {
	return Array.from({ length: count }, (_, index) => ({ id: `emp-${index}`, name: `Person ${index}`, email: `person${index}@people.example` }));
}

/** How many entries each request carried. */
function carried(): number[] {
	return requests(bench.sandbox, 'POST').map(({ body }) => {
		const { activities: some, collaborators: others } = body as Record<string, unknown[] | undefined>;
		return (some ?? others ?? []).length;
	});
}

describe('requests', () => {
	it('carry at most 1,000 activities', async () => {
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(2_100) });
		expect(carried()).toEqual([1_000, 1_000, 100]);
		expect(pairing(run.items)).toEqual(activities(2_100).map((_, index) => index));
		expect(new Set(jsonOf(run.items).map(({ result }) => result))).toEqual(new Set(['processed']));
		expect(jsonOf(run.items).map(({ external_id }) => external_id)).toEqual(activities(2_100).map(({ id }) => id));
		expect(bench.sandbox.salesOs.state.activities.all()).toHaveLength(2_100);
	});

	it('carry at most 500 collaborators', async () => {
		const run = await bench.salesOs(SYNC_COLLABORATORS, { items: collaborators(1_001) });
		expect(carried()).toEqual([500, 500, 1]);
		expect(run.items).toHaveLength(1_001);
		expect(bench.sandbox.salesOs.state.collaborators.all()).toHaveLength(1_001);
	});

	it('have at most 1 MB, counted in bytes', async () => {
		// 3 bytes each in UTF-8, so that counting characters would fit three times as many.
		const items = activities(100).map((activity) => ({ ...activity, data: { note: '€'.repeat(10_000) } }));
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items });
		expect(run.error).toBeUndefined();
		expect(carried()).toEqual([33, 33, 33, 1]);
		expect(requests(bench.sandbox, 'POST').map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		const bytes = requests(bench.sandbox, 'POST').map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
		expect(Math.max(...bytes)).toBeLessThanOrEqual(1_000_000);
		expect(Math.max(...bytes)).toBeGreaterThan(960_000);
	});

	it('leave out an item that is too large on its own', async () => {
		const items = activities(5).map((activity, index) => (index === 2 ? { ...activity, data: { note: 'x'.repeat(1_000_000) } } : activity));
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items, settings: CONTINUE });
		expect(jsonOf(run.items).map(({ error, result }) => result ?? error)).toEqual([
			'processed',
			'processed',
			expect.stringMatching(/too large for SalesOS: its body has 1000\d+ bytes, and at most 1000000 are taken/),
			'processed',
			'processed',
		]);
	});

	it('are repeated after a fault, for SalesOS takes each activity once', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'resetAfterWork' });
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(3) });
		expect(carried()).toEqual([3, 3]);
		expect(jsonOf(run.items).map(({ result }) => result)).toEqual(['duplicate', 'duplicate', 'duplicate']);
		expect(bench.sandbox.salesOs.state.activities.all()).toHaveLength(3);
	});

	it('of collaborators are repeated too, and create nobody twice', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'truncatedJson' });
		const run = await bench.salesOs(SYNC_COLLABORATORS, { items: collaborators(3) });
		expect(carried()).toEqual([3, 3]);
		expect(jsonOf(run.items).map(({ result }) => result)).toEqual(['existing', 'existing', 'existing']);
		expect(bench.sandbox.salesOs.state.collaborators.all()).toHaveLength(3);
	});
});

describe('results', () => {
	it('tell a repetition within the request from the first one', async () => {
		const [first, second, third] = activities(3);
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: [first, second, first, third, second] });
		expect(jsonOf(run.items).map(({ result }) => result)).toEqual(['processed', 'processed', 'duplicate', 'processed', 'duplicate']);
	});

	it('say "accepted" where the answer does not tell new from known, with its counts', async () => {
		await bench.salesOs(SYNC_ACTIVITIES, { items: activities(2) });
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(5) });
		for (const { batch, result } of jsonOf(run.items)) {
			expect(result).toBe('accepted');
			expect(batch).toEqual({ processed: 3, skipped: 0, duplicates: 2, errors: [], total: 5 });
		}
		const again = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(5) });
		expect(jsonOf(again.items).map(({ result }) => result)).toEqual(Array(5).fill('duplicate'));
	});

	it('name the skipped ones where the texts of the answer and its counts agree', async () => {
		const items = activities(4).map((activity, index) => (index % 2 ? { ...activity, email: `nobody${index}@people.example` } : activity));
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items });
		expect(jsonOf(run.items).map(({ reason, result }) => [result, reason])).toEqual([
			['processed', undefined],
			['skipped', 'Activity 1: no collaborator with the email nobody1@people.example'],
			['processed', undefined],
			['skipped', 'Activity 3: no collaborator with the email nobody3@people.example'],
		]);
	});

	it('say "undetermined" where something was not taken and nothing tells what', async () => {
		const items = collaborators(3).map((person, index) => (index === 1 ? { ...person, more: { document: 'x'.repeat(21) } } : person));
		const run = await bench.salesOs(SYNC_COLLABORATORS, { items });
		for (const { batch, result } of jsonOf(run.items)) {
			expect(result).toBe('undetermined');
			expect(batch).toMatchObject({ created: 2, existing: 0, total: 3, errors: [expect.stringMatching(/document/)] });
		}
	});

	it('are an error for a collaborator that was not taken', async () => {
		const [person] = collaborators(1);
		const run = await bench.salesOs(SYNC_COLLABORATORS, { items: [{ ...person, more: { document: 'x'.repeat(21) } }] });
		expect(run.error?.message).toBe(
			'SalesOS did not take this item: Collaborator 0: document must be a string of at most 20 characters',
		);
	});
});

describe('a refusal that names entries', () => {
	const items = activities(6).map((activity, index) => (index === 1 || index === 4 ? { ...activity, more: { occurred_at: 'soon' } } : activity));

	it('fails those, and the others are sent again without them', async () => {
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items, settings: CONTINUE });
		expect(carried()).toEqual([6, 4]);
		expect(pairing(run.items)).toEqual([0, 1, 2, 3, 4, 5]);
		expect(jsonOf(run.items).map(({ error, result }) => result ?? error)).toEqual([
			'processed',
			'SalesOS refused the request: occurred_at: must be an ISO 8601 date-time',
			'processed',
			'processed',
			'SalesOS refused the request: occurred_at: must be an ISO 8601 date-time',
			'processed',
		]);
		expect(run.items[4].json.details).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', requestId: expect.stringMatching(/^req_/) });
		expect(bench.sandbox.salesOs.state.activities.all()).toHaveLength(4);
	});

	it('stops the run without "continue", and says how many are done', async () => {
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items });
		expect(run.error?.context?.itemIndex).toBe(1);
		expect(run.error?.description).toMatch(/4 of the 6 items were already done/);
	});

	it('about the request as a whole fails all of its items, and no other', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'answer', status: 400, body: '{"error": {"code": "VALIDATION_ERROR", "message": "Not today"}}' });
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(1_002), settings: CONTINUE });
		expect(carried()).toEqual([1_000, 2]);
		expect(jsonOf(run.items).filter(({ error }) => error === 'SalesOS refused the request: Not today')).toHaveLength(1_000);
		expect(jsonOf(run.items).slice(-2).map(({ result }) => result)).toEqual(['processed', 'processed']);
	});

	it('by an index that no entry has is about the request as a whole', async () => {
		const body = '{"error": {"message": "No", "details": [{"index": 9, "message": "x"}, {"index": -1, "message": "y"}]}}';
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'answer', status: 400, body, count: 5 });
		const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(3) });
		expect(run.error?.message).toBe('SalesOS refused the request: No');
		expect(carried()).toEqual([3]);
	});
});

it('checks every item before the first request', async () => {
	const items = activities(1_500).map((activity, index) => (index === 1_400 ? { ...activity, email: 'nobody' } : activity));
	const run = await bench.salesOs(SYNC_ACTIVITIES, { items });
	expect(run.error?.message).toMatch(/^Collaborator Email is not an email address/);
	expect(bench.sandbox.journal.list()).toEqual([]);
});

it('mentions the vendor’s wish to be asked before very large imports', async () => {
	const run = await bench.salesOs(SYNC_ACTIVITIES, { items: activities(10_001) });
	expect(carried()).toHaveLength(11);
	expect(run.hints.map(({ message }) => message).join()).toMatch(/10001 records.*contact support/);
});

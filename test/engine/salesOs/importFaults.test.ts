import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { FaultKind } from '../../../sandbox/http/faults';
import { startBench, type TestBench } from '../../support/bench';
import { demoRows, jsonOf, LEAD_FROM_ITEM, pairing, requests } from './support';

/** The demo import with something going wrong at every 50th request: nothing lost, nothing twice. */

const ROWS = demoRows();
const EVERY = 50;

const IMPORT: INodeParameters = {
	...LEAD_FROM_ITEM,
	additionalFields: {
		company: '={{ $json.company }}',
		phone: '={{ $json.phone }}',
		status: '={{ $json.status }}',
		tags: '={{ $json.tags.split(";") }}',
		customFields: { pairs: [{ key: 'industry', value: '={{ $json.industry }}' }] },
	},
};

// Being sure about what a silent server did takes half a minute.
jest.setTimeout(180_000);

let bench: TestBench;

// A bench for each: a concurrency that a fault has halved must not slow the next import down.
beforeEach(async () => {
	bench = await startBench({ plan: 'enterprise', windowMs: 4_000 });
});
afterEach(async () => await bench.stop());

function emailsWithLeads(): string[] {
	return bench.sandbox.salesOs.state.leads
		.all()
		.map(({ email }) => email)
		.sort();
}

const emailsOf = (rows: readonly IDataObject[]): string[] => rows.map(({ email }) => String(email)).sort();

interface Trouble {
	readonly fault: FaultKind;
	/** Where each strike takes half a minute to be sure about, a few must do. */
	readonly count?: number;
	readonly options?: INodeParameters;
}

const TROUBLES: readonly Trouble[] = [
	{ fault: { kind: 'tooManyRequests', retryAfter: 'seconds', retryAfterSeconds: 1 } },
	{ fault: { kind: 'tooManyRequests', retryAfter: 'none' }, count: 2 },
	{ fault: { kind: 'serverError' } },
	{ fault: { kind: 'serverErrorAfterWork' } },
	{ fault: { kind: 'badGatewayHtml' } },
	{ fault: { kind: 'serviceUnavailable' } },
	{ fault: { kind: 'gatewayTimeout' }, count: 2 },
	{ fault: { kind: 'resetBeforeWork' } },
	{ fault: { kind: 'resetAfterWork' } },
	{ fault: { kind: 'slow', delayMs: 2_500 }, count: 6, options: { timeout: 1 } },
	{ fault: { kind: 'truncatedJson' } },
	{ fault: { kind: 'notJson' } },
	{ fault: { kind: 'emptyBody' } },
	{ fault: { kind: 'tokenRevoked' } },
];

it.each(TROUBLES)('create, with $fault.kind', async ({ count, fault, options = {} }) => {
	bench.sandbox.faults.add({ vendor: 'salesOs', everyNth: EVERY, count, ...fault });
	const run = await bench.salesOs({ ...IMPORT, operation: 'create', options }, { items: ROWS });

	expect(run.error).toBeUndefined();
	expect(bench.sandbox.faults.list()[0].struck).toBeGreaterThanOrEqual(count ?? Math.floor(ROWS.length / EVERY));
	expect(pairing(run.items)).toEqual(ROWS.map((_, index) => index));
	expect(jsonOf(run.items).map(({ email }) => email)).toEqual(ROWS.map(({ email }) => email));
	expect(emailsWithLeads()).toEqual(emailsOf(ROWS));
	const outputIds = jsonOf(run.items).map(({ id }) => id);
	expect(new Set(outputIds)).toEqual(new Set(bench.sandbox.salesOs.state.leads.all().map(({ id }) => id)));
});

it.each(['serverErrorAfterWork', 'resetAfterWork', 'badGatewayHtml'] as const)(
	'create or update in bulk, with %s at every create',
	async (kind) => {
		const known = ROWS.slice(0, 200);
		for (const { email, name } of known) bench.sandbox.salesOs.addLead({ email: String(email), name: `${String(name)} (old)` });
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: EVERY, kind });
		const run = await bench.salesOs({ ...IMPORT, operation: 'upsert', options: { addReportItem: true } }, { items: ROWS });
		expect(run.error).toBeUndefined();
		expect(run.items.at(-1)?.json.report).toEqual({
			created: ROWS.length - 200,
			updated: 200,
			unchanged: 0,
			refused: 0,
			unknown: 0,
			postponed: 0,
		});
		expect(emailsWithLeads()).toEqual(emailsOf(ROWS));
		expect(bench.sandbox.salesOs.state.leads.all().filter(({ name }) => name.endsWith('(old)'))).toEqual([]);
	},
);

it('looks a second time when the search for a created lead meets a fault of its own', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', count: 1, kind: 'serverError' });
	const run = await bench.salesOs({ ...IMPORT, operation: 'create' }, { items: ROWS.slice(0, 1) });
	expect(run.error).toBeUndefined();
	expect(requests(bench.sandbox).map(({ method, status }) => `${method} ${status}`)).toEqual(['POST 500', 'GET 500', 'GET 200']);
	expect(emailsWithLeads()).toEqual(emailsOf(ROWS.slice(0, 1)));
});

it('says that the outcome is unknown when the lead cannot be looked up either', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
	bench.sandbox.faults.add({
		vendor: 'salesOs',
		method: 'GET',
		kind: 'answer',
		status: 403,
		body: '{"error": {"message": "Missing scope"}}',
		count: 9,
	});
	const run = await bench.salesOs(
		{ ...IMPORT, operation: 'create' },
		{ items: ROWS.slice(0, 1), settings: { onError: 'continueRegularOutput' } },
	);
	expect(run.items[0].json.error).toMatch(/^It is not known whether .*Looking the lead up failed too: .*Missing scope/);
	expect(run.items[0].json.details).toMatchObject({ outcome: 'unknown' });
	expect(requests(bench.sandbox, 'POST')).toHaveLength(1);
});

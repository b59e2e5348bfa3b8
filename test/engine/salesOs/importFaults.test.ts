import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { FaultKind } from '../../../sandbox/http/faults';
import { startBench, type TestBench } from '../../support/bench';
import { demoRows, jsonOf, LEAD_FROM_ITEM, pairing, requests } from './support';

/**
 * The demo import with something going wrong at every 50th request: nothing lost, nothing twice.
 *
 * Each fault strikes at every 50th request to the end of the import, searches included. What is bounded is
 * how long a strike takes, for the sake of the run time alone: a 429 asks for a second, windows are
 * two seconds long at the largest plan's limit, so that the plan itself makes nobody wait, and a slow
 * answer is given up after one second.
 */

/** The whole file, with the two rows that have no usable email. */
const ROWS = parse<IDataObject>(readFileSync(join(__dirname, '../../../sandbox/demo/leads.csv'), 'utf8'), { columns: true });
const GOOD_ROWS = demoRows();
const BAD_ROWS = ROWS.filter(({ email }) => !GOOD_ROWS.some((row) => row.email === email));
const EVERY = 50;
const CONTINUE = { onError: 'continueRegularOutput' } as const;

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

// A strike may take half a minute until it is sure what a silent server did, and five imports share the processor.
jest.setTimeout(240_000);

/** Runs a test on a bench of its own: a concurrency that a fault has halved must not slow another import down. */
async function onBench(test: (bench: TestBench) => Promise<void>): Promise<void> {
	const bench = await startBench({ plan: 'enterprise', windowMs: 2_000 });
	try {
		await test(bench);
	} finally {
		await bench.stop();
	}
}

function emailsWithLeads({ sandbox }: TestBench): string[] {
	return sandbox.salesOs.state.leads
		.all()
		.map(({ email }) => email)
		.sort();
}

const emailsOf = (rows: readonly IDataObject[]): string[] => rows.map(({ email }) => String(email)).sort();

const isRefused = ({ json }: INodeExecutionData): boolean => json.error !== undefined;

/** Every row has its item in its place, and the bad ones carry their reason. */
function expectAllRows(items: readonly INodeExecutionData[]): void {
	expect(pairing(items)).toEqual(ROWS.map((_, index) => index));
	const refused = items.filter(isRefused);
	expect(refused.map(({ json }) => json.error)).toEqual(BAD_ROWS.map(({ email }) => expect.stringContaining(`"${String(email)}"`)));
	expect(jsonOf(items.filter((item) => !isRefused(item))).map(({ email }) => email)).toEqual(GOOD_ROWS.map(({ email }) => email));
}

interface Trouble {
	readonly name: string;
	readonly fault: FaultKind;
	readonly options?: INodeParameters;
}

// The slowest first, so that none of them is left for the end.
const TROUBLES: readonly Trouble[] = [
	{ name: '504', fault: { kind: 'gatewayTimeout' } },
	{ name: '429 without a hint', fault: { kind: 'tooManyRequests', retryAfter: 'none' } },
	{ name: '429 with seconds', fault: { kind: 'tooManyRequests', retryAfter: 'seconds', retryAfterSeconds: 1 } },
	{ name: '429 with a date', fault: { kind: 'tooManyRequests', retryAfter: 'date', retryAfterSeconds: 1 } },
	{ name: '429 with seconds in the body', fault: { kind: 'tooManyRequests', retryAfter: 'body', retryAfterSeconds: 1 } },
	{ name: 'a slow answer', fault: { kind: 'slow', delayMs: 2_500 }, options: { timeout: 1 } },
	{ name: '500', fault: { kind: 'serverError' } },
	{ name: '500 after the work', fault: { kind: 'serverErrorAfterWork' } },
	{ name: '502 with HTML', fault: { kind: 'badGatewayHtml' } },
	{ name: '503', fault: { kind: 'serviceUnavailable' } },
	{ name: 'a connection cut before the work', fault: { kind: 'resetBeforeWork' } },
	{ name: 'a connection cut after the work', fault: { kind: 'resetAfterWork' } },
	{ name: 'an answer that is cut off', fault: { kind: 'truncatedJson' } },
	{ name: 'an answer that is no JSON', fault: { kind: 'notJson' } },
	{ name: 'an empty answer', fault: { kind: 'emptyBody' } },
	{ name: 'a revoked token', fault: { kind: 'tokenRevoked' } },
];

// Side by side, because most of their time is waiting.
it.concurrent.each(TROUBLES)(
	'create, with $name',
	async ({ fault, options = {} }) =>
		await onBench(async (bench) => {
			bench.sandbox.faults.add({ vendor: 'salesOs', everyNth: EVERY, ...fault });
			const run = await bench.salesOs({ ...IMPORT, operation: 'create', options }, { items: ROWS, settings: CONTINUE });

			expect(run.error).toBeUndefined();
			expect(bench.sandbox.faults.list()[0].struck).toBeGreaterThanOrEqual(Math.floor(GOOD_ROWS.length / EVERY));
			expectAllRows(run.items);
			expect(emailsWithLeads(bench)).toEqual(emailsOf(GOOD_ROWS));
			const outputIds = run.items.filter((item) => !isRefused(item)).map(({ json }) => json.id);
			expect(new Set(outputIds)).toEqual(new Set(bench.sandbox.salesOs.state.leads.all().map(({ id }) => id)));
		}),
);

it.concurrent.each(['serverErrorAfterWork', 'resetAfterWork', 'badGatewayHtml'] as const)(
	'create or update in bulk, with %s at every 50th create',
	async (kind) =>
		await onBench(async (bench) => {
			const known = GOOD_ROWS.slice(0, 200);
			for (const { email, name } of known) bench.sandbox.salesOs.addLead({ email: String(email), name: `${String(name)} (old)` });
			bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', everyNth: EVERY, kind });
			const run = await bench.salesOs({ ...IMPORT, operation: 'upsert', options: { addReportItem: true } }, { items: ROWS, settings: CONTINUE });
			expect(run.error).toBeUndefined();
			expect(run.items.at(-1)?.json.report).toEqual({
				created: GOOD_ROWS.length - known.length,
				updated: known.length,
				unchanged: 0,
				refused: BAD_ROWS.length,
				unknown: 0,
				postponed: 0,
			});
			expectAllRows(run.items.slice(0, -1));
			expect(emailsWithLeads(bench)).toEqual(emailsOf(GOOD_ROWS));
			expect(bench.sandbox.salesOs.state.leads.all().filter(({ name }) => name.endsWith('(old)'))).toEqual([]);
		}),
);

it('looks a second time when the search for a created lead meets a fault of its own', async () =>
	await onBench(async (bench) => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'GET', count: 1, kind: 'serverError' });
		const run = await bench.salesOs({ ...IMPORT, operation: 'create' }, { items: GOOD_ROWS.slice(0, 1) });
		expect(run.error).toBeUndefined();
		expect(requests(bench.sandbox).map(({ method, status }) => `${method} ${status}`)).toEqual(['POST 500', 'GET 500', 'GET 200']);
		expect(emailsWithLeads(bench)).toEqual(emailsOf(GOOD_ROWS.slice(0, 1)));
	}));

it('says that the outcome is unknown when the lead cannot be looked up either', async () =>
	await onBench(async (bench) => {
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
			{ items: GOOD_ROWS.slice(0, 1), settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.items[0].json.error).toMatch(/^It is not known whether .*Looking the lead up failed too: .*Missing scope/);
		expect(run.items[0].json.details).toMatchObject({ outcome: 'unknown' });
		expect(requests(bench.sandbox, 'POST')).toHaveLength(1);
	}));

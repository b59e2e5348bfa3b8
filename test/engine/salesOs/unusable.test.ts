import { startBench, type TestBench } from '../../support/bench';
import { doubles, LEAD_FROM_ITEM, people, requests, writes } from './support';

/** A 2xx whose JSON is not what was asked for, as gateways give it: never "there are none", never "it is done". */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const answering = (method: string, path: string, answer: unknown, count = Infinity) =>
	bench.sandbox.faults.add({ vendor: 'salesOs', method, path, kind: 'answer', status: 200, count, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) });

const leads = () => bench.sandbox.salesOs.state.leads.all();
const ONE_TRY = { options: { maxRetries: 0 } };
const NO_LIST = 'SalesOS did not give a usable answer: it answered with something else than a list';

const OTHER_THAN_LISTS: Array<[unknown]> = [[{}], [{ status: 'ok' }], [{ data: {} }], [{ data: { leads: [] } }], [{ data: null }], ['ok']];

it.each(OTHER_THAN_LISTS)('a list that is %j is an error, not an empty list', async (answer) => {
	answering('GET', '/v1/leads', answer);
	const run = await bench.salesOs({ resource: 'lead', operation: 'getAll', ...ONE_TRY });
	expect(run.error?.message).toBe(NO_LIST);
	expect(run.error?.description).toContain('Try again later.');
});

it('a bare list is one', async () => {
	answering('GET', '/v1/leads', [{ id: 'a' }]);
	const run = await bench.salesOs({ resource: 'lead', operation: 'getAll', simplify: false });
	expect(run.items.map(({ json }) => json)).toEqual([{ id: 'a' }]);
});

it.each(OTHER_THAN_LISTS)('a list of the editor that is %j says so', async (answer) => {
	answering('GET', '/v1/stages', answer);
	answering('GET', '/v1/leads', answer);
	const salesOsSignedApi = bench.engine.credentials.add('salesOsSignedApi', {
		environment: 'custom',
		baseUrl: bench.sandbox.salesOs.origin,
		apiKey: bench.sandbox.salesOs.signedKey,
		apiSecret: bench.sandbox.salesOs.signedSecret,
	});
	for (const method of ['searchStages', 'searchLeads']) {
		const search = bench.engine.listSearch({ type: 'salesOs', parameters: { authentication: 'signedApiKey' }, credentials: { salesOsSignedApi }, method });
		await expect(search).rejects.toThrow(NO_LIST);
	}
});

it.each(['automatic', 'never'])('nothing is created where it is not known what there is, matching in bulk: %s', async (matchInBulk) => {
	answering('GET', '/v1/leads', { status: 'ok' });
	const run = await bench.salesOs(
		{ ...LEAD_FROM_ITEM, operation: 'upsert', options: { maxRetries: 0, matchInBulk } },
		{ items: people(25), settings: { onError: 'continueRegularOutput' } },
	);
	expect(run.items.map(({ json }) => json.error)).toEqual(Array(25).fill(NO_LIST));
	expect(writes(bench.sandbox)).toEqual([]);
});

it.each<[unknown]>([[{}], [{ status: 'ok' }], [{ data: null }], [[]], ['created'], [{ data: { success: true } }]])(
	'a new lead that is answered with %j is looked up, and not created again',
	async (answer) => {
		const [ana] = people(1);
		// Carried out, and answered by somebody else.
		bench.sandbox.salesOs.addLead(ana);
		answering('POST', '/v1/leads', answer);
		const run = await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items: [ana] });
		expect(run.items.map(({ json }) => json)).toMatchObject([{ id: leads()[0].id, email: ana.email }]);
		expect(requests(bench.sandbox, 'POST', '/v1/leads')).toHaveLength(1);
		expect(doubles(bench.sandbox)).toEqual([]);
	},
);

it('a create with unknown outcome whose search cannot be read stays unknown, and is sent once', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/leads', kind: 'resetAfterWork' });
	answering('GET', '/v1/leads', { status: 'ok' });
	const run = await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create', ...ONE_TRY }, { items: people(1) });
	expect(run.error?.message).toMatch(/^It is not known whether SalesOS carried out the request: .* Looking the lead up failed too: SalesOS did not give a usable answer/);
	expect(requests(bench.sandbox, 'POST', '/v1/leads')).toHaveLength(1);
	expect(leads()).toHaveLength(1);
});

it.each<[unknown]>([[[]], ['ok'], [7]])('another write that is answered with %j is not taken for done', async (answer) => {
	const lead = bench.sandbox.salesOs.addLead(people(1)[0]);
	answering('PATCH', `/v1/leads/${lead.id}`, answer);
	const parameters = { resource: 'lead', operation: 'update', leadId: { __rl: true, mode: 'id', value: lead.id }, updateFields: { phone: '+55' } };
	const run = await bench.salesOs(parameters);
	expect(run.error?.message).toBe('It is not known whether SalesOS carried out the request: it answered with something else than a record');
	expect(requests(bench.sandbox, 'PATCH')).toHaveLength(1);
});

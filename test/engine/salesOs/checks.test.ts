import type { INodeParameters } from 'n8n-workflow';

import { startBench, type TestBench } from '../../support/bench';
import { byId, byName, jsonOf, LEAD_FROM_ITEM, MISSING_ID, pairing, people, requests, writes } from './support';

/** What is wrong with an item is told before anything is sent for any of them. */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

interface WrongInput {
	readonly what: string;
	readonly parameters: INodeParameters;
	readonly message: RegExp;
	readonly description: RegExp;
}

const ID_LOOKS = /An ID looks like 3f2c1d7e-/;
const DATE_LOOKS = /Enter a date as 2026-03-31/;
const lead = { resource: 'lead', operation: 'create', name: 'Ana', email: 'ana@people.example' };
const activity = {
	resource: 'activity',
	operation: 'sync',
	activityCode: '001',
	externalId: 'call-1',
	collaboratorEmail: 'ana@people.example',
};
const collaborator = { resource: 'collaborator', operation: 'sync', externalId: 'e1', name: 'Ana', email: 'ana@people.example' };

const WRONG: readonly WrongInput[] = [
	{ what: 'no email', parameters: { ...lead, email: '  ' }, message: /^Email is empty$/, description: /check the expression/ },
	{
		what: 'an email that an expression does not find',
		parameters: { ...lead, email: '={{ $json.mail }}' },
		message: /^Email is empty$/,
		description: /check the expression/,
	},
	{
		what: 'a malformed email',
		parameters: { ...lead, email: 'ana.people.example' },
		message: /^Email is not an email address: "ana.people.example"$/,
		description: /name@example.com/,
	},
	{
		what: 'two emails in one',
		parameters: { ...lead, operation: 'upsert', email: 'ana@people.example, rui@people.example' },
		message: /^Email is not an email address/,
		description: /Enter one address/,
	},
	{
		what: 'an ID that is no UUID',
		parameters: { resource: 'lead', operation: 'get', leadId: byId('4711') },
		message: /^Lead is not an ID: "4711"$/,
		description: ID_LOOKS,
	},
	{
		what: 'an ID that climbs the path',
		parameters: { resource: 'user', operation: 'delete', userId: byId('../webhooks') },
		message: /^User is not an ID/,
		description: ID_LOOKS,
	},
	{
		what: 'a webhook that an expression does not find',
		parameters: { resource: 'webhook', operation: 'delete', webhookId: byId('={{ $json.webhook }}') },
		message: /^Webhook is empty$/,
		description: /Fill it in/,
	},
	{
		what: 'an owner that is no UUID, in a collection',
		parameters: { ...lead, additionalFields: { ownerId: byId('Ana') } },
		message: /^Owner is not an ID: "Ana"$/,
		description: ID_LOOKS,
	},
	{
		what: 'a negative value',
		parameters: { resource: 'deal', operation: 'create', name: 'A', additionalFields: { value: -1 } },
		message: /^Value is negative: -1$/,
		description: /Enter 0 or more/,
	},
	{
		what: 'a value with a currency sign',
		parameters: { resource: 'deal', operation: 'create', name: 'A', additionalFields: { value: 'R$ 1.000' } },
		message: /^Value is not a number: "R\$ 1.000"$/,
		description: /plain number/,
	},
	{
		what: 'a date that is none',
		parameters: { resource: 'deal', operation: 'create', name: 'A', additionalFields: { expectedCloseDate: 'next week' } },
		message: /^Expected Close Date is not a date: "next week"$/,
		description: DATE_LOOKS,
	},
	{
		what: 'a day that does not exist',
		parameters: { resource: 'deal', operation: 'create', name: 'A', additionalFields: { expectedCloseDate: '2026-02-31' } },
		message: /^Expected Close Date is not a date/,
		description: DATE_LOOKS,
	},
	{
		what: 'a date filter that is none',
		parameters: { resource: 'lead', operation: 'getAll', filters: { createdAfter: 'yesterday' } },
		message: /^Created After is not a date/,
		description: DATE_LOOKS,
	},
	{
		what: 'an update without a change',
		parameters: { resource: 'user', operation: 'update', userId: byId(MISSING_ID), updateFields: { name: '' } },
		message: /^Update Fields has nothing to change$/,
		description: /empty values are left out/,
	},
	{
		what: 'body fields that are no JSON',
		parameters: { ...lead, additionalFields: { additionalBodyFields: '{team: 1' } },
		message: /^Additional Body Fields is not valid JSON/,
		description: /Enter an object/,
	},
	{
		what: 'a role that SalesOS does not have',
		parameters: { resource: 'user', operation: 'create', name: 'Ana', email: 'ana@people.example', role: '={{ "owner" }}' },
		message: /^Role is not one of the allowed values: "owner"$/,
		description: /admin, manager, sales_rep/,
	},
	{
		what: 'an activity code of four digits',
		parameters: { ...activity, activityCode: '0001' },
		message: /^Activity Code is not an activity code: "0001"$/,
		description: /001 to 999/,
	},
	{
		what: 'the activity code 000',
		parameters: { ...activity, activityCode: '000' },
		message: /^Activity Code is not an activity code/,
		description: /001 to 999/,
	},
	{
		what: 'an activity without external ID',
		parameters: { ...activity, externalId: '={{ $json.call }}' },
		message: /^External ID is empty$/,
		description: /Fill it in/,
	},
	{
		what: 'an activity of nobody',
		parameters: { ...activity, collaboratorEmail: 'ana' },
		message: /^Collaborator Email is not an email address/,
		description: /Enter one address/,
	},
	{
		what: 'an activity at no time',
		parameters: { ...activity, additionalFields: { occurredAt: '12:30' } },
		message: /^Occurred At is not a date/,
		description: DATE_LOOKS,
	},
	{
		what: 'a document that is too long',
		parameters: { ...collaborator, additionalFields: { document: '123456789012345678901' } },
		message: /^Document has 21 characters$/,
		description: /at most 20/,
	},
	{
		what: 'metadata that is a list',
		parameters: { ...collaborator, additionalFields: { metadata: '[1]' } },
		message: /^Metadata \(JSON\) is not a JSON object/,
		description: /Enter an object/,
	},
];

it.each(WRONG)('$what is told before anything is sent', async ({ description, message, parameters }) => {
	const run = await bench.salesOs(parameters);
	expect(run.status).toBe('error');
	expect(run.error?.message).toMatch(message);
	expect(run.error?.description).toMatch(description);
	expect(run.error?.context?.itemIndex).toBe(0);
	expect(bench.sandbox.journal.list()).toEqual([]);
});

it('names the stages of the account when one is unknown, having only read them', async () => {
	const run = await bench.salesOs({
		resource: 'deal',
		operation: 'create',
		name: 'A',
		additionalFields: { stageId: byName('Signed') },
	});
	expect(run.error?.message).toBe('Stage is unknown: "Signed"');
	expect(run.error?.description).toMatch(/Prospecting, Qualification, Proposal, Negotiation, Closed Won, Closed Lost/);
	expect(requests(bench.sandbox).map(({ method, route }) => `${method} ${route}`)).toEqual(['GET /v1/stages']);
});

it('reads the stages once, however many items name one', async () => {
	const run = await bench.salesOs(
		{ resource: 'deal', operation: 'create', name: '={{ $json.name }}', additionalFields: { stageId: byName('Proposal') } },
		{ items: people(25) },
	);
	expect(run.items).toHaveLength(25);
	expect(requests(bench.sandbox, 'GET')).toHaveLength(1);
});

it('writes nothing at all when the last of many items is wrong', async () => {
	const items = [...people(20), { name: 'Ana', email: 'nobody' }];
	const run = await bench.salesOs({ ...LEAD_FROM_ITEM, operation: 'create' }, { items });
	expect(run.error?.message).toMatch(/is not an email address/);
	expect(run.error?.context?.itemIndex).toBe(20);
	expect(writes(bench.sandbox)).toEqual([]);
});

describe('with "continue on error"', () => {
	const items = people(12).map((person, index) => (index % 4 === 1 ? { ...person, email: 'broken' } : person));

	it('a wrong item does not stop the others, and keeps its place', async () => {
		const run = await bench.salesOs(
			{ ...LEAD_FROM_ITEM, operation: 'create' },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.status).toBe('success');
		expect(pairing(run.items)).toEqual(items.map((_, index) => index));
		for (const [index, json] of jsonOf(run.items).entries()) {
			if (index % 4 === 1) {
				expect(json).toEqual({
					error: 'Email is not an email address: "broken"',
					details: { description: 'Enter one address, such as name@example.com.' },
				});
			} else {
				expect(json).toMatchObject(items[index]);
			}
		}
		expect(writes(bench.sandbox)).toHaveLength(9);
	});

	it('an item that SalesOS refuses carries status, fields and request ID', async () => {
		const refused = people(3).map((person, index) => (index === 1 ? { ...person, status: 'hot' } : person));
		const run = await bench.salesOs(
			{
				...LEAD_FROM_ITEM,
				operation: 'create',
				additionalFields: { additionalBodyFields: '={{ $json.status ? { status: $json.status } : {} }}' },
			},
			{ items: refused, settings: { onError: 'continueRegularOutput' } },
		);
		expect(pairing(run.items)).toEqual([0, 1, 2]);
		expect(run.items[1].json).toEqual({
			error: 'SalesOS refused the request: The request is not valid',
			details: {
				description: 'Correct the fields named above.',
				fields: [expect.stringMatching(/^status: must be one of /)],
				status: 400,
				code: 'VALIDATION_ERROR',
				requestId: expect.stringMatching(/^req_/),
				attempts: 1,
				waitedSeconds: 0,
			},
		});
	});

	it('failed items leave by the error output where there is one', async () => {
		const run = await bench.salesOs(
			{ ...LEAD_FROM_ITEM, operation: 'create' },
			{ items, settings: { onError: 'continueErrorOutput' } },
		);
		expect(pairing(run.outputs[0])).toEqual([0, 2, 3, 4, 6, 7, 8, 10, 11]);
		expect(pairing(run.outputs[1])).toEqual([1, 5, 9]);
		// n8n adds the fields of the input item. Versions below 2.34 know no "details" here.
		expect(run.outputs[1][0].json).toEqual({
			...items[1],
			error: 'Email is not an email address: "broken"',
			message: { description: 'Enter one address, such as name@example.com.' },
		});
	});
});

it('stops at the first refusal otherwise, and says how much is done', async () => {
	const items = people(10).map((person, index) => ({ ...person, id: index === 6 ? MISSING_ID : undefined }));
	const leads = items.map(({ email, name }) => bench.sandbox.salesOs.addLead({ email, name }));
	const run = await bench.salesOs(
		{
			resource: 'lead',
			operation: 'update',
			leadId: byId('={{ $json.id }}'),
			updateFields: { status: 'contacted' },
			options: { maxConcurrency: 1 },
		},
		{ items: items.map(({ id }, index) => ({ id: id ?? leads[index].id })) },
	);
	expect(run.status).toBe('error');
	expect(run.items).toEqual([]);
	expect(run.error?.message).toMatch(/Lead not found/);
	expect(run.error?.context?.itemIndex).toBe(6);
	expect(run.error?.description).toMatch(/6 of the 10 items were already done/);
	expect(writes(bench.sandbox)).toHaveLength(7);
});

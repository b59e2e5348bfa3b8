import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { seedStages, seedTeams, seedUsers } from '../../../sandbox/salesOs/seed';
import type { Deal, Lead, Webhook } from '../../../sandbox/salesOs/model';
import { startBench, type TestBench } from '../../support/bench';
import { byId, byName, jsonOf, MISSING_ID, requests, writes } from './support';

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	bench.sandbox.reset();
	bench.sandbox.salesOs.settings.requiredFieldsByStage = {};
});

interface World {
	readonly lead: Lead;
	readonly deal: Deal;
	readonly webhook: Webhook;
}

function populate(): World {
	const { addDeal, addLead, state } = bench.sandbox.salesOs;
	const webhook: Webhook = {
		id: '3b000000-0000-4000-a000-000000000001',
		url: 'https://flows.example/webhook/1',
		events: ['lead.created'],
		secret: 'webhook-secret-of-this-test',
		description: 'Imports',
		active: true,
		dashboard: null,
		consecutive_failures: 0,
		created_at: '2026-01-05T12:00:00.000Z',
		updated_at: '2026-01-05T12:00:00.000Z',
	};
	state.webhooks.put(webhook);
	return {
		lead: addLead({ name: 'Ana Souza', email: 'ana@people.example', company: 'Aurora', status: 'qualified' }),
		deal: addDeal({ name: 'Aurora, 50 seats', value: 5000, company: 'Aurora', stage_id: seedStages[0].id }),
		webhook,
	};
}

interface Case {
	readonly operation: string;
	parameters(world: World): INodeParameters;
	/** What the node puts out, or the part of it that matters. */
	output(world: World): IDataObject[];
	/** What must then be in the account. */
	after?(world: World): void;
	readonly failure: {
		parameters(world: World): INodeParameters;
		prepare?(world: World): void;
		readonly httpCode: string;
		readonly message: RegExp;
		readonly description: RegExp;
	};
}

const notFound = { httpCode: '404', description: /no such record for this account/ };
const state = () => bench.sandbox.salesOs.state;

const CASES: readonly Case[] = [
	{
		operation: 'lead create',
		parameters: () => ({
			name: 'Caetano Pirajá',
			email: 'caetano@people.example',
			additionalFields: {
				company: 'Silva & Filhos',
				ownerId: byId(seedUsers[3].id),
				tags: 'inbound, webinar',
				customFields: { pairs: [{ key: 'industry', value: 'Retail' }] },
				additionalBodyFields: '{"team_id": "7ea10000-0000-4000-a000-000000000002"}',
			},
		}),
		output: () => [
			{
				name: 'Caetano Pirajá',
				email: 'caetano@people.example',
				company: 'Silva & Filhos',
				owner_id: seedUsers[3].id,
				team_id: seedTeams[1].id,
				tags: ['inbound', 'webinar'],
				custom_fields: { industry: 'Retail' },
			},
		],
		after: () => expect(state().leads.all()).toHaveLength(2),
		failure: {
			parameters: () => ({
				name: 'Ana',
				email: 'a@people.example',
				additionalFields: { additionalBodyFields: '{"status": "hot"}' },
			}),
			httpCode: '400',
			message: /refused the request: The request is not valid/,
			description: /status: must be one of .*qualified[\s\S]*Correct the fields named above/,
		},
	},
	{
		operation: 'lead upsert',
		parameters: ({ lead }) => ({ name: 'Ana Souza', email: lead.email.toUpperCase(), additionalFields: { phone: '+55 11 1' } }),
		output: ({ lead }) => [{ id: lead.id, email: lead.email, phone: '+55 11 1' }],
		after: () => expect(state().leads.all()).toHaveLength(1),
		failure: {
			prepare: ({ lead }) => void bench.sandbox.salesOs.addLead({ name: 'Ana again', email: lead.email }),
			parameters: ({ lead }) => ({ name: 'Ana', email: lead.email }),
			httpCode: '',
			message: /Email belongs to 2 leads: ana@people.example/,
			description: /Update the right one by its ID/,
		},
	},
	{
		operation: 'lead get',
		parameters: ({ lead }) => ({ leadId: byId(lead.id) }),
		output: ({ lead: { id, name, email, phone, company, status, source, owner_id, created_at, updated_at } }) => [
			{ id, name, email, phone, company, status, source, owner_id, created_at, updated_at },
		],
		failure: { parameters: () => ({ leadId: byId(MISSING_ID) }), ...notFound, message: /Lead not found/ },
	},
	{
		operation: 'lead getAll',
		parameters: () => ({ returnAll: true, filters: { status: 'qualified', search: 'aurora' } }),
		output: ({ lead }) => [{ id: lead.id }],
		failure: {
			parameters: () => ({ filters: { sort: 'height' } }),
			httpCode: '400',
			message: /refused the request/,
			description: /sort: must be one of/,
		},
	},
	{
		operation: 'lead update',
		parameters: ({ lead }) => ({
			leadId: byId(lead.id),
			updateFields: { status: 'contacted', additionalBodyFields: '{"company": null}' },
		}),
		output: ({ lead }) => [{ id: lead.id, status: 'contacted', company: null, name: lead.name }],
		after: ({ lead }) => expect(state().leads.get(lead.id)).toMatchObject({ status: 'contacted', company: null }),
		failure: {
			parameters: () => ({ leadId: byId(MISSING_ID), updateFields: { name: 'Ana' } }),
			...notFound,
			message: /Lead not found/,
		},
	},
	{
		operation: 'lead delete',
		parameters: ({ lead }) => ({ leadId: byId(lead.id) }),
		output: () => [{ deleted: true }],
		after: () => expect(state().leads.all()).toEqual([]),
		failure: { parameters: () => ({ leadId: byId(MISSING_ID) }), ...notFound, message: /Lead not found/ },
	},
	{
		operation: 'lead convert',
		parameters: ({ lead }) => ({
			leadId: byId(lead.id),
			additionalFields: { name: 'Aurora, 10 seats', value: 1250.5, stageId: byName('proposal'), expectedCloseDate: '2026-12-24T10:00:00' },
		}),
		output: ({ lead }) => [
			{ name: 'Aurora, 10 seats', value: 1250.5, lead_id: lead.id, expected_close_date: '2026-12-24', stage: { ...stage('Proposal') } },
		],
		after: ({ lead }) => expect(state().leads.get(lead.id)?.status).toBe('converted'),
		failure: {
			prepare: ({ lead }) => void state().leads.change(lead.id, { status: 'converted' }),
			parameters: ({ lead }) => ({ leadId: byId(lead.id) }),
			httpCode: '400',
			message: /refused the request/,
			description: /status: the lead is already converted/,
		},
	},
	{
		operation: 'deal create',
		parameters: () => ({
			name: 'Boreal, pilot',
			additionalFields: {
				value: '990.90',
				contactEmail: 'rui@boreal.example',
				priority: 'high',
				stageId: byName('Qualification'),
				expectedCloseDate: '2026-11-30',
			},
		}),
		output: () => [
			{
				name: 'Boreal, pilot',
				value: 990.9,
				contact_email: 'rui@boreal.example',
				priority: 'high',
				expected_close_date: '2026-11-30',
				stage: stage('Qualification'),
			},
		],
		after: () => expect(state().deals.all()).toHaveLength(2),
		failure: {
			parameters: () => ({ name: 'Boreal', additionalFields: { stageId: byId(MISSING_ID) } }),
			httpCode: '400',
			message: /refused the request/,
			description: /stage_id/,
		},
	},
	{
		operation: 'deal get',
		parameters: ({ deal }) => ({ dealId: byId(deal.id), simplify: false }),
		output: ({ deal }) => [{ id: deal.id, value: 5000, custom_fields: {}, stage: stage('Prospecting') }],
		failure: { parameters: () => ({ dealId: byId(MISSING_ID) }), ...notFound, message: /Deal not found/ },
	},
	{
		operation: 'deal getAll',
		parameters: () => ({ limit: 5, filters: { stageId: byName('Prospecting'), minValue: 100, status: 'open' } }),
		output: ({ deal }) => [{ id: deal.id, name: deal.name }],
		failure: {
			parameters: () => ({ filters: { teamId: byId(MISSING_ID), minValue: 7, sort: 'colour' } }),
			httpCode: '400',
			message: /refused the request/,
			description: /sort: must be one of/,
		},
	},
	{
		operation: 'deal update',
		parameters: ({ deal }) => ({ dealId: byId(deal.id), updateFields: { value: 6000, priority: 'low' } }),
		output: ({ deal }) => [{ id: deal.id, value: 6000, priority: 'low' }],
		failure: {
			parameters: () => ({ dealId: byId(MISSING_ID), updateFields: { value: 1 } }),
			...notFound,
			message: /Deal not found/,
		},
	},
	{
		operation: 'deal delete',
		parameters: ({ deal }) => ({ dealId: byId(deal.id) }),
		output: () => [{ deleted: true }],
		after: () => expect(state().deals.all()).toEqual([]),
		failure: { parameters: () => ({ dealId: byId(MISSING_ID) }), ...notFound, message: /Deal not found/ },
	},
	{
		operation: 'deal move',
		parameters: ({ deal }) => ({ dealId: byId(deal.id), stageId: byName('Negotiation') }),
		output: ({ deal }) => [{ id: deal.id, stage: stage('Negotiation') }],
		failure: {
			prepare: () => void (bench.sandbox.salesOs.settings.requiredFieldsByStage = { Negotiation: ['contact_email'] }),
			parameters: ({ deal }) => ({ dealId: byId(deal.id), stageId: byName('Negotiation') }),
			httpCode: '400',
			message: /refused the request/,
			description: /contact_email: /,
		},
	},
	{
		operation: 'deal close',
		parameters: ({ deal }) => ({ dealId: byId(deal.id), outcome: 'lost', lossReason: 'Price' }),
		output: ({ deal }) => [{ id: deal.id, status: 'lost', stage: stage('Closed Lost') }],
		after: ({ deal }) => expect(state().deals.get(deal.id)?.loss_reason).toBe('Price'),
		failure: {
			parameters: () => ({ dealId: byId(MISSING_ID), outcome: 'won' }),
			...notFound,
			message: /Deal not found/,
		},
	},
	{
		operation: 'stage getAll',
		parameters: () => ({ returnAll: true }),
		output: () => seedStages.map(({ name, probability }) => ({ name, probability })),
		failure: {
			prepare: () => faultOnce('/v1/stages', 403, 'FORBIDDEN', 'Missing scope'),
			parameters: () => ({}),
			httpCode: '403',
			message: /Missing scope/,
			description: /Admin > Integrations > API Keys/,
		},
	},
	{
		operation: 'team getAll',
		parameters: () => ({ limit: 2 }),
		output: () => seedTeams.slice(0, 2).map(({ id, name }) => ({ id, name })),
		failure: {
			prepare: () => faultOnce('/v1/teams', 403, 'FORBIDDEN', 'Missing scope'),
			parameters: () => ({}),
			httpCode: '403',
			message: /Missing scope/,
			description: /Admin > Integrations > API Keys/,
		},
	},
	{
		operation: 'user create',
		parameters: () => ({
			name: 'Lia Motta',
			email: 'lia@people.example',
			role: 'manager',
			additionalFields: { teamId: byId(seedTeams[2].id) },
		}),
		output: () => [{ name: 'Lia Motta', role: 'manager', status: 'invited', team: { id: seedTeams[2].id, name: 'Partners' } }],
		after: () => expect(state().users.all()).toHaveLength(seedUsers.length + 1),
		failure: {
			parameters: () => ({ name: 'Ana', email: seedUsers[0].email, role: 'admin' }),
			httpCode: '400',
			message: /refused the request/,
			description: /email: belongs to another user/,
		},
	},
	{
		operation: 'user get',
		parameters: () => ({ userId: byId(seedUsers[1].id) }),
		output: () => [
			{
				id: seedUsers[1].id,
				name: 'Marcos Teixeira',
				email: seedUsers[1].email,
				phone: null,
				role: 'manager',
				team: { id: seedTeams[0].id, name: 'Inside Sales' },
				status: 'active',
				total_points: 6480,
				created_at: seedUsers[1].created_at,
				last_active_at: seedUsers[1].last_active_at,
			},
		],
		failure: { parameters: () => ({ userId: byId(MISSING_ID) }), ...notFound, message: /User not found/ },
	},
	{
		operation: 'user getAll',
		parameters: () => ({ returnAll: true, filters: { role: 'sales_rep', status: 'active', teamId: byId(seedTeams[0].id) } }),
		output: () => ['Beatriz Conceição', 'Pedro Álvares'].map((name) => ({ name })),
		failure: {
			prepare: () => faultOnce('/v1/users', 403, 'FORBIDDEN', 'Missing scope'),
			parameters: () => ({}),
			httpCode: '403',
			message: /Missing scope/,
			description: /Admin > Integrations > API Keys/,
		},
	},
	{
		operation: 'user getStats',
		parameters: () => ({ userId: byId(seedUsers[3].id) }),
		output: () => [{ user_id: seedUsers[3].id, total_points: 3310, deals_open: 0 }],
		failure: { parameters: () => ({ userId: byId(MISSING_ID) }), ...notFound, message: /User not found/ },
	},
	{
		operation: 'user update',
		parameters: () => ({
			userId: byId(seedUsers[3].id),
			updateFields: { phone: '+55 11 2', role: 'manager', teamId: byId(seedTeams[1].id) },
		}),
		output: () => [{ id: seedUsers[3].id, phone: '+55 11 2', role: 'manager', team: { id: seedTeams[1].id, name: 'Field Sales' } }],
		failure: {
			parameters: () => ({ userId: byId(seedUsers[3].id), updateFields: { teamId: byId(MISSING_ID) } }),
			httpCode: '400',
			message: /refused the request/,
			description: /team_id/,
		},
	},
	{
		operation: 'user delete',
		parameters: () => ({ userId: byId(seedUsers[3].id) }),
		output: () => [{ deleted: true }],
		after: () => expect(state().users.get(seedUsers[3].id)?.status).toBe('deactivated'),
		failure: { parameters: () => ({ userId: byId(MISSING_ID) }), ...notFound, message: /User not found/ },
	},
	{
		operation: 'webhook getAll',
		parameters: () => ({ returnAll: true }),
		output: ({ webhook }) => [{ id: webhook.id, url: webhook.url, events: ['lead.created'], active: true }],
		failure: {
			prepare: () => faultOnce('/v1/webhooks', 403, 'FORBIDDEN', 'Missing scope'),
			parameters: () => ({}),
			httpCode: '403',
			message: /Missing scope/,
			description: /Admin > Integrations > API Keys/,
		},
	},
	{
		operation: 'webhook delete',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
		output: () => [{ deleted: true }],
		after: () => expect(state().webhooks.all()).toEqual([]),
		failure: { parameters: () => ({ webhookId: byId(MISSING_ID) }), ...notFound, message: /Webhook not found/ },
	},
	{
		operation: 'collaborator sync',
		parameters: () => ({
			externalId: 'emp-1',
			name: 'Rui Prado',
			email: 'rui@people.example',
			additionalFields: { document: '123.456.789-09', metadata: '{"floor": 3}', role: 'Seller' },
		}),
		output: () => [{ external_id: 'emp-1', email: 'rui@people.example', result: 'created' }],
		after: () =>
			expect(state().collaborators.all()).toMatchObject([{ name: 'Rui Prado', document: '123.456.789-09', metadata: { floor: 3 } }]),
		failure: {
			prepare: () => faultOnce('/functions/v1/default-integration', 403, 'FORBIDDEN', 'Missing scope'),
			parameters: () => ({ externalId: 'emp-1', name: 'Rui', email: 'rui@people.example' }),
			httpCode: '403',
			message: /Missing scope/,
			description: /scope default:sync\./,
		},
	},
	{
		operation: 'activity sync',
		parameters: () => ({
			activityCode: 7,
			externalId: 'call-1',
			collaboratorEmail: seedUsers[3].email,
			additionalFields: { data: { minutes: 12 }, occurredAt: '2026-03-01T10:00:00Z' },
		}),
		output: () => [
			{ external_id: 'call-1', activity_code: '007', collaborator_email: seedUsers[3].email, result: 'processed' },
		],
		after: () =>
			expect(state().activities.all()).toMatchObject([{ data: { minutes: 12 }, occurred_at: '2026-03-01T10:00:00.000Z' }]),
		failure: {
			parameters: () => ({
				activityCode: '001',
				externalId: 'call-1',
				collaboratorEmail: seedUsers[3].email,
				additionalFields: { additionalBodyFields: '{"occurred_at": "soon"}' },
			}),
			httpCode: '400',
			message: /refused the request: occurred_at: must be an ISO 8601 date-time/,
			description: /occurred_at: must be an ISO 8601 date-time/,
		},
	},
];

function stage(name: string): { id: string; name: string; probability: number } {
	const found = seedStages.find((candidate) => candidate.name === name);
	if (!found) throw new Error(`No stage ${name}`);
	return { id: found.id, name: found.name, probability: found.probability };
}

function faultOnce(path: string, status: number, code: string, message: string): void {
	bench.sandbox.faults.add({
		vendor: 'salesOs',
		path,
		kind: 'answer',
		status,
		body: JSON.stringify({ error: { code, message }, meta: { request_id: 'req_of_this_test' } }),
	});
}

function withOperation(operation: string, parameters: INodeParameters): INodeParameters {
	const [resource, value] = operation.split(' ');
	return { ...parameters, resource, operation: value };
}

const names = CASES.map(({ operation }) => operation);

it('has a case for every operation of the node but the free request', () => {
	const { properties } = bench.engine.types.getByNameAndVersion(bench.engine.types.fullName('salesOs')).description;
	const all = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) =>
			(options ?? []).map((option) => `${String(displayOptions?.show?.resource?.[0])} ${'value' in option ? String(option.value) : ''}`),
		)
		.filter((operation) => !operation.startsWith('apiRequest '));
	expect([...names].sort()).toEqual(all.sort());
});

describe.each(CASES)('$operation', ({ after, failure, operation, output, parameters }) => {
	it('does what it says', async () => {
		const world = populate();
		const run = await bench.salesOs(withOperation(operation, parameters(world)));
		expect(run.error).toBeUndefined();
		expect(jsonOf(run.items)).toMatchObject(output(world));
		expect(run.items).toHaveLength(output(world).length);
		expect(run.items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		expect(JSON.stringify(run.items)).not.toContain('webhook-secret-of-this-test');
		after?.(world);
	});

	it('says what went wrong', async () => {
		const world = populate();
		failure.prepare?.(world);
		const run = await bench.salesOs(withOperation(operation, failure.parameters(world)));
		expect(run.status).toBe('error');
		expect(run.error?.message).toMatch(failure.message);
		expect(run.error?.description).toMatch(failure.description);
		expect(run.error?.httpCode ?? '').toBe(failure.httpCode);
		if (failure.httpCode === '403') expect(run.error?.description).toContain('request ID req_of_this_test');
	});
});

it('simplifies records of more than ten fields to ten, and gives them whole on request', async () => {
	const { deal, lead } = populate();
	const records = [
		{ resource: 'lead', leadId: byId(lead.id) },
		{ resource: 'deal', dealId: byId(deal.id) },
		{ resource: 'user', userId: byId(seedUsers[1].id) },
	];
	for (const record of records) {
		const [simple] = jsonOf((await bench.salesOs({ ...record, operation: 'get' })).items);
		const [whole] = jsonOf((await bench.salesOs({ ...record, operation: 'get', simplify: false })).items);
		expect(Object.keys(simple)).toHaveLength(10);
		expect(Object.keys(whole).length).toBeGreaterThan(10);
		expect(whole).toMatchObject(simple);
	}
});

it('sends one request an item, and nothing twice', async () => {
	const world = populate();
	await bench.salesOs(withOperation('deal close', { dealId: byId(world.deal.id), outcome: 'won', additionalFields: { value: 7000 } }));
	expect(writes(bench.sandbox)).toHaveLength(1);
	expect(requests(bench.sandbox)).toHaveLength(1);
	expect(writes(bench.sandbox)[0].body).toEqual({ status: 'won', value: 7000 });
});

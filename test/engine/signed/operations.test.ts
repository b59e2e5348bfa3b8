import type { INodeParameters } from 'n8n-workflow';

import { SALES_OS_OPERATIONS } from '../../../nodes/SalesOs/resources';
import { seedUsers } from '../../../sandbox/salesOs/seed';
import { startBench, type TestBench } from '../../support/bench';
import { byId, byName, requests } from '../salesOs/support';

/** Every operation of SalesOS with a signed API key: the sandbox checks each signature over path and body. */

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const DEAL = 'dea10000-0000-4000-a000-000000000001';
const LEAD = '1ead0000-0000-4000-a000-000000000001';
const HOOK = '3b000000-0000-4000-a000-000000000001';
const [, , , user] = seedUsers;

const PARAMETERS: Readonly<Record<string, INodeParameters>> = {
	'activity sync': { activityCode: '007', externalId: 'call-1', collaboratorEmail: user.email },
	'apiRequest request': { path: '/v1/leads?search=São Paulo', readPages: true, returnAll: true },
	'collaborator sync': { externalId: 'emp-1', name: 'Rui Pirajá', email: 'rui@people.example' },
	'deal close': { dealId: byId(DEAL), outcome: 'won' },
	'deal create': { name: 'Orçamento, 50 €', additionalFields: { stageId: byName('Proposal') } },
	'deal delete': { dealId: byId(DEAL) },
	'deal get': { dealId: byId(DEAL) },
	'deal getAll': { filters: { search: 'São Paulo & Filhos', status: 'open' } },
	'deal move': { dealId: byId(DEAL), stageId: byName('Proposal') },
	'deal update': { dealId: byId(DEAL), updateFields: { value: 7 } },
	'lead convert': { leadId: byId(LEAD) },
	'lead create': { name: 'Caetano Pirajá', email: 'caetano@people.example' },
	'lead delete': { leadId: byId(LEAD) },
	'lead get': { leadId: byId(LEAD) },
	'lead getAll': { returnAll: true, filters: { search: 'a+b c' } },
	'lead update': { leadId: byId(LEAD), updateFields: { company: 'Silva & Filhos' } },
	'lead upsert': { name: 'Lia', email: 'lia+1@people.example' },
	'stage getAll': { returnAll: true },
	'team getAll': { returnAll: true },
	'user create': { name: 'Lia', email: 'lia@people.example', role: 'manager' },
	'user delete': { userId: byId(user.id) },
	'user get': { userId: byId(user.id) },
	'user getAll': { filters: { role: 'sales_rep' } },
	'user getStats': { userId: byId(user.id) },
	'user update': { userId: byId(user.id), updateFields: { phone: '+55 11 2' } },
	'webhook delete': { webhookId: byId(HOOK) },
	'webhook getAll': { returnAll: true },
};

const operations = SALES_OS_OPERATIONS.map(({ resource, value }) => `${resource} ${value}`);

test('there is a case for every operation', () => {
	expect(Object.keys(PARAMETERS).sort()).toEqual([...operations].sort());
});

test.each(operations)('%s', async (name) => {
	const { addDeal, addLead, signedKey, state } = bench.sandbox.salesOs;
	addLead({ id: LEAD, name: 'Ana Souza', email: 'ana@people.example' });
	addDeal({ id: DEAL, name: 'Aurora' });
	state.webhooks.put({
		id: HOOK,
		url: 'https://flows.example/webhook/1',
		events: ['lead.created'],
		secret: 'webhook-secret-of-this-test',
		description: 'Imports',
		active: true,
		dashboard: null,
		consecutive_failures: 0,
		created_at: '2026-01-05T12:00:00.000Z',
		updated_at: '2026-01-05T12:00:00.000Z',
	});
	const [resource, operation] = name.split(' ');
	const { error } = await bench.salesOsSigned({ ...PARAMETERS[name], resource, operation });
	expect(error).toBeUndefined();

	const sent = requests(bench.sandbox);
	expect(sent).not.toEqual([]);
	for (const { at, credentialId, signedAtSeconds, status } of sent) {
		expect({ credentialId, isSuccess: status !== null && status < 300 }).toEqual({ credentialId: signedKey, isSuccess: true });
		expect(Math.abs(Math.floor(at / 1000) - Number(signedAtSeconds))).toBeLessThanOrEqual(1);
	}
	expect(bench.sandbox.journal.list({ vendor: 'salesOsAuth' })).toEqual([]);
});

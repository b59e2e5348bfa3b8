import type { Sandbox } from '../../../sandbox';
import { seedStages, seedTeams, seedUsers } from '../../../sandbox/salesOs/seed';
import { byId, byName, type Examples } from './example';

const WEBHOOK_ID = '3b000000-0000-4000-a000-000000000001';
const HERE = 'https://flows.example/webhook/1';

/** Every operation of the SalesOS node on a freshly filled account. */
export function salesOsExamples(sandbox: Sandbox): Examples {
	sandbox.reset();
	const { addDeal, addLead, seedDeals, seedLeads, state } = sandbox.salesOs;
	const [, , , seller] = seedUsers;
	const [prospecting, qualification, proposal, , closedWon] = seedStages;
	const contact = { name: 'Ana Souza', email: 'ana@people.example', company: 'Aurora' };
	seedLeads(3);
	seedDeals(3);
	const lead = addLead({
		...contact,
		phone: '+55 11 91234-5678',
		position: 'Buyer',
		source: 'website',
		status: 'qualified',
		owner_id: seller.id,
		team_id: seller.team_id,
		custom_fields: { industry: 'Retail' },
		tags: ['inbound'],
	});
	const deal = addDeal({
		name: 'Aurora, 50 seats',
		value: 5000,
		company: contact.company,
		contact_name: contact.name,
		contact_email: contact.email,
		stage_id: prospecting.id,
		owner_id: seller.id,
		lead_id: lead.id,
		expected_close_date: '2027-03-31',
	});
	state.webhooks.put({
		id: WEBHOOK_ID,
		url: HERE,
		events: ['lead.created'],
		secret: 'webhook-secret-of-the-contract',
		description: 'Imports',
		active: true,
		dashboard: null,
		consecutive_failures: 0,
		created_at: '2026-01-05T12:00:00.000Z',
		updated_at: '2026-01-05T12:00:00.000Z',
	});
	// One deal that is won, so that the seller has a rate.
	addDeal({ name: 'Farol, 10 seats', value: 1200, stage_id: closedWon.id, owner_id: seller.id });
	state.users.change(seller.id, { phone: '+55 11 95555-0000', avatar_url: 'https://people.example/seller.png' });
	const leadId = byId(lead.id);
	const dealId = byId(deal.id);
	const userId = byId(seller.id);
	const raw = { simplify: false };

	return {
		'activity sync': [
			{
				parameters: { activityCode: '001', externalId: '={{ $json.id }}', collaboratorEmail: seller.email },
				items: [{ id: 'call-1' }, { id: 'call-2' }],
			},
			{
				parameters: {
					activityCode: '={{ $json.code }}',
					externalId: '={{ $json.id }}',
					collaboratorEmail: '={{ $json.email }}',
					additionalFields: { occurredAt: '2026-02-03T09:30:00.000Z', data: '{"minutes": 12}' },
				},
				// One that is new, one that repeats it, and one of nobody that the account knows.
				items: [
					{ code: 7, id: 'call-3', email: seller.email },
					{ code: 7, id: 'call-3', email: seller.email },
					{ code: '999', id: 'call-4', email: 'stranger@people.example' },
				],
			},
		],
		'apiRequest request': [
			{ parameters: { method: 'GET', path: '/v1/leads', queryParameters: { pairs: [{ key: 'status', value: 'qualified' }] } } },
			{ parameters: { method: 'GET', path: '/v1/deals', readPages: true, returnAll: true } },
			{ parameters: { method: 'GET', path: `/v1/users/${seller.id}/stats` } },
			{ parameters: { method: 'POST', path: '/v1/leads', body: '{"name": "Davi Lima", "email": "davi@people.example"}' } },
			{ parameters: { method: 'PATCH', path: `/v1/leads/${lead.id}`, body: '{"phone": null, "owner_id": null}' } },
			{ parameters: { method: 'DELETE', path: `/v1/deals/${deal.id}` } },
			{
				parameters: { method: 'POST', path: '/v1/uploads', bodyType: 'file', formFields: { pairs: [{ key: 'lead_id', value: lead.id }] } },
				items: [{ json: {}, binary: { data: { data: 'UERG', mimeType: 'application/pdf', fileName: 'offer.pdf' } } }],
			},
		],
		'collaborator sync': [
			{
				parameters: { externalId: '={{ $json.id }}', name: '={{ $json.name }}', email: '={{ $json.email }}' },
				items: [
					{ id: 'employee-1', name: 'Rui Paz', email: 'rui@people.example' },
					{ id: 'employee-2', name: 'Lia Paz', email: 'lia@people.example' },
				],
			},
			{
				parameters: {
					externalId: 'employee-3',
					name: 'Ivo Paz',
					email: '={{ $json.email }}',
					additionalFields: {
						document: '123.456.789-09',
						metadata: '{"hired": "2026-01-05"}',
						phone: '+55 11 91234-5678',
						role: 'Seller',
						team: 'Inside Sales',
					},
				},
				items: [{ email: 'ivo@people.example' }, { email: 'IVO@people.example' }],
			},
		],
		'deal close': [
			{ parameters: { dealId, outcome: 'won', additionalFields: { value: 4800.5 } } },
			{ parameters: { dealId, outcome: 'lost', lossReason: 'Price', additionalFields: { value: 1 } } },
			{ parameters: { dealId, outcome: 'lost' } },
		],
		'deal create': [
			{
				parameters: {
					name: 'Boreal, pilot',
					additionalFields: {
						company: 'Boreal',
						contactName: 'Caio Reis',
						contactEmail: 'caio@people.example',
						expectedCloseDate: '2027-01-31T15:00:00',
						ownerId: userId,
						stageId: byName('Proposal'),
						value: 900,
					},
				},
			},
			{ parameters: { name: 'Nothing else' } },
		],
		'deal delete': [{ parameters: { dealId } }],
		'deal get': [{ parameters: { dealId } }, { parameters: { dealId, ...raw } }],
		'deal getAll': [
			{ parameters: {} },
			{ parameters: { returnAll: true, ...raw, filters: { stageId: byName(prospecting.name), sort: '-value', status: 'open' } } },
		],
		'deal move': [{ parameters: { dealId, stageId: byId(qualification.id) } }, { parameters: { dealId, stageId: byName(proposal.name) } }],
		'deal update': [
			{ parameters: { dealId, updateFields: { value: 5200, priority: 'high' } } },
			{ parameters: { dealId, updateFields: { stageId: byName('negotiation'), additionalBodyFields: '{"contact_email": null}' } } },
		],
		'lead convert': [
			{ parameters: { leadId, additionalFields: { expectedCloseDate: '2027-02-28', stageId: byId(proposal.id), value: 800 } } },
			{ parameters: { leadId } },
		],
		'lead create': [
			{
				parameters: {
					name: 'Bia Melo',
					email: 'bia@people.example',
					additionalFields: {
						company: 'Boreal',
						ownerId: userId,
						phone: '+55 21 99876-5432',
						position: 'CEO',
						source: 'event',
						tags: 'inbound, webinar',
						customFields: { pairs: [{ key: 'industry', value: 'Energy' }] },
					},
				},
			},
			{ parameters: { name: 'Bia Melo', email: 'bia@people.example', additionalFields: { additionalBodyFields: `{"team_id": "${seedTeams[0].id}"}` } } },
			// The answer is lost, so the node looks the lead up.
			{
				parameters: { name: 'Eva Luz', email: 'eva@people.example' },
				prepare: () => void sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/leads', kind: 'serverErrorAfterWork' }),
			},
		],
		'lead delete': [{ parameters: { leadId } }],
		'lead get': [{ parameters: { leadId } }, { parameters: { leadId, ...raw } }],
		'lead getAll': [
			{ parameters: {} },
			{
				parameters: {
					returnAll: true,
					...raw,
					filters: { createdAfter: '2026-01-01', ownerId: userId, search: 'aurora', sort: '-updated_at', source: 'website', status: 'qualified', updatedAfter: '2026-01-01T00:00:00Z' },
				},
			},
		],
		'lead update': [
			{ parameters: { leadId, updateFields: { status: 'contacted', tags: 'called' } } },
			{ parameters: { leadId, updateFields: { additionalBodyFields: '{"company": null, "phone": null}' } } },
		],
		'lead upsert': [
			{
				parameters: { name: '={{ $json.name }}', email: '={{ $json.email }}', additionalFields: { position: 'Head of Sales', phone: '+55 11 3000-0000' } },
				items: [contact, { name: 'Gil Mota', email: 'gil@people.example' }],
			},
			{
				parameters: { name: '={{ $json.name }}', email: '={{ $json.email }}', options: { matchInBulk: 'always', addReportItem: false } },
				items: [contact, { name: 'Noa Mota', email: 'noa@people.example' }],
			},
		],
		'stage getAll': [{ parameters: {} }, { parameters: { limit: 2 } }],
		'team getAll': [{ parameters: {} }],
		'user create': [
			{ parameters: { name: 'Rita Faro', email: 'rita@people.example', role: 'manager', additionalFields: { teamId: byId(seedTeams[2].id) } } },
			{ parameters: { name: 'Rita Faro', email: 'rita@people.example', role: 'sales_rep' } },
		],
		'user delete': [{ parameters: { userId } }],
		'user get': [{ parameters: { userId } }, { parameters: { userId, ...raw } }],
		'user getAll': [
			{ parameters: {} },
			{ parameters: { returnAll: true, ...raw, filters: { role: 'sales_rep', search: 'a', status: 'active', teamId: byId(seedTeams[0].id) } } },
		],
		'user getStats': [{ parameters: { userId } }],
		'user update': [{ parameters: { userId, updateFields: { phone: '+55 11 91234-0000', role: 'manager', teamId: byId(seedTeams[1].id) } } }],
		'webhook delete': [{ parameters: { webhookId: byId(WEBHOOK_ID) } }],
		'webhook getAll': [{ parameters: {} }],
	};
}

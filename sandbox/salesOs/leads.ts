import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { Call } from '../http/server';
import { invalid, notFound, recordAnswer } from './answers';
import { date, email, nonEmptyText, object, oneOf, orNull, readBody, text, texts, uuid, amount } from './fields';
import { listAnswer, notAfter, notBefore, sameId, sameText, searches, type ListRules } from './list';
import { leadStatuses, type Deal, type Lead } from './model';
import { checkReferences } from './references';
import type { SalesOsRoute } from './route';
import { newDeal, showDeal } from './deals';
import type { SalesOsState } from './state';

const checks = {
	name: nonEmptyText,
	email,
	phone: orNull(text),
	company: orNull(text),
	position: orNull(text),
	source: orNull(text),
	status: oneOf(leadStatuses),
	owner_id: orNull(uuid),
	team_id: orNull(uuid),
	custom_fields: object,
	tags: texts,
};

const convertChecks = {
	name: nonEmptyText,
	value: amount,
	stage_id: uuid,
	owner_id: orNull(uuid),
	expected_close_date: orNull(date),
};

const listRules: ListRules<Lead> = {
	filters: {
		status: sameText((lead) => lead.status, leadStatuses),
		source: sameText((lead) => lead.source),
		owner_id: sameId((lead) => lead.owner_id),
		team_id: sameId((lead) => lead.team_id),
		created_after: notBefore((lead) => lead.created_at),
		created_before: notAfter((lead) => lead.created_at),
		search: searches((lead) => [lead.name, lead.email, lead.company]),
	},
	sortable: {
		name: (lead) => lead.name,
		email: (lead) => lead.email,
		company: (lead) => lead.company,
		status: (lead) => lead.status,
		source: (lead) => lead.source,
		created_at: (lead) => lead.created_at,
		updated_at: (lead) => lead.updated_at,
	},
	show: (lead) => lead,
};

const updatedAfter = notBefore<Lead>((lead) => lead.updated_at);

/** Stores a lead with defaults for what is not given; emits nothing. */
export function newLead(state: SalesOsState, fields: Partial<Lead>): Lead {
	const now = isoTime(state.clock.now());
	return state.leads.put({
		id: randomUUID(),
		name: '',
		email: '',
		phone: null,
		company: null,
		position: null,
		source: null,
		status: 'new',
		owner_id: null,
		team_id: null,
		custom_fields: {},
		tags: [],
		created_at: now,
		updated_at: now,
		...fields,
	});
}

/** `/v1/leads`. A second lead with the same email is not refused, for the vendor does not promise to. */
export function leadRoutes(state: SalesOsState): SalesOsRoute[] {
	const find = (call: Call): Lead => {
		const lead = state.leads.get(call.params.id.toLowerCase());
		if (!lead) throw notFound('Lead');
		return lead;
	};
	const now = (): string => isoTime(state.clock.now());

	return [
		{
			method: 'GET',
			path: '/v1/leads',
			scope: 'leads:read',
			handle: (call) => {
				const filters = state.settings.updatedAfterFilter
					? { ...listRules.filters, updated_after: updatedAfter }
					: listRules.filters;
				return listAnswer(state.leads.all(), call.query, { ...listRules, filters });
			},
		},
		{
			method: 'GET',
			path: '/v1/leads/:id',
			scope: 'leads:read',
			handle: (call) => recordAnswer(find(call), state.clock),
		},
		{
			method: 'POST',
			path: '/v1/leads',
			scope: 'leads:write',
			handle: (call) => {
				const fields = readBody(call.body, { checks, required: ['name', 'email'] }) as Partial<Lead>;
				checkReferences(state, fields);
				const lead = newLead(state, fields);
				state.emit('lead.created', lead);
				return recordAnswer(lead, state.clock, 201);
			},
		},
		{
			method: 'PATCH',
			path: '/v1/leads/:id',
			scope: 'leads:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks }) as Partial<Lead>;
				checkReferences(state, fields);
				const lead = state.leads.change(before.id, {
					...fields,
					...(fields.custom_fields && { custom_fields: { ...before.custom_fields, ...fields.custom_fields } }),
					updated_at: now(),
				});
				state.emit('lead.updated', lead);
				if (lead.status !== before.status) {
					state.emit('lead.status_changed', { ...lead, previous_status: before.status });
				}
				return recordAnswer(lead, state.clock);
			},
		},
		{
			method: 'DELETE',
			path: '/v1/leads/:id',
			scope: 'leads:write',
			handle: (call) => {
				const lead = find(call);
				state.leads.remove(lead.id);
				state.emit('lead.deleted', { id: lead.id });
				return { status: 204 };
			},
		},
		{
			method: 'POST',
			path: '/v1/leads/:id/convert',
			scope: 'leads:write',
			handle: (call) => {
				const lead = find(call);
				const fields = readBody(call.body, { checks: convertChecks }) as Partial<Deal>;
				checkReferences(state, fields);
				if (lead.status === 'converted') throw invalid([{ field: 'status', message: 'the lead is already converted' }]);
				const deal = newDeal(state, {
					name: lead.company ?? lead.name,
					contact_name: lead.name,
					contact_email: lead.email,
					company: lead.company,
					owner_id: lead.owner_id,
					team_id: lead.team_id,
					...fields,
					lead_id: lead.id,
				});
				const converted = state.leads.change(lead.id, { status: 'converted', updated_at: now() });
				state.emit('lead.converted', { ...converted, deal_id: deal.id });
				state.emit('deal.created', showDeal(state, deal));
				return recordAnswer(showDeal(state, deal), state.clock, 201);
			},
		},
	];
}

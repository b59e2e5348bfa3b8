import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { Call } from '../http/server';
import { invalid, notFound, recordAnswer } from './answers';
import { amount, date, email, nonEmptyText, object, oneOf, orNull, readBody, text, uuid } from './fields';
import { atLeast, atMost, listAnswer, notAfter, notBefore, sameId, sameText, searches, type ListRules } from './list';
import { closedLost, closedWon, dealStatuses, priorities, type Deal, type Stage } from './model';
import { checkReferences } from './references';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';

const checks = {
	name: nonEmptyText,
	value: amount,
	stage_id: uuid,
	contact_name: orNull(text),
	contact_email: orNull(email),
	company: orNull(text),
	owner_id: orNull(uuid),
	team_id: orNull(uuid),
	expected_close_date: orNull(date),
	priority: oneOf(priorities),
	lead_id: orNull(uuid),
	custom_fields: object,
};

const closeChecks = { status: oneOf(['won', 'lost']), loss_reason: orNull(text), value: amount };

/** A deal as the API shows it. */
export function showDeal(state: SalesOsState, deal: Deal): Record<string, unknown> {
	const { stage_id: stageId, ...rest } = deal;
	const stage = state.stages.get(stageId);
	return { ...rest, stage: stage && { id: stage.id, name: stage.name, probability: stage.probability } };
}

function statusIn(stage: Stage | undefined): Deal['status'] {
	return stage?.name === closedWon ? 'won' : stage?.name === closedLost ? 'lost' : 'open';
}

/** Stores a deal with defaults for what is not given; emits nothing. */
export function newDeal(state: SalesOsState, fields: Partial<Deal>): Deal {
	const now = isoTime(state.clock.now());
	const stageId = fields.stage_id ?? state.stages.all()[0].id;
	const status = statusIn(state.stages.get(stageId));
	return state.deals.put({
		id: randomUUID(),
		name: '',
		value: 0,
		contact_name: null,
		contact_email: null,
		company: null,
		owner_id: null,
		team_id: null,
		expected_close_date: null,
		priority: 'medium',
		lead_id: null,
		loss_reason: null,
		custom_fields: {},
		created_at: now,
		updated_at: now,
		...fields,
		stage_id: stageId,
		status,
		closed_at: status === 'open' ? null : now,
	});
}

/** Documented: admins may require fields per stage, so a deal that lacks one cannot enter it. */
function checkRequiredFields(state: SalesOsState, deal: Deal, stage: Stage): void {
	const required = state.settings.requiredFieldsByStage;
	const fields = [...(required[stage.id] ?? []), ...(required[stage.name] ?? [])];
	const missing = fields.filter((field) => {
		const value = field.startsWith('custom_fields.')
			? deal.custom_fields[field.slice('custom_fields.'.length)]
			: deal[field as keyof Deal];
		return value === undefined || value === null || value === '';
	});
	if (missing.length === 0) return;
	throw invalid(
		missing.map((field) => ({ field, message: `is required in the stage ${stage.name}` })),
		`The deal cannot enter the stage ${stage.name}`,
	);
}

const listRules: Omit<ListRules<Deal>, 'show'> = {
	filters: {
		stage_id: sameId((deal) => deal.stage_id),
		owner_id: sameId((deal) => deal.owner_id),
		team_id: sameId((deal) => deal.team_id),
		status: sameText((deal) => deal.status, dealStatuses),
		min_value: atLeast((deal) => deal.value),
		max_value: atMost((deal) => deal.value),
		close_date_after: notBefore((deal) => deal.expected_close_date),
		close_date_before: notAfter((deal) => deal.expected_close_date),
		search: searches((deal) => [deal.name, deal.contact_name, deal.contact_email, deal.company]),
	},
	sortable: {
		value: (deal) => deal.value,
		created_at: (deal) => deal.created_at,
		expected_close_date: (deal) => deal.expected_close_date,
	},
};

/** `/v1/deals`. */
export function dealRoutes(state: SalesOsState): SalesOsRoute[] {
	const find = (call: Call): Deal => {
		const deal = state.deals.get(call.params.id.toLowerCase());
		if (!deal) throw notFound('Deal');
		return deal;
	};
	const show = (deal: Deal): Record<string, unknown> => showDeal(state, deal);
	const now = (): string => isoTime(state.clock.now());

	/** Puts a deal into a stage, with the status that goes with it. */
	const enter = (deal: Deal, stage: Stage): Deal => {
		checkRequiredFields(state, deal, stage);
		const status = statusIn(stage);
		return state.deals.put({
			...deal,
			stage_id: stage.id,
			status,
			loss_reason: status === 'lost' ? deal.loss_reason : null,
			closed_at: status === 'open' ? null : now(),
			updated_at: now(),
		});
	};

	/** Emits what entering another stage means to a subscriber. */
	const emitEntered = (before: Deal, after: Deal): void => {
		if (before.stage_id !== after.stage_id) {
			state.emit('deal.stage_changed', { ...show(after), previous_stage: show(before).stage });
		}
		if (before.status !== after.status && after.status !== 'open') state.emit(`deal.${after.status}`, show(after));
	};

	return [
		{
			method: 'GET',
			path: '/v1/deals',
			scope: 'deals:read',
			handle: (call) => listAnswer(state.deals.all(), call.query, { ...listRules, show }),
		},
		{
			method: 'GET',
			path: '/v1/deals/:id',
			scope: 'deals:read',
			handle: (call) => recordAnswer(show(find(call)), state.clock),
		},
		{
			method: 'POST',
			path: '/v1/deals',
			scope: 'deals:write',
			handle: (call) => {
				const fields = readBody(call.body, { checks, required: ['name'] }) as Partial<Deal>;
				checkReferences(state, fields);
				const deal = newDeal(state, fields);
				state.emit('deal.created', show(deal));
				return recordAnswer(show(deal), state.clock, 201);
			},
		},
		{
			method: 'PATCH',
			path: '/v1/deals/:id',
			scope: 'deals:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks }) as Partial<Deal>;
				checkReferences(state, fields);
				const changed: Deal = {
					...before,
					...fields,
					custom_fields: { ...before.custom_fields, ...fields.custom_fields },
					updated_at: now(),
				};
				const stage = state.stages.get(changed.stage_id);
				const deal = stage && changed.stage_id !== before.stage_id ? enter(changed, stage) : state.deals.put(changed);
				state.emit('deal.updated', show(deal));
				emitEntered(before, deal);
				return recordAnswer(show(deal), state.clock);
			},
		},
		{
			method: 'DELETE',
			path: '/v1/deals/:id',
			scope: 'deals:write',
			handle: (call) => {
				const deal = find(call);
				state.deals.remove(deal.id);
				state.emit('deal.deleted', { id: deal.id });
				return { status: 204 };
			},
		},
		{
			method: 'POST',
			path: '/v1/deals/:id/move',
			scope: 'deals:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks: { stage_id: uuid }, required: ['stage_id'] });
				checkReferences(state, fields);
				const stage = state.stages.get(fields.stage_id as string);
				if (!stage) throw notFound('Stage');
				const deal = enter(before, stage);
				emitEntered(before, deal);
				return recordAnswer(show(deal), state.clock);
			},
		},
		{
			method: 'POST',
			path: '/v1/deals/:id/close',
			scope: 'deals:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks: closeChecks, required: ['status'] }) as Partial<Deal>;
				if (before.status !== 'open') throw invalid([{ field: 'status', message: `the deal is already ${before.status}` }]);
				const stage = state.stage(fields.status === 'won' ? closedWon : closedLost);
				if (!stage) throw notFound('Stage');
				const deal = enter({ ...before, value: fields.value ?? before.value, loss_reason: fields.loss_reason ?? null }, stage);
				emitEntered(before, deal);
				return recordAnswer(show(deal), state.clock);
			},
		},
	];
}

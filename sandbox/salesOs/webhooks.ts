import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { Call } from '../http/server';
import { isWebhookUrl } from '../webhooks/url';
import { notFound, recordAnswer } from './answers';
import { flag, orNull, readBody, text, type Check } from './fields';
import { listAnswer } from './list';
import type { Webhook } from './model';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';

/** Documented events; the vendor says that more exist, so the sandbox takes any name of the form `noun.verb`. */
export const salesOsEvents = [
	'deal.created',
	'deal.updated',
	'deal.stage_changed',
	'deal.won',
	'deal.lost',
	'deal.deleted',
	'lead.created',
	'lead.updated',
	'lead.status_changed',
	'lead.converted',
	'lead.deleted',
	'user.created',
	'user.activated',
	'user.updated',
	'user.deactivated',
] as const;

const eventNames: Check = (value) =>
	Array.isArray(value) &&
	value.length > 0 &&
	value.every((name) => typeof name === 'string' && /^[a-z_]+\.[a-z_]+$/.test(name))
		? undefined
		: 'must be a non-empty array of event names such as lead.created';

/** Whether the API ever shows a secret again is unknown; the sandbox does not. */
function show({ secret: _secret, consecutive_failures: _failures, dashboard: _dashboard, ...webhook }: Webhook): Record<string, unknown> {
	return webhook;
}

/** `/v1/webhooks`: list, create, update, delete. Reading a single one is not documented and answers 405. */
export function webhookRoutes(state: SalesOsState): SalesOsRoute[] {
	const checks = {
		url: (value: unknown) =>
			isWebhookUrl(value, state.settings.requireHttpsWebhooks) ? undefined : 'must be an https URL',
		events: eventNames,
		secret: orNull(text),
		description: orNull(text),
		active: flag,
	};
	const find = (call: Call): Webhook => {
		const webhook = state.webhooks.get(call.params.id.toLowerCase());
		if (!webhook || webhook.dashboard) throw notFound('Webhook');
		return webhook;
	};
	const now = (): string => isoTime(state.clock.now());

	return [
		{
			method: 'GET',
			path: '/v1/webhooks',
			scope: 'webhooks:read',
			handle: (call) =>
				listAnswer(state.webhooks.all().filter((webhook) => !webhook.dashboard), call.query, {
					filters: {},
					sortable: { created_at: (webhook) => webhook.created_at },
					show,
				}),
		},
		{
			method: 'POST',
			path: '/v1/webhooks',
			scope: 'webhooks:write',
			handle: (call) => {
				const fields = readBody(call.body, { checks, required: ['url', 'events'] }) as Partial<Webhook>;
				const webhook = state.webhooks.put({
					id: randomUUID(),
					url: '',
					events: [],
					secret: null,
					description: null,
					active: true,
					...fields,
					dashboard: null,
					consecutive_failures: 0,
					created_at: now(),
					updated_at: now(),
				});
				return recordAnswer(show(webhook), state.clock, 201);
			},
		},
		{
			method: 'PATCH',
			path: '/v1/webhooks/:id',
			scope: 'webhooks:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks }) as Partial<Webhook>;
				const resumed = fields.active === true && !before.active;
				const webhook = state.webhooks.change(before.id, {
					...fields,
					...(resumed && { consecutive_failures: 0 }),
					updated_at: now(),
				});
				if (!webhook.active) state.abandonDeliveries(webhook.id);
				return recordAnswer(show(webhook), state.clock);
			},
		},
		{
			method: 'DELETE',
			path: '/v1/webhooks/:id',
			scope: 'webhooks:write',
			handle: (call) => {
				const webhook = find(call);
				state.webhooks.remove(webhook.id);
				state.abandonDeliveries(webhook.id);
				return { status: 204 };
			},
		},
	];
}

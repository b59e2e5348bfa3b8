import { isoTime } from '../clock';
import { Refusal } from '../http/refusal';
import { deliveryStatuses, type WebhookDelivery } from '../webhooks/deliverer';
import { isWebhookUrl } from '../webhooks/url';
import { badRequest, notFound, refuseAll } from './answers';
import { newId, newSecret, type PlatformEvents } from './events';
import { subscribableEvents, type PlatformEvent, type WebhookEndpoint } from './model';
import { cursorPage, readChoice, smallPages } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { newestFirst, visible } from './visible';

/** Documented. */
const maxWebhooks = 20;

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A webhook as the API shows it, never with its secret. */
function show({ secret: _secret, consecutiveDead: _dead, ...webhook }: WebhookEndpoint): Record<string, unknown> {
	return webhook;
}

/** Published in outboundsync/skills, but for `eventId`, which the sandbox adds. */
function showDelivery(delivery: WebhookDelivery): Record<string, unknown> {
	const last = delivery.attempts.at(-1);
	return {
		id: delivery.id,
		endpointId: delivery.webhookId,
		eventId: delivery.eventId,
		status: delivery.status,
		attemptCount: delivery.attempts.length,
		lastAttemptAt: last?.at ?? null,
		lastHttpStatus: last?.status ?? null,
		lastError: last?.error ?? null,
		replayOfDeliveryId: delivery.replayOf ?? null,
		createdAt: delivery.createdAt,
	};
}

/** Reads the given fields of a webhook; throws 400 with every complaint. */
function readFields(body: unknown, state: OutboundSyncState): Partial<WebhookEndpoint> {
	const given = isObject(body) ? body : {};
	const complaints: string[] = [];
	const fields: Partial<WebhookEndpoint> = {};
	if (given.url !== undefined) {
		if (isWebhookUrl(given.url, state.settings.requireHttpsWebhooks)) fields.url = given.url;
		else complaints.push('url must be an https URL');
	}
	if (given.description !== undefined) {
		if (given.description === null || typeof given.description === 'string') fields.description = given.description;
		else complaints.push('description must be a string');
	}
	if (given.isActive !== undefined) {
		if (typeof given.isActive === 'boolean') fields.isActive = given.isActive;
		else complaints.push('isActive must be a boolean value');
	}
	if (given.enabledEvents !== undefined) {
		const names: unknown = given.enabledEvents;
		if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
			complaints.push('enabledEvents must be an array of strings');
		} else {
			const unknown = names.filter((name) => !subscribableEvents.some((event) => event === name));
			// Documented: reserved names are refused with the list of those available.
			if (unknown.length > 0) {
				complaints.push(`enabledEvents cannot contain ${unknown.join(', ')}; available: ${subscribableEvents.join(', ')}`);
			} else {
				fields.enabledEvents = names;
			}
		}
	}
	refuseAll(complaints);
	return fields;
}

/** `/webhooks` and `/events`. */
export function webhookRoutes(state: OutboundSyncState, events: PlatformEvents): OutboundSyncRoute[] {
	const find = (id: string): WebhookEndpoint => {
		const webhook = state.webhooks.get(id);
		if (!webhook) throw notFound('Webhook', id);
		return webhook;
	};
	const now = (): string => isoTime(state.clock.now());
	const managed = { feature: 'webhooks' } as const;

	return [
		{
			method: 'GET',
			path: '/api/v1/webhooks',
			access: 'read',
			...managed,
			handle: () => ({ status: 200, body: { webhooks: state.webhooks.all().map(show) } }),
		},
		{
			method: 'GET',
			path: '/api/v1/webhooks/:id',
			access: 'read',
			...managed,
			handle: ({ params }) => ({ status: 200, body: show(find(params.id)) }),
		},
		{
			method: 'POST',
			path: '/api/v1/webhooks',
			access: 'write',
			...managed,
			handle: ({ body }) => {
				const fields = readFields(body, state);
				if (fields.url === undefined) refuseAll(['url must be an https URL']);
				if (state.webhooks.size >= maxWebhooks) throw badRequest(`An account can have at most ${maxWebhooks} webhooks`);
				const webhook = state.webhooks.put({
					id: newId('oswhk'),
					url: '',
					description: null,
					enabledEvents: [],
					...fields,
					isActive: true,
					autoDisabledAt: null,
					secret: newSecret(),
					consecutiveDead: 0,
					createdAt: now(),
					updatedAt: now(),
				});
				return { status: 201, body: { ...show(webhook), secret: webhook.secret } };
			},
		},
		{
			method: 'PATCH',
			path: '/api/v1/webhooks/:id',
			access: 'write',
			...managed,
			handle: ({ params, body }) => {
				const before = find(params.id);
				const fields = readFields(body, state);
				const webhook = state.webhooks.change(before.id, {
					...fields,
					...(fields.isActive === true && { autoDisabledAt: null, consecutiveDead: 0 }),
					updatedAt: now(),
				});
				if (!webhook.isActive) events.deliverer.abandon(webhook.id);
				return { status: 200, body: show(webhook) };
			},
		},
		{
			method: 'DELETE',
			path: '/api/v1/webhooks/:id',
			access: 'write',
			...managed,
			handle: ({ params }) => {
				const webhook = find(params.id);
				state.webhooks.remove(webhook.id);
				events.deliverer.abandon(webhook.id);
				return { status: 204 };
			},
		},
		{
			method: 'POST',
			path: '/api/v1/webhooks/:id/rotate-secret',
			access: 'write',
			...managed,
			handle: ({ params }) => {
				const webhook = state.webhooks.change(find(params.id).id, { secret: newSecret(), updatedAt: now() });
				return { status: 200, body: { ...show(webhook), secret: webhook.secret } };
			},
		},
		{
			method: 'POST',
			path: '/api/v1/webhooks/:id/test',
			access: 'write',
			...managed,
			handle: ({ params }) => {
				const webhook = find(params.id);
				if (state.settings.testNotQueued) throw new Refusal(502, 'The test event could not be queued');
				return { status: 202, body: { eventId: events.ping(webhook).id } };
			},
		},
		{
			method: 'GET',
			path: '/api/v1/webhooks/:id/deliveries',
			access: 'read',
			...managed,
			handle: ({ params, query }) => {
				const webhook = find(params.id);
				const status = readChoice(query, 'status', deliveryStatuses);
				const deliveries = events.deliveries
					.all()
					.filter((delivery) => delivery.webhookId === webhook.id && (!status || delivery.status === status));
				return cursorPage(newestFirst(deliveries), query, smallPages, state.settings, showDelivery);
			},
		},
		{
			method: 'POST',
			path: '/api/v1/webhooks/:id/deliveries/:deliveryId/replay',
			access: 'write',
			...managed,
			handle: ({ params }) => {
				const webhook = find(params.id);
				const delivery = events.deliveries.get(params.deliveryId);
				if (delivery?.webhookId !== webhook.id) throw notFound('Delivery', params.deliveryId);
				const replay = events.replay(delivery);
				return { status: 200, body: { queued: true, deliveryId: replay.id } };
			},
		},
		...eventRoutes(state, events),
	];
}

function eventRoutes(state: OutboundSyncState, events: PlatformEvents): OutboundSyncRoute[] {
	return [
		{
			method: 'GET',
			path: '/api/v1/events',
			access: 'read',
			feature: 'events',
			handle: ({ query }, key) => {
				const types = [query.type ?? []].flat().filter((type) => type !== '');
				const delivered = readChoice(query, 'delivered', ['true', 'false']);
				const chosen = visible(state.events.all(), key).filter(
					(event: PlatformEvent) =>
						(types.length === 0 || types.includes(event.type)) &&
						(delivered === undefined || String(event.delivered) === delivered),
				);
				return cursorPage(newestFirst(chosen), query, smallPages, state.settings);
			},
		},
		{
			method: 'GET',
			path: '/api/v1/events/:id',
			access: 'read',
			feature: 'events',
			handle: ({ params }, key) => {
				const event = visible(state.events.all(), key).find(({ id }) => id === params.id);
				if (!event) throw notFound('Event', params.id);
				const deliveries = events.deliveries.all().filter((delivery) => delivery.eventId === event.id);
				return { status: 200, body: { ...event, deliveries: deliveries.map(showDelivery) } };
			},
		},
	];
}

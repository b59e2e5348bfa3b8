import { isoTime } from '../clock';
import type { Query } from '../http/journal';
import { deliveryCounts } from './account';
import { notFound } from './answers';
import type { ApiKey } from './keys';
import { forwardStatuses, type Delivery, type Destination } from './model';
import { cursorPage, largePages, pathId, readChoice, readId, readRange, within } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { newestFirst, visible } from './visible';

/** `/destinations`, `/destinations/reply-relays` and `/deliveries`. */
export function destinationRoutes(state: OutboundSyncState): OutboundSyncRoute[] {
	const find = (value: string, key: ApiKey): Destination => {
		const id = pathId(value);
		const destination = visible(state.destinations.all(), key).find((candidate) => candidate.id === id);
		if (!destination) throw notFound('Destination', id);
		return destination;
	};
	const deliveriesOf = (query: Query, key: ApiKey, destinationId = readId(query, 'destinationId')): Delivery[] => {
		const inRange = within(readRange(query, state.settings));
		const status = readChoice(query, 'status', forwardStatuses);
		return newestFirst(visible(state.deliveries.all(), key).filter(inRange)).filter(
			(delivery) =>
				(status === undefined || delivery.status === status) &&
				(destinationId === undefined || delivery.destinationId === destinationId),
		);
	};

	return [
		{
			method: 'GET',
			path: '/api/v1/destinations',
			access: 'read',
			handle: (_call, key) => ({ status: 200, body: { destinations: visible(state.destinations.all(), key) } }),
		},
		{
			method: 'GET',
			path: '/api/v1/destinations/reply-relays',
			access: 'read',
			handle: (_call, key) => ({ status: 200, body: { replyRelays: visible(state.replyRelays.all(), key) } }),
		},
		{
			method: 'GET',
			path: '/api/v1/destinations/:id',
			access: 'read',
			handle: ({ params }, key) => ({ status: 200, body: find(params.id, key) }),
		},
		{
			method: 'GET',
			path: '/api/v1/destinations/:id/deliveries',
			access: 'read',
			handle: ({ query, params }, key) =>
				cursorPage(deliveriesOf(query, key, find(params.id, key).id), query, largePages, state.settings),
		},
		{
			method: 'GET',
			path: '/api/v1/destinations/:id/deliveries/metrics',
			access: 'read',
			handle: ({ query, params }, key) => ({
				status: 200,
				body: deliveryCounts(deliveriesOf(query, key, find(params.id, key).id)),
			}),
		},
		{
			method: 'GET',
			path: '/api/v1/deliveries',
			access: 'read',
			handle: ({ query }, key) => cursorPage(deliveriesOf(query, key), query, largePages, state.settings),
		},
		{
			method: 'POST',
			path: '/api/v1/destinations/:id/deliveries/:deliveryId/replay',
			access: 'write',
			handle: ({ params }, key) => {
				const destination = find(params.id, key);
				const delivery = state.deliveries.get(pathId(params.deliveryId));
				if (delivery?.destinationId !== destination.id) throw notFound('Delivery', params.deliveryId);
				const lastId = Math.max(...state.deliveries.all().map(({ id }) => id));
				state.deliveries.put({
					...delivery,
					id: lastId + 1,
					status: 'success',
					httpStatus: 200,
					error: null,
					createdAt: isoTime(state.clock.now()),
				});
				return {
					status: 200,
					body: { queued: true, destinationId: destination.id, payloadId: delivery.payloadId },
				};
			},
		},
	];
}

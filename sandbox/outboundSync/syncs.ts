import type { Query } from '../http/journal';
import { countByStatus } from './account';
import { badRequest, notFound } from './answers';
import type { ApiKey } from './keys';
import { retryableCrms, syncStatuses, type InboundRequest, type Sync } from './model';
import { cursorPage, largePages, pathId, readChoice, readId, readRange, within } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { newestFirst, visible } from './visible';

/** `/requests`, `/syncs` and the lists of one source. */
export function syncRoutes(state: OutboundSyncState): OutboundSyncRoute[] {
	const requestsOf = (query: Query, key: ApiKey, sourceId = readId(query, 'sourceId')): InboundRequest[] => {
		const inRange = within(readRange(query, state.settings));
		return newestFirst(visible(state.requests.all(), key).filter(inRange)).filter(
			(request) => sourceId === undefined || request.sourceId === sourceId,
		);
	};
	const syncsOf = (query: Query, key: ApiKey, sourceId = readId(query, 'sourceId')): Sync[] => {
		const inRange = within(readRange(query, state.settings));
		const status = readChoice(query, 'status', syncStatuses);
		const connectionId = readId(query, 'connectionId');
		return newestFirst(visible(state.syncs.all(), key).filter(inRange)).filter(
			(sync) =>
				(status === undefined || sync.status === status) &&
				(sourceId === undefined || sync.sourceId === sourceId) &&
				(connectionId === undefined || sync.connectionId === connectionId),
		);
	};
	const findSource = (value: string, key: ApiKey): number => {
		const id = pathId(value);
		if (!visible(state.sources.all(), key).some((source) => source.id === id)) throw notFound('Source', id);
		return id;
	};
	const findSync = (value: string, key: ApiKey): Sync => {
		const id = pathId(value);
		const [sync] = visible([state.syncs.get(id)].filter((found) => found !== undefined), key);
		if (!sync) throw notFound('Sync', id);
		return sync;
	};

	return [
		{
			method: 'GET',
			path: '/api/v1/requests',
			access: 'read',
			handle: ({ query }, key) => cursorPage(requestsOf(query, key), query, largePages, state.settings),
		},
		{
			method: 'GET',
			path: '/api/v1/requests/metrics',
			access: 'read',
			handle: ({ query }, key) => ({ status: 200, body: { count: requestsOf(query, key).length } }),
		},
		{
			method: 'GET',
			path: '/api/v1/sources/:sourceId/requests',
			access: 'read',
			handle: ({ query, params }, key) =>
				cursorPage(requestsOf(query, key, findSource(params.sourceId, key)), query, largePages, state.settings),
		},
		{
			method: 'GET',
			path: '/api/v1/syncs',
			access: 'read',
			handle: ({ query }, key) => cursorPage(syncsOf(query, key), query, largePages, state.settings),
		},
		{
			method: 'GET',
			path: '/api/v1/syncs/metrics',
			access: 'read',
			handle: ({ query }, key) => ({
				status: 200,
				body: countByStatus(syncsOf(query, key), syncStatuses),
			}),
		},
		{
			method: 'GET',
			path: '/api/v1/syncs/:id',
			access: 'read',
			handle: ({ params }, key) => ({ status: 200, body: findSync(params.id, key) }),
		},
		{
			method: 'GET',
			path: '/api/v1/sources/:sourceId/syncs',
			access: 'read',
			handle: ({ query, params }, key) =>
				cursorPage(syncsOf(query, key, findSource(params.sourceId, key)), query, largePages, state.settings),
		},
		{
			method: 'POST',
			path: '/api/v1/syncs/:id/retry',
			access: 'write',
			handle: ({ params }, key) => {
				const sync = findSync(params.id, key);
				if (sync.status !== 'error') throw badRequest('Only syncs with the status error can be retried');
				if (!retryableCrms.has(sync.crm)) throw badRequest(`Retry is not supported for ${sync.crm}`);
				// The retry is queued and succeeds at once here: no CRM stands behind the sandbox.
				state.syncs.change(sync.id, { status: 'success', message: null, attempts: sync.attempts + 1 });
				return { status: 200, body: { queued: true, syncId: sync.id } };
			},
		},
	];
}

import { isoTime } from '../clock';
import { Refusal } from '../http/refusal';
import { notFound } from './answers';
import type { ApiKey } from './keys';
import type { Blocklist } from './model';
import { pathId, readId } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { visible } from './visible';

/** `/blocklists`. Records and answers are those published in outboundsync/skills. */
export function blocklistRoutes(state: OutboundSyncState): OutboundSyncRoute[] {
	const refuseDisabled = (connectionId: number | null | undefined): void => {
		if (typeof connectionId === 'number' && state.settings.blockListsDisabledFor.includes(connectionId)) {
			throw new Refusal(403, 'Block lists are not enabled for this connection');
		}
	};
	/** A resync ends by the clock; whoever looks first writes its result down. */
	const current = (list: Blocklist): Blocklist => {
		const endMs = list.resyncStartedAt === null ? NaN : Date.parse(list.resyncStartedAt) + state.settings.resyncRunsMs;
		if (!(state.clock.now() >= endMs)) return list;
		return state.blocklists.change(list.id, {
			status: 'SYNCED',
			syncedCount: list.syncedCount + list.pendingCount,
			pendingCount: 0,
			lastFetchedAt: isoTime(endMs),
			resyncStartedAt: null,
		});
	};
	const find = (value: string, key: ApiKey): Blocklist => {
		const id = pathId(value);
		const list = visible(state.blocklists.all(), key).find((candidate) => candidate.id === id);
		if (!list) throw notFound('Blocklist', id);
		return current(list);
	};
	const show = ({ resyncStartedAt: _resyncStartedAt, ...list }: Blocklist): Record<string, unknown> => list;

	return [
		{
			method: 'GET',
			path: '/api/v1/blocklists',
			access: 'read',
			handle: ({ query }, key) => {
				const connectionId = readId(query, 'connectionId');
				refuseDisabled(connectionId ?? key.connectionId);
				const lists = visible(state.blocklists.all(), key).filter((list) =>
					connectionId === undefined
						? !state.settings.blockListsDisabledFor.includes(list.connectionId)
						: list.connectionId === connectionId,
				);
				return { status: 200, body: { blocklists: lists.map(current).map(show) } };
			},
		},
		{
			method: 'POST',
			path: '/api/v1/blocklists/:id/pause',
			access: 'write',
			handle: ({ params }, key) => {
				const { id, isEnabled, status } = state.blocklists.change(find(params.id, key).id, { isEnabled: false });
				return { status: 200, body: { id, isEnabled, status } };
			},
		},
		{
			method: 'POST',
			path: '/api/v1/blocklists/:id/resync',
			access: 'write',
			handle: ({ params }, key) => {
				const list = find(params.id, key);
				// Of the two, pausing does not ask for it.
				refuseDisabled(list.connectionId);
				if (list.status === 'FETCHING' || list.status === 'SYNCING') {
					throw new Refusal(409, 'A resync is already running for this block list');
				}
				const now = isoTime(state.clock.now());
				const { id, isEnabled, status } = state.blocklists.change(list.id, {
					status: 'FETCHING',
					isEnabled: true,
					lastError: null,
					lastAttemptedAt: now,
					resyncStartedAt: now,
				});
				return { status: 200, body: { id, queued: true, isEnabled, status } };
			},
		},
	];
}

import { isoTime } from '../clock';
import type { ApiKey } from './keys';
import { forwardStatuses, syncStatuses, type Connection, type Delivery, type Source } from './model';
import { readId, readRange, within } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { visible } from './visible';

/** How many of each status; metrics are counts by status (published in outboundsync/skills). */
export function countByStatus(records: Array<{ status: string }>, statuses: readonly string[]): Record<string, number> {
	return Object.fromEntries(statuses.map((status) => [status, records.filter((record) => record.status === status).length]));
}

export function deliveryCounts(deliveries: readonly Delivery[]): Record<string, number> {
	const answered = deliveries.filter(({ httpStatus }) => httpStatus !== null && httpStatus >= 200 && httpStatus < 300);
	return { ...countByStatus([...deliveries], forwardStatuses), http2xx: answered.length };
}

/** That there are links to the main paths is published in outboundsync/skills; their names are not. */
const links = { connections: '/api/v1/connections', sources: '/api/v1/sources', accountStatus: '/api/v1/account/status' };

/** `/me`, `/account/*`, `/connections` and `/sources`. */
export function accountRoutes(state: OutboundSyncState): OutboundSyncRoute[] {
	return [
		{
			method: 'GET',
			path: '/api/v1/me',
			access: 'read',
			handle: (_call, key) => ({
				status: 200,
				body: {
					account: state.account,
					apiKey: {
						name: key.name,
						scopes: key.scopes,
						connectionScope: key.connectionScope,
						connectionId: key.connectionId ?? null,
					},
					connections: state.connections
						.all()
						.filter(({ id }) => key.connectionScope === 'account' || id === key.connectionId)
						.map(({ id, crm, organizationId, organizationDomain }) => ({ id, crm, organizationId, organizationDomain })),
					links,
				},
			}),
		},
		{
			method: 'GET',
			path: '/api/v1/account/status',
			access: 'read',
			handle: (_call, key) => ({ status: 200, body: accountStatus(state, key) }),
		},
		{
			method: 'GET',
			path: '/api/v1/account/metrics',
			access: 'read',
			handle: ({ query }, key) => {
				const inRange = within(readRange(query, state.settings));
				const [connectionId, sourceId] = [readId(query, 'connectionId'), readId(query, 'sourceId')];
				const ofConnection = <T extends { connectionId: number; createdAt: string }>(records: T[]): T[] =>
					visible(records, key).filter(
						(record) => inRange(record) && (connectionId === undefined || record.connectionId === connectionId),
					);
				// Published in outboundsync/skills: the source filters requests and syncs alone.
				const chosen = <T extends { connectionId: number; sourceId: number; createdAt: string }>(records: T[]): T[] =>
					ofConnection(records).filter((record) => sourceId === undefined || record.sourceId === sourceId);
				return {
					status: 200,
					body: {
						from: query.from,
						to: query.to,
						requests: { count: chosen(state.requests.all()).length },
						syncs: countByStatus(chosen(state.syncs.all()), syncStatuses),
						destinationDeliveries: deliveryCounts(ofConnection(state.deliveries.all())),
					},
				};
			},
		},
		{
			method: 'GET',
			path: '/api/v1/connections',
			access: 'read',
			handle: (_call, key) => ({
				status: 200,
				body: {
					connections: state.connections
						.all()
						.filter(({ id }) => key.connectionScope === 'account' || id === key.connectionId),
				},
			}),
		},
		{
			method: 'GET',
			path: '/api/v1/sources',
			access: 'read',
			handle: (_call, key) => ({
				status: 200,
				body: { sources: visible(state.sources.all(), key).map((source) => showSource(state, source)) },
			}),
		},
	];
}

/** A source with what is bound to it; the fields of its destinations are published in outboundsync/skills. */
function showSource(state: OutboundSyncState, { createdAt, ...source }: Source): Record<string, unknown> {
	const isBound = ({ sourceIds }: { sourceIds: number[] }): boolean => sourceIds.includes(source.id);
	return {
		...source,
		destinations: state.destinations
			.all()
			.filter(isBound)
			.map(({ url, description, eventTypes, isDelayed }) => ({ url, description, eventTypes, isDelayed })),
		replyRelay: state.replyRelays.all().find(isBound) ?? null,
		createdAt,
	};
}

const docUrl = 'https://outboundsync.com/docs';

/** Published in outboundsync/skills: these codes, and no others keep an account from being ready. */
const blockers = {
	crm_disconnected: ['The CRM connection is not connected', 'Reconnect the CRM under Connections'],
	no_sources: ['The connection has no sources', 'Add a source and paste its address into the sequencer'],
	sync_not_enabled: ['The plan of the connection does not include syncs', 'Ask OutboundSync to enable syncs'],
} as const;

const warnings = {
	blocklists_error: ['A block list could not be carried over', 'Look at its last error, then resync it'],
	blocklists_not_configured: ['No block list is set up', 'Set one up if the CRM knows who must not be written to'],
	destinations_not_configured: ['No events are forwarded', 'Add a destination if another system needs them'],
} as const;

/** What the account's status says of one connection. */
function connectionStatus(state: OutboundSyncState, { capabilities, id: connectionId, status }: Connection): Record<string, unknown> & {
	blockers: Array<keyof typeof blockers>;
	warnings: Array<keyof typeof warnings>;
} {
	const of = <T extends { connectionId: number }>(records: T[]): T[] => records.filter((record) => record.connectionId === connectionId);
	const sources = of(state.sources.all());
	const destinations = of(state.destinations.all());
	const relays = of(state.replyRelays.all());
	const blocklists = of(state.blocklists.all());
	const failed = blocklists.find(({ lastError }) => lastError !== null);
	const isConnected = status === 'CONNECTED';
	const named = (isAllowed: boolean, count: number): string => (!isAllowed ? 'disabled' : count > 0 ? 'ready' : 'not_configured');
	const forwarding = named(capabilities.destinations, destinations.length + relays.length);
	const blocking = failed && capabilities.blocklists ? 'error' : named(capabilities.blocklists, blocklists.length);
	return {
		connectionId,
		crmConnection: { status: isConnected ? 'ready' : 'disconnected' },
		sources: {
			status: named(capabilities.sync, sources.length),
			count: sources.length,
			platforms: [...new Set(sources.map(({ platform }) => platform))],
		},
		destinations: {
			status: forwarding,
			count: destinations.length + relays.length,
			eventTypes: [...new Set(destinations.flatMap(({ eventTypes }) => eventTypes))],
			forwardingCount: destinations.length,
			replyRelayCount: relays.length,
		},
		blocklists: {
			status: blocking,
			enabledCount: blocklists.filter(({ isEnabled }) => isEnabled).length,
			lastError: failed?.lastError ?? null,
			lastFetchedAt: blocklists.map(({ lastFetchedAt }) => lastFetchedAt).find((at) => at !== null) ?? null,
		},
		blockers: [
			...(isConnected ? [] : (['crm_disconnected'] as const)),
			...(capabilities.sync ? [] : (['sync_not_enabled'] as const)),
			...(sources.length > 0 ? [] : (['no_sources'] as const)),
		],
		warnings: [
			...(forwarding === 'not_configured' ? (['destinations_not_configured'] as const) : []),
			...(blocking === 'not_configured' ? (['blocklists_not_configured'] as const) : []),
			...(blocking === 'error' ? (['blocklists_error'] as const) : []),
		],
	};
}

/** Where the components of each connection stand in the answer is not known; the sandbox lists them under `components`. */
function accountStatus(state: OutboundSyncState, key: ApiKey): Record<string, unknown> {
	const all = state.connections
		.all()
		.filter(({ id }) => key.connectionScope === 'account' || id === key.connectionId)
		.map((connection) => connectionStatus(state, connection));
	const spelt = <Code extends string>(codes: readonly Code[], texts: Readonly<Record<Code, readonly [string, string]>>) =>
		codes.map((code) => ({ code, message: texts[code][0], remediation: texts[code][1], docUrl }));
	const found = spelt(all.flatMap((one) => one.blockers), blockers);
	return {
		ready: found.length === 0,
		blockers: found,
		warnings: spelt(all.flatMap((one) => one.warnings), warnings),
		checkedAt: isoTime(state.clock.now()),
		components: all.map(({ blockers: _blockers, warnings: _warnings, ...components }) => components),
	};
}

import { isoTime } from '../clock';
import { readId, readRange, within } from './query';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { visible } from './visible';

/** How many of each status, and in all. */
export function countByStatus(records: Array<{ status: string }>, statuses: readonly string[]): Record<string, number> {
	return {
		total: records.length,
		...Object.fromEntries(
			statuses.map((status) => [status, records.filter((record) => record.status === status).length]),
		),
	};
}

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
					apiKey: { name: key.name, scopes: key.scopes, connectionScope: key.connectionScope },
					connections: state.connections
						.all()
						.filter(({ id }) => key.connectionScope === 'account' || id === key.connectionId)
						.map(({ id, crm, organizationId, organizationDomain }) => ({ id, crm, organizationId, organizationDomain })),
				},
			}),
		},
		{
			method: 'GET',
			path: '/api/v1/account/status',
			access: 'read',
			handle: () => ({ status: 200, body: accountStatus(state) }),
		},
		{
			method: 'GET',
			path: '/api/v1/account/metrics',
			access: 'read',
			handle: ({ query }, key) => {
				const inRange = within(readRange(query, state.settings));
				const [connectionId, sourceId] = [readId(query, 'connectionId'), readId(query, 'sourceId')];
				const chosen = <T extends { connectionId: number; sourceId: number; createdAt: string }>(records: T[]): T[] =>
					visible(records, key).filter(
						(record) =>
							inRange(record) &&
							(connectionId === undefined || record.connectionId === connectionId) &&
							(sourceId === undefined || record.sourceId === sourceId),
					);
				return {
					status: 200,
					body: {
						from: query.from,
						to: query.to,
						requests: { total: chosen(state.requests.all()).length },
						syncs: countByStatus(chosen(state.syncs.all()), ['success', 'warning', 'error']),
						deliveries: countByStatus(chosen(state.deliveries.all()), ['success', 'error']),
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
			handle: (_call, key) => ({ status: 200, body: { sources: visible(state.sources.all(), key) } }),
		},
	];
}

/** Blockers as documented: `code, message, remediation, docUrl`. Their codes are the sandbox's own. */
function accountStatus(state: OutboundSyncState): Record<string, unknown> {
	const docUrl = 'https://outboundsync.com/docs';
	const blockers = state.connections
		.all()
		.filter((connection) => connection.status !== 'CONNECTED')
		.map((connection) => ({
			code: 'CONNECTION_NOT_CONNECTED',
			message: `The ${connection.crm} connection ${connection.id} is ${connection.status}`,
			remediation: 'Reconnect the CRM under Connections',
			docUrl,
		}));
	const warnings = [
		...state.destinations
			.all()
			.filter((destination) => destination.sourceIds.length === 0)
			.map((destination) => ({
				code: 'DESTINATION_WITHOUT_SOURCES',
				message: `Destination ${destination.id} has no sources and forwards nothing`,
				remediation: 'Choose the sources whose events it should get',
				docUrl,
			})),
		...state.webhooks
			.all()
			.filter((webhook) => webhook.autoDisabledAt !== null)
			.map((webhook) => ({
				code: 'WEBHOOK_AUTO_DISABLED',
				message: `Webhook ${webhook.id} was disabled after failed deliveries`,
				remediation: 'Mend the endpoint and activate the webhook again',
				docUrl,
			})),
	];
	return {
		ready: blockers.length === 0,
		blockers,
		warnings,
		checkedAt: isoTime(state.clock.now()),
		components: {
			connections: { total: state.connections.size, connected: state.connections.size - blockers.length },
			sources: { total: state.sources.size },
			destinations: { total: state.destinations.size },
			webhooks: { enabled: state.settings.canUseWebhooks, total: state.webhooks.size },
		},
	};
}

import { Refusal } from '../http/refusal';
import { parseJson, startListener, type Call, type Listener, type Route } from '../http/server';
import type { Surroundings } from '../surroundings';
import type { OutboundSyncAccess } from './access';
import { accountRoutes } from './account';
import { errorAnswer } from './answers';
import { blocklistRoutes } from './blocklists';
import { contactRoutes } from './contacts';
import { destinationRoutes } from './destinations';
import type { PlatformEvents } from './events';
import type { ApiKey } from './keys';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';
import { syncRoutes } from './syncs';
import { webhookRoutes } from './webhooks';

/** All 35 operations. */
export function outboundSyncRoutes(state: OutboundSyncState, events: PlatformEvents): OutboundSyncRoute[] {
	return [
		...accountRoutes(state),
		...syncRoutes(state),
		...destinationRoutes(state),
		...contactRoutes(state),
		...blocklistRoutes(state),
		...webhookRoutes(state, events),
	];
}

export async function startOutboundSync(
	state: OutboundSyncState,
	access: OutboundSyncAccess,
	events: PlatformEvents,
	surroundings: Surroundings,
	port: number,
): Promise<Listener> {
	// What a key may see is decided at admission and needed again by the operation.
	const admitted = new WeakMap<Call, ApiKey>();
	const routes = outboundSyncRoutes(state, events).map((route): Route & { described: OutboundSyncRoute } => ({
		method: route.method,
		path: route.path,
		described: route,
		handle: (call) => {
			const key = admitted.get(call);
			if (!key) throw new Error('The request was not admitted');
			return route.handle(call, key);
		},
	}));
	return await startListener({
		vendor: 'outboundSync',
		host: surroundings.host,
		port,
		routes,
		clock: surroundings.clock,
		journal: surroundings.journal,
		faults: surroundings.faults,
		latencyMs: () => surroundings.common.latencyMs,
		bodyLimitBytes: 1024 * 1024,
		admit: (call, route) => void admitted.set(call, access.admit(call, route.described)),
		revoke: (call) => access.revoke(call),
		refusalAnswer: errorAnswer,
		parseBody: parseJson,
		noRoute: (method, path) => new Refusal(404, `Cannot ${method} ${path}`),
	});
}

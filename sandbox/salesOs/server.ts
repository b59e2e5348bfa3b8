import { Refusal } from '../http/refusal';
import { parseJson, startListener, type Listener } from '../http/server';
import type { Surroundings } from '../surroundings';
import type { SalesOsAccess } from './access';
import { errorAnswer } from './answers';
import { oauthErrorAnswer, parseTokenBody, type AuthServer } from './authServer';
import { dealRoutes } from './deals';
import { integrationRoutes } from './integration';
import { leadRoutes } from './leads';
import { peopleRoutes } from './people';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';
import { uploadRoutes } from './uploads';
import { webhookRoutes } from './webhooks';

/** Documented: a request body has at most 1 MB. */
const bodyLimitBytes = 1024 * 1024;

export function salesOsRoutes(state: SalesOsState): SalesOsRoute[] {
	return [
		...leadRoutes(state),
		...dealRoutes(state),
		...peopleRoutes(state),
		...integrationRoutes(state),
		...webhookRoutes(state),
		...uploadRoutes(state),
	];
}

export async function startSalesOs(
	state: SalesOsState,
	access: SalesOsAccess,
	surroundings: Surroundings,
	port: number,
): Promise<Listener> {
	return await startListener<SalesOsRoute>({
		vendor: 'salesOs',
		host: surroundings.host,
		port,
		routes: salesOsRoutes(state),
		clock: surroundings.clock,
		journal: surroundings.journal,
		faults: surroundings.faults,
		latencyMs: () => surroundings.common.latencyMs,
		bodyLimitBytes,
		admit: (call, route) => access.admit(call, route.scope),
		revoke: (call) => access.revoke(call),
		refusalAnswer: (refusal) => errorAnswer(refusal, surroundings.clock, state.settings.requestIdPlace),
		parseBody: parseJson,
		noRoute: (method, path, otherMethods) =>
			otherMethods.length > 0
				? new Refusal(405, `${method} is not allowed here`, {
						code: 'METHOD_NOT_ALLOWED',
						headers: { allow: otherMethods.join(', ') },
					})
				: new Refusal(404, `No such path: ${path}`, { code: 'NOT_FOUND' }),
	});
}

export async function startAuthServer(
	authServer: AuthServer,
	surroundings: Surroundings,
	port: number,
): Promise<Listener> {
	const listener = await startListener({
		vendor: 'salesOsAuth',
		host: surroundings.host,
		port,
		routes: authServer.routes(),
		clock: surroundings.clock,
		journal: surroundings.journal,
		faults: surroundings.faults,
		latencyMs: () => surroundings.common.latencyMs,
		bodyLimitBytes,
		admit: () => {},
		revoke: () => {},
		refusalAnswer: oauthErrorAnswer,
		parseBody: parseTokenBody,
		noRoute: (method, path) => new Refusal(404, `Cannot ${method} ${path}`, { code: 'not_found' }),
	});
	authServer.origin = listener.origin;
	return listener;
}

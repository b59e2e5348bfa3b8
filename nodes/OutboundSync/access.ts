import type { INodeProperties } from 'n8n-workflow';

import type { HttpMethod } from '../shared/http/request';
import type { Endpoint, Operation } from '../shared/operation/operation';

/**
 * What a call needs, in the letters of the vendor's reference: R the scope `read`, W the scope
 * `write`, A an account-scoped key and platform webhooks, H platform webhooks alone.
 */
type Access = 'R' | 'R A' | 'R H' | 'W' | 'W A';

/** Every call of the API and its access (documented). */
const ACCESS = {
	'GET /me': 'R',
	'GET /account/status': 'R',
	'GET /account/metrics': 'R',
	'GET /connections': 'R',
	'GET /sources': 'R',
	'GET /requests': 'R',
	'GET /requests/metrics': 'R',
	'GET /sources/:sourceId/requests': 'R',
	'GET /syncs': 'R',
	'GET /syncs/metrics': 'R',
	'GET /syncs/:id': 'R',
	'GET /sources/:sourceId/syncs': 'R',
	'POST /syncs/:id/retry': 'W',
	'GET /destinations': 'R',
	'GET /destinations/reply-relays': 'R',
	'GET /destinations/:id': 'R',
	'GET /destinations/:id/deliveries': 'R',
	'GET /destinations/:id/deliveries/metrics': 'R',
	'GET /deliveries': 'R',
	'POST /destinations/:id/deliveries/:deliveryId/replay': 'W',
	'GET /contacts/outreach': 'R',
	'GET /blocklists': 'R',
	'POST /blocklists/:id/pause': 'W',
	'POST /blocklists/:id/resync': 'W',
	'GET /webhooks': 'R A',
	'GET /webhooks/:id': 'R A',
	'POST /webhooks': 'W A',
	'PATCH /webhooks/:id': 'W A',
	'DELETE /webhooks/:id': 'W A',
	'POST /webhooks/:id/rotate-secret': 'W A',
	'POST /webhooks/:id/test': 'W A',
	'GET /webhooks/:id/deliveries': 'R A',
	'POST /webhooks/:id/deliveries/:deliveryId/replay': 'W A',
	'GET /events': 'R H',
	'GET /events/:id': 'R H',
} as const satisfies Record<string, Access>;

/** A call as the vendor's reference names it, below `/api/v1`. */
export type Route = keyof typeof ACCESS;

/** What each access asks for, as the end of "This needs …". */
const NEEDS: Readonly<Record<Access, string>> = {
	R: 'an API key with the scope "read"',
	'R A': 'an account-scoped API key with the scope "read", and platform webhooks switched on for the account',
	'R H': 'an API key with the scope "read", and platform webhooks switched on for the account',
	W: 'an API key with the scope "write"',
	'W A': 'an account-scoped API key with the scope "write", and platform webhooks switched on for the account',
};

/** The same for the reference table. */
const SCOPES: Readonly<Record<Access, string>> = {
	R: 'read',
	'R A': 'read, account-scoped key, platform webhooks',
	'R H': 'read, platform webhooks',
	W: 'write',
	'W A': 'write, account-scoped key, platform webhooks',
};

/**
 * A documented call, for the facts of an operation. What counts as published here stands in the
 * vendor's public repository outboundsync/skills on GitHub, and not in its API documentation.
 */
export function endpoint(route: Route, facts: Pick<Endpoint, 'inferred' | 'published'> = {}): Endpoint {
	const [method, path] = route.split(' ');
	return { method: method as HttpMethod, path, scope: SCOPES[ACCESS[route]], mark: 'documented', ...facts };
}

/** The documented call that a request makes; undefined when it is none of them. */
export function routeOf({ method, path }: { readonly method: string; readonly path: string }): Route | undefined {
	return ROUTES.find(({ matches, route }) => route.startsWith(`${method} `) && matches.test(path))?.route;
}

const ROUTES = (Object.keys(ACCESS) as Route[]).map((route) => ({
	route,
	matches: new RegExp(`/api/v1${route.slice(route.indexOf('/')).replace(/:\w+/g, '[^/]+')}$`),
}));

/** What a call needs, as the end of "This needs …". */
export function needsOf(route: Route): string {
	return NEEDS[ACCESS[route]];
}

/** Documented: `read` for every GET, `write` for every other method; some paths need more. */
const NEEDS_OF_ANY_PATH =
	'an API key with the scope "read" for GET and "write" for other methods. Paths under /webhooks need an account-scoped key, and paths under /webhooks and /events need platform webhooks switched on for the account';

/** The operation with a notice of what it needs in its panel. */
export function withAccessNotice<T extends Operation>(operation: T): T {
	const routes = operation.endpoints.map(({ method, path }) => routeOf({ method, path: `/api/v1${path}` }));
	const needs = routes.flatMap((route) => (route === undefined ? [] : [needsOf(route)]));
	const notice: INodeProperties = {
		displayName: `This needs ${needs[0] ?? NEEDS_OF_ANY_PATH}.`,
		name: 'accessNotice',
		type: 'notice',
		default: '',
	};
	return { ...operation, fields: [notice, ...operation.fields] };
}

import { endpoint, needsOf, routeOf, type Route } from '../../../nodes/OutboundSync/access';
import { eventId, webhookDeliveryId, webhookId } from '../../../nodes/OutboundSync/ids';
import { plainFields, withoutAddresses } from '../../../nodes/OutboundSync/records';
import { OUTBOUND_SYNC_OPERATIONS } from '../../../nodes/OutboundSync/resources';
import { OUTBOUND_SYNC, OUTREACH_QUOTA } from '../../../nodes/OutboundSync/service';
import type { ApiRequest } from '../../../nodes/shared/http/request';
import type { Connection } from '../../../nodes/shared/http/service';
import { Problem } from '../../../nodes/shared/operation/readers';

/** The calls of the vendor's reference with their access: A account-scoped key and platform webhooks, H platform webhooks. */
const REFERENCE: ReadonlyArray<readonly [Route, string]> = [
	['GET /me', 'R'],
	['GET /account/status', 'R'],
	['GET /account/metrics', 'R'],
	['GET /connections', 'R'],
	['GET /sources', 'R'],
	['GET /requests', 'R'],
	['GET /requests/metrics', 'R'],
	['GET /sources/:sourceId/requests', 'R'],
	['GET /syncs', 'R'],
	['GET /syncs/metrics', 'R'],
	['GET /syncs/:id', 'R'],
	['GET /sources/:sourceId/syncs', 'R'],
	['POST /syncs/:id/retry', 'W'],
	['GET /destinations', 'R'],
	['GET /destinations/:id', 'R'],
	['GET /destinations/:id/deliveries', 'R'],
	['GET /destinations/:id/deliveries/metrics', 'R'],
	['GET /deliveries', 'R'],
	['POST /destinations/:id/deliveries/:deliveryId/replay', 'W'],
	['GET /destinations/reply-relays', 'R'],
	['GET /contacts/outreach', 'R'],
	['GET /blocklists', 'R'],
	['POST /blocklists/:id/pause', 'W'],
	['POST /blocklists/:id/resync', 'W'],
	['GET /webhooks', 'R A'],
	['GET /webhooks/:id', 'R A'],
	['POST /webhooks', 'W A'],
	['PATCH /webhooks/:id', 'W A'],
	['DELETE /webhooks/:id', 'W A'],
	['POST /webhooks/:id/rotate-secret', 'W A'],
	['POST /webhooks/:id/test', 'W A'],
	['GET /webhooks/:id/deliveries', 'R A'],
	['POST /webhooks/:id/deliveries/:deliveryId/replay', 'W A'],
	['GET /events', 'R H'],
	['GET /events/:id', 'R H'],
];

const connection: Connection = { credentialType: 'outboundSyncApi', baseUrl: 'https://app.outboundsync.com', accountDigest: 'abc' };

/** What the user is told about a refusal of a call. */
function advise(route: Route, status: number, message = ''): string | undefined {
	const refusal = { status, headers: {}, body: {} };
	return OUTBOUND_SYNC.advise(refusal, { message, details: [] }, requestFor(route), { connection, serverAheadMs: 0 });
}

function requestFor(route: Route): ApiRequest {
	const [method, path] = route.split(' ');
	return { method, path: `/api/v1${path.replace(/:\w+/g, '7')}` } as ApiRequest;
}

const documented = OUTBOUND_SYNC_OPERATIONS.filter(({ resource }) => resource !== 'apiRequest');
const callsOf = ({ endpoints }: { endpoints: ReadonlyArray<{ method: string; path: string }> }) =>
	endpoints.map(({ method, path }) => `${method} ${path}`);

describe('the 35 operations', () => {
	it('are the calls of the reference, each made by one operation', () => {
		expect(REFERENCE).toHaveLength(35);
		expect(documented).toHaveLength(35);
		expect(documented.flatMap(callsOf).sort()).toEqual(REFERENCE.map(([route]) => route).sort());
	});

	it.each(REFERENCE)('%s needs %s: in its panel, its 403 and the reference table', (route, access) => {
		const operation = documented.find((candidate) => callsOf(candidate)[0] === route);
		const notice = operation?.fields[0]?.type === 'notice' ? operation.fields[0].displayName : '';
		const words = [
			access.includes('W') ? 'scope "write"' : 'scope "read"',
			...(access.includes('A') ? ['account-scoped'] : []),
			...(/[AH]/.test(access) ? ['platform webhooks switched on'] : []),
		];
		for (const word of words) expect(needsOf(route)).toContain(word);
		expect(needsOf(route).includes('account-scoped')).toBe(access.includes('A'));
		expect(notice).toBe(`This needs ${needsOf(route)}.`);
		expect(endpoint(route).scope).toMatch(access.includes('W') ? /^write/ : /^read/);
		expect(routeOf(requestFor(route))).toBe(route);
		expect(advise(route, 403)).toContain(`This needs ${needsOf(route)}.`);
	});

	it('leave the free request, whose panel names what each method and path needs', () => {
		const [notice] = OUTBOUND_SYNC_OPERATIONS.filter(({ resource }) => resource === 'apiRequest').map(({ fields }) => fields[0]);
		expect(notice.type).toBe('notice');
		expect(notice.displayName).toMatch(/"read" for GET and "write" for other methods.*\/webhooks.*account-scoped.*platform webhooks/);
	});

	it('takes no other path for one of them', () => {
		for (const path of ['/api/v1/syncs/1/2', '/api/v1/me/', '/v1/me', '/api/v1/webhooks/a/b/replay']) {
			expect(routeOf({ method: 'GET', path })).toBeUndefined();
		}
		expect(routeOf({ method: 'POST', path: '/api/v1/me' })).toBeUndefined();
	});
});

describe('advice', () => {
	it.each<[Route, number, string, RegExp]>([
		['GET /syncs', 504, '', /20 s\. Narrow the window/],
		['GET /contacts/outreach', 504, '', /did not finish looking the contact up/],
		['POST /blocklists/:id/resync', 409, '', /already running/],
		['POST /webhooks', 400, '', /named above.*at most 20/],
		['POST /webhooks', 403, 'Platform webhooks are not enabled for this account', /Ask OutboundSync.*at most 20/],
		['POST /webhooks/:id/test', 502, '', /not queued/],
		['POST /syncs/:id/retry', 400, '', /HubSpot or Salesforce/],
		['GET /me', 403, 'API access is not enabled for this account', /An admin enables API access/],
		['GET /webhooks', 403, 'Webhook endpoint management requires an account-scoped API key', /limited to one connection/],
		['POST /blocklists/:id/resync', 403, 'Block lists are not enabled for this connection', /Switch on blocklists/],
		['GET /syncs/:id', 404, '', /no such record/],
		['GET /me', 401, '', /osapi_/],
	])('%s %i %s', (route, status, message, expected) => {
		expect(advise(route, status, message)).toMatch(expected);
	});

	it('makes a list of complaints readable', () => {
		const message = ['from must be a date', 'to must be a date'];
		expect(OUTBOUND_SYNC.readError({ statusCode: 400, message, error: 'Bad Request' }).message).toBe(
			'from must be a date; to must be a date',
		);
	});
});

describe('quotas', () => {
	const quotas = (quotaClass?: string) => OUTBOUND_SYNC.quotasFor(connection, { method: 'GET', path: '/api/v1/x', quotaClass });

	it('a look-up draws on its own 600 a minute alone', () => {
		expect(quotas(OUTREACH_QUOTA).map(({ limit, windowMs }) => [limit, windowMs])).toEqual([[600, 60_000]]);
		expect(quotas().map(({ limit, windowMs }) => [limit, windowMs])).toEqual([
			[120, 60_000],
			[120, 60_000],
		]);
		const keys = [...quotas(), ...quotas(OUTREACH_QUOTA)].map(({ key }) => key);
		expect(new Set(keys).size).toBe(3);
	});

	it('a 429 of a look-up, which comes without headers, is about that quota', () => {
		const refusal = { status: 429, headers: { 'retry-after': '3' }, body: {} };
		expect(quotas(OUTREACH_QUOTA).every((spec) => OUTBOUND_SYNC.isAbout(spec, refusal))).toBe(true);
	});
});

describe('IDs with a prefix', () => {
	it.each([
		[webhookId, 'oswhk_1aB', 'oswhd_1aB'],
		[webhookDeliveryId, ' oswhd_1aB ', 'oswhk_1aB'],
		[eventId, 'osevt_1-a_B', 'evt_1'],
		[eventId, 'osevt_1', 'osevt_'],
		[webhookId, 'oswhk_1', 'oswhk_a b'],
	])('%p reads %s and refuses %s', (read, right, wrong) => {
		expect(read(right)).toBe(right.trim());
		expect(read(wrong)).toBeInstanceOf(Problem);
	});

	it('never repeats the value: a secret pasted by mistake must not reach a log', () => {
		const problem = webhookId('oswhsec_verysecret');
		expect(JSON.stringify(problem)).not.toContain('verysecret');
	});
});

describe('Simplify', () => {
	const record = {
		id: 1,
		url: 'https://app.outboundsync.com/hooks/secret',
		destinationUrl: 'https://example.com/secret',
		destinations: [{ id: 2, url: 'https://example.com/secret', config: { url: 'https://example.com/secret', on: true } }],
		note: null,
	};

	it('leaves addresses out at any depth', () => {
		expect(withoutAddresses(record)).toEqual({ id: 1, destinations: [{ id: 2, config: { on: true } }], note: null });
	});

	it('keeps plain values of records whose fields are not documented', () => {
		expect(plainFields(record)).toEqual({ id: 1, note: null });
	});
});

import type { FaultSpec } from '../../sandbox/http/faults';
import { allScopes } from '../../sandbox/salesOs/credentials';
import { defaultOutboundSyncSettings, defaultSalesOsSettings, requestIdPlaces } from '../../sandbox/settings';
import { startContractBench, type ContractBench } from './contractBench';
import { CONTRACTS, type Described, type VendorName } from './openApi';
import type { ValidatingProxy } from './validatingProxy';

/** Every answer of the sandbox that is no success, asked for with requests that are wrong on purpose. */

const MISSING_UUID = '00000000-0000-4000-a000-000000000000';
/** As large as no vendor takes it. */
const TOO_LARGE = JSON.stringify({ name: 'x'.repeat(1_100_000) });

let bench: ContractBench;
let proxy: ValidatingProxy;
/** Those that a test has used so far. */
let used: ValidatingProxy[] = [];

beforeAll(async () => {
	bench = await startContractBench();
});
beforeEach(() => {
	bench.sandbox.reset();
	const many = 100_000;
	Object.assign(bench.sandbox.salesOs.settings, defaultSalesOsSettings(), { requestsPerWindow: many });
	const perWindow = { requestsPerWindowPerIp: many, requestsPerWindowPerAccount: many };
	Object.assign(bench.sandbox.outboundSync.settings, defaultOutboundSyncSettings(), perWindow);
});
afterEach(async () => {
	// Whatever a test asked for, what it was told must be described.
	const problems = used.flatMap((one) => one.problems('answers'));
	expect(used.length).toBeGreaterThan(0);
	used = [];
	await bench.disconnect();
	expect(problems).toEqual([]);
});
afterAll(async () => await bench.stop());

async function salesOsToken(scopes = allScopes): Promise<string> {
	const { audience, authOrigin, credentials } = bench.sandbox.salesOs;
	const client = credentials.addClient({ scopes: [...scopes] });
	const answer = await fetch(`${authOrigin}/oauth/token`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ client_id: client.id, client_secret: client.clientSecret, audience, grant_type: 'client_credentials' }),
	});
	return ((await answer.json()) as { access_token: string }).access_token;
}

/** A request to an operation, about records that are not there. */
async function ask(vendor: VendorName, { method, parameters, path }: Described, token: string | undefined, body?: string): Promise<number> {
	const [from, to] = [Date.now() - 1000, Date.now()].map((atMs) => new Date(atMs).toISOString());
	const ids: Readonly<Record<string, string>> =
		vendor === 'salesOs'
			? { id: MISSING_UUID }
			: {
					id: path.startsWith('/webhooks') ? 'oswhk_missing' : path.startsWith('/events') ? 'osevt_missing' : '999999',
					sourceId: '999999',
					deliveryId: path.startsWith('/webhooks') ? 'oswhd_missing' : '999999',
				};
	const query = parameters.some(({ name }) => name === 'from') ? `?from=${from}&to=${to}` : path.endsWith('/outreach') ? '?email=a@b.example' : '';
	const base = vendor === 'salesOs' ? '' : '/api/v1';
	const answer = await fetch(`${proxy.origin}${base}${path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name])}${query}`, {
		method,
		headers: {
			...(token !== undefined && { authorization: `Bearer ${token}` }),
			...(body !== undefined && { 'content-type': 'application/json' }),
		},
		body,
	});
	await answer.arrayBuffer();
	return answer.status;
}

async function connect(vendor: VendorName): Promise<void> {
	({ proxy } = await bench.connect(vendor));
	used.push(proxy);
}

const operationsOf = (vendor: VendorName) => CONTRACTS[vendor].operations;
const find = (vendor: VendorName, method: string, path: string): Described => {
	const found = operationsOf(vendor).find((one) => one.method === method && one.path === path);
	if (!found) throw new Error(`The contract has no ${method} ${path}`);
	return found;
};

async function statuses(vendor: VendorName, asked: readonly Described[], token: string | undefined, body?: string): Promise<Set<number>> {
	await connect(vendor);
	const answered = new Set<number>();
	for (const operation of asked) answered.add(await ask(vendor, operation, token, operation.method === 'GET' ? undefined : body));
	return answered;
}

const isAboutOne = ({ path }: Described): boolean => path.includes('{');
const takesBody = ({ node }: Described): boolean => node.requestBody !== undefined;

describe('SalesOS refuses within the contract', () => {
	it('without a credential', async () => {
		expect(await statuses('salesOs', operationsOf('salesOs'), undefined)).toEqual(new Set([401]));
		expect(await statuses('salesOs', operationsOf('salesOs'), 'not-a-token')).toEqual(new Set([401]));
	});

	it('without the scope', async () => {
		expect(await statuses('salesOs', operationsOf('salesOs'), await salesOsToken([]))).toEqual(new Set([403]));
	});

	it('what is not there', async () => {
		const token = await salesOsToken();
		expect(await statuses('salesOs', operationsOf('salesOs').filter(isAboutOne), token, '{}')).toEqual(new Set([404]));
	});

	it('bodies that are not valid, are no JSON, or are too large', async () => {
		const token = await salesOsToken();
		const writes = operationsOf('salesOs').filter((operation) => takesBody(operation) && !isAboutOne(operation));
		expect(await statuses('salesOs', writes, token, '{"name": 1, "email": 2, "activities": [{}]}')).toEqual(new Set([400]));
		expect(await statuses('salesOs', writes, token, '{')).toEqual(new Set([400]));
		const small = writes.filter(({ path }) => path !== '/v1/uploads');
		expect(await statuses('salesOs', small, token, TOO_LARGE)).toEqual(new Set([413]));
	});

	it('parameters and batches that are not valid', async () => {
		await connect('salesOs');
		const authorization = `Bearer ${await salesOsToken()}`;
		for (const query of ['per_page=101', 'page=0', 'status=hot', 'owner_id=me', 'sort=height']) {
			const answer = await fetch(`${proxy.origin}/v1/leads?${query}`, { headers: { authorization } });
			expect(answer.status).toBe(400);
		}
		const activities = [{ activity_code: '000', external_id: '', collaborator_email: 'nobody' }];
		const answer = await fetch(`${proxy.origin}/functions/v1/default-integration`, {
			method: 'POST',
			headers: { authorization, 'content-type': 'application/json' },
			body: JSON.stringify({ action: 'sync_activities', activities }),
		});
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({ error: { details: [{ index: 0 }, { index: 0 }, { index: 0 }] } });
	});

	it.each(requestIdPlaces)('with the ID of the request in %s', async (place) => {
		bench.sandbox.salesOs.settings.requestIdPlace = place;
		expect(await statuses('salesOs', [find('salesOs', 'GET', '/v1/leads')], undefined)).toEqual(new Set([401]));
	});

	it('what the rate limits do not allow, by the minute and by the hour', async () => {
		const leads = find('salesOs', 'GET', '/v1/leads');
		const token = await salesOsToken();
		bench.sandbox.salesOs.settings.requestsPerWindow = 1;
		expect(await statuses('salesOs', [leads, leads], token)).toEqual(new Set([200, 429]));
		bench.sandbox.reset();
		// The integration endpoint takes the key itself as a bearer token (documented).
		bench.sandbox.salesOs.settings.signedKeyRequestsPerHour = 1;
		const integration = find('salesOs', 'POST', '/functions/v1/default-integration');
		const { signedKey } = bench.sandbox.salesOs;
		expect(await statuses('salesOs', [integration, integration], signedKey, '{}')).toEqual(new Set([400, 429]));
	});
});

describe('OutboundSync refuses within the contract', () => {
	it('without a key', async () => {
		expect(await statuses('outboundSync', operationsOf('outboundSync'), undefined)).toEqual(new Set([401]));
	});

	it('without the scope write', async () => {
		const writes = operationsOf('outboundSync').filter(({ scope }) => scope.startsWith('write'));
		expect(await statuses('outboundSync', writes, bench.sandbox.outboundSync.readOnlyKey, '{}')).toEqual(new Set([403]));
	});

	it('with a key of one connection, with platform webhooks off, with the API off', async () => {
		const { apiKey, connectionScopedKey, settings } = bench.sandbox.outboundSync;
		const managed = operationsOf('outboundSync').filter(({ scope }) => scope.includes('account-scoped'));
		expect(managed).toHaveLength(9);
		expect(await statuses('outboundSync', managed, connectionScopedKey, '{}')).toEqual(new Set([403]));
		settings.canUseWebhooks = false;
		const platform = operationsOf('outboundSync').filter(({ scope }) => scope.includes('platform webhooks'));
		expect(platform).toHaveLength(11);
		expect(await statuses('outboundSync', platform, apiKey, '{}')).toEqual(new Set([403]));
		settings.apiAccess = false;
		expect(await statuses('outboundSync', operationsOf('outboundSync'), apiKey, '{}')).toEqual(new Set([403]));
	});

	it('what is not there', async () => {
		const about = operationsOf('outboundSync').filter(isAboutOne);
		expect(await statuses('outboundSync', about, bench.sandbox.outboundSync.apiKey)).toEqual(new Set([404]));
	});

	it('what is not valid, takes too long, runs already or is not queued', async () => {
		await connect('outboundSync');
		const { apiKey, settings, state } = bench.sandbox.outboundSync;
		const send = async (method: string, path: string, body?: object): Promise<number> => {
			const headers = { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) };
			const answer = await fetch(`${proxy.origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
			return answer.status;
		};
		const range = `from=${new Date(Date.now() - 20 * 86_400_000).toISOString()}&to=${new Date().toISOString()}`;
		for (const path of ['/syncs', '/syncs?from=x&to=y', `/syncs?${range}&limit=501`, '/contacts/outreach', '/syncs/one', '/events?limit=0']) {
			expect({ path, status: await send('GET', path) }).toEqual({ path, status: 400 });
		}
		expect(await send('POST', '/webhooks', { url: 'ftp://x', enabledEvents: ['sync.exploded'] })).toBe(400);
		expect(await send('POST', '/blocklists/501/resync')).toBe(200);
		expect(await send('POST', '/blocklists/501/resync')).toBe(409);
		settings.heavyRangeDays = 7;
		expect(await send('GET', `/syncs?${range}`)).toBe(504);
		expect(await send('POST', '/webhooks', { url: 'https://127.0.0.1:1/hook' })).toBe(201);
		settings.testNotQueued = true;
		expect(await send('POST', `/webhooks/${state.webhooks.all()[0].id}/test`)).toBe(502);
	});

	it('what the rate limits do not allow: of the address, of the account, of look-ups', async () => {
		const { apiKey, settings } = bench.sandbox.outboundSync;
		const me = find('outboundSync', 'GET', '/me');
		const outreach = find('outboundSync', 'GET', '/contacts/outreach');
		settings.requestsPerWindowPerIp = 1;
		expect(await statuses('outboundSync', [me, me], apiKey)).toEqual(new Set([200, 429]));
		expect(proxy.exchanges.filter(({ status }) => status === 429)).toHaveLength(1);
		bench.sandbox.reset();
		Object.assign(settings, { requestsPerWindowPerIp: 100, requestsPerWindowPerAccount: 1, outreachRequestsPerWindow: 1 });
		expect(await statuses('outboundSync', [me, me], apiKey)).toEqual(new Set([200, 429]));
		expect(await statuses('outboundSync', [outreach, outreach], apiKey)).toEqual(new Set([200, 429]));
	});
});

describe.each(['salesOs', 'outboundSync'] as const)('%s fails within the contract', (vendor) => {
	it.each<[FaultSpec['kind'], number]>([
		['serverError', 500],
		['serviceUnavailable', 503],
		['gatewayTimeout', 504],
		['tooManyRequests', 429],
		['tokenRevoked', 401],
		['serverErrorAfterWork', 500],
	])('%s', async (kind, status) => {
		const operation = vendor === 'salesOs' ? find(vendor, 'GET', '/v1/leads') : find(vendor, 'GET', '/me');
		const token = vendor === 'salesOs' ? await salesOsToken() : bench.sandbox.outboundSync.apiKey;
		bench.sandbox.faults.add({ vendor, kind } as FaultSpec);
		expect(await statuses(vendor, [operation], token)).toEqual(new Set([status]));
	});

	it('and what is spoilt on purpose is seen to be', async () => {
		const operation = vendor === 'salesOs' ? find(vendor, 'GET', '/v1/leads') : find(vendor, 'GET', '/me');
		const token = vendor === 'salesOs' ? await salesOsToken() : bench.sandbox.outboundSync.apiKey;
		for (const kind of ['truncatedJson', 'notJson', 'emptyBody', 'badGatewayHtml'] as const) {
			bench.sandbox.faults.add({ vendor, kind });
			await statuses(vendor, [operation], token);
			expect({ kind, problems: proxy.problems('answers').length }).toEqual({ kind, problems: 1 });
		}
		// These are as they should be, which the check after each test must not hold against them.
		used = [];
		await connect(vendor);
	});
});

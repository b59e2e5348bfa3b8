import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { signRequest } from '../../../sandbox/salesOs/signedKey';
import { mint, salesOsApi, send, TestClock } from './support';

let sandbox: Sandbox;
const clock = new TestClock();

beforeAll(async () => {
	sandbox = await startSandbox({ clock });
});
afterAll(async () => await sandbox.stop());
afterEach(() => {
	sandbox.reset();
	Object.assign(sandbox.salesOs.settings, { tokenLifetimeSeconds: 86_400, signedPathIncludesQuery: false, signedKeyRequestsPerHour: 1000 });
});

const leads = (): string => `${sandbox.salesOs.origin}/v1/leads`;

describe('client credentials', () => {
	test('the token is an RS256 JWT for the audience, verifiable with the published key', async () => {
		const { status, json } = await mint(sandbox);
		expect(status).toBe(200);
		expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
		expect(json).not.toHaveProperty('refresh_token');
		const [header, claims, signature] = String(json.access_token).split('.');
		const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
		expect(read(header)).toMatchObject({ alg: 'RS256' });
		expect(read(claims)).toMatchObject({
			aud: 'https://api.play2sell.com',
			iss: `${sandbox.salesOs.authOrigin}/`,
			azp: sandbox.salesOs.clientId,
			exp: Math.floor(clock.nowMs / 1000) + 86_400,
		});
		const keys = await send('GET', `${sandbox.salesOs.authOrigin}/.well-known/jwks.json`);
		const [published] = (JSON.parse(keys.text) as { keys: JsonWebKey[] }).keys;
		const key = createPublicKey({ key: published, format: 'jwk' });
		expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
	});

	test('form encoding and HTTP Basic serve as well as JSON', async () => {
		const { authOrigin, clientId, clientSecret, audience } = sandbox.salesOs;
		const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience });
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		expect((await send('POST', `${authOrigin}/oauth/token`, { headers, body: form.toString() })).status).toBe(200);
		const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
		const bare = new URLSearchParams({ grant_type: 'client_credentials', audience }).toString();
		expect((await send('POST', `${authOrigin}/oauth/token`, { headers: { ...headers, authorization }, body: bare })).status).toBe(200);
	});

	test.each([
		[{ client_secret: 'wrong' }, 401, 'access_denied'],
		[{ client_id: 'nobody' }, 401, 'access_denied'],
		[{ grant_type: 'password' }, 403, 'unsupported_grant_type'],
		[{ audience: '' }, 403, 'access_denied'],
	])('%j is refused with %i %s', async (overrides, status, error) => {
		const reply = await mint(sandbox, overrides as Record<string, string>);
		expect(reply.status).toBe(status);
		expect(reply.json.error).toBe(error);
	});
});

describe('bearer tokens', () => {
	test('a token for another audience is issued and yet refused with 401', async () => {
		const api = await salesOsApi(sandbox, { audience: 'https://api.play2sell.com/' });
		const reply = await api('GET', '/v1/leads');
		expect(reply.status).toBe(401);
		expect(reply.json.error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('audience') });
	});

	test('a token expires when its lifetime is over', async () => {
		sandbox.salesOs.settings.tokenLifetimeSeconds = 60;
		const api = await salesOsApi(sandbox);
		clock.advance(59_000);
		expect((await api('GET', '/v1/leads')).status).toBe(200);
		clock.advance(1000);
		const reply = await api('GET', '/v1/leads');
		expect(reply.status).toBe(401);
		expect(reply.json.error.message).toContain('expired');
	});

	test.each([
		['none', undefined],
		['malformed', 'Bearer not.a.jwt'],
		['unsigned', `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`],
		['of another kind', 'Basic abc'],
	])('a token that is %s is refused with 401', async (_what, authorization) => {
		const reply = await send('GET', leads(), { headers: authorization === undefined ? {} : { authorization } });
		expect(reply.status).toBe(401);
		expect(reply.json.meta.request_id).toMatch(/^req_/);
	});

	test('a token with a changed payload is refused', async () => {
		const { json } = await mint(sandbox);
		const [header, claims, signature] = String(json.access_token).split('.');
		const forged = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
		forged.scope = 'everything';
		const token = [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
		expect((await send('GET', leads(), { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
	});

	test('revoking all tokens leaves the client free to fetch a new one; revoking the client does not', async () => {
		const before = await salesOsApi(sandbox);
		sandbox.salesOs.revokeTokens();
		clock.advance(1);
		expect((await before('GET', '/v1/leads')).status).toBe(401);
		const after = await salesOsApi(sandbox);
		expect((await after('GET', '/v1/leads')).status).toBe(200);
		sandbox.salesOs.credentials.clients.change(sandbox.salesOs.clientId, { revoked: true });
		expect((await after('GET', '/v1/leads')).status).toBe(401);
		expect((await mint(sandbox)).status).toBe(401);
	});

	test('a client without the scope is refused with 403', async () => {
		const { id, clientSecret } = sandbox.salesOs.credentials.addClient({ scopes: ['leads:read'] });
		const api = await salesOsApi(sandbox, { client_id: id, client_secret: clientSecret });
		expect((await api('GET', '/v1/leads')).status).toBe(200);
		const reply = await api('POST', '/v1/leads', { name: 'Ana', email: 'ana@example.com' });
		expect(reply.status).toBe(403);
		expect(reply.json.error).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('leads:write') });
	});
});

describe('authorization code', () => {
	test('code, tokens, refresh; a code and a refresh token serve once', async () => {
		const { authOrigin, clientId, clientSecret, audience } = sandbox.salesOs;
		const redirectUri = 'http://localhost:5678/rest/oauth2-credential/callback';
		const query = new URLSearchParams({
			response_type: 'code',
			client_id: clientId,
			redirect_uri: redirectUri,
			scope: 'openid profile email',
			audience,
			state: 'abc',
		});
		const consent = await send('GET', `${authOrigin}/authorize?${query.toString()}`);
		expect(consent.status).toBe(302);
		const target = new URL(consent.headers.get('location') ?? '');
		expect(target.origin + target.pathname).toBe(redirectUri);
		expect(target.searchParams.get('state')).toBe('abc');

		const exchange = { grant_type: 'authorization_code', code: target.searchParams.get('code') ?? '', redirect_uri: redirectUri };
		const tokens = await mint(sandbox, exchange);
		expect(tokens.status).toBe(200);
		expect(Object.keys(tokens.json)).toEqual(expect.arrayContaining(['access_token', 'refresh_token', 'id_token']));
		expect((await mint(sandbox, exchange)).json.error).toBe('invalid_grant');

		const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.json.refresh_token) };
		const refreshed = await send('POST', `${authOrigin}/oauth/token`, { body: { ...refresh, client_id: clientId, client_secret: clientSecret } });
		const authorization = `Bearer ${refreshed.json.access_token}`;
		expect((await send('GET', leads(), { headers: { authorization } })).status).toBe(200);
		expect((await mint(sandbox, refresh)).status).toBe(403);
	});
});

describe('signed keys', () => {
	const sign = (method: string, path: string, body: string, timestampSeconds: number, secret = sandbox.salesOs.signedSecret): string => {
		const apiKey = sandbox.salesOs.signedKey;
		const timestamp = String(timestampSeconds);
		const signature = signRequest(secret, { apiKey, timestamp, method, path, rawBody: Buffer.from(body) });
		return `P2S-SIGN-V1 ${apiKey}:${timestamp}:${signature}`;
	};
	const nowSeconds = (): number => Math.floor(clock.nowMs / 1000);
	const body = JSON.stringify({ name: 'Ana', email: 'ana@example.com' });

	test('the formula gives the published vector', () => {
		const signature = signRequest('secret_example', {
			apiKey: 'sk_test_example',
			timestamp: '1773741600',
			method: 'POST',
			path: '/functions/v1/default-integration',
			rawBody: Buffer.from('{"action":"sync_activities","activities":[]}'),
		});
		expect(signature).toBe('966fcc213f314803c35d9a2ad747338bf20e84734cfeb4286326dde9bfab83f1');
	});

	test('a right signature is served, with a body and without', async () => {
		const created = await send('POST', leads(), { headers: { authorization: sign('POST', '/v1/leads', body, nowSeconds()) }, body });
		expect(created.status).toBe(201);
		const listed = await send('GET', `${leads()}?per_page=1`, { headers: { authorization: sign('GET', '/v1/leads', '', nowSeconds()) } });
		expect(listed.status).toBe(200);
		expect(sandbox.journal.list({ vendor: 'salesOs' }).map((entry) => entry.credentialId)).toEqual(['sk_test_sandbox', 'sk_test_sandbox']);
	});

	test.each([
		[-31, 401],
		[-30, 201],
		[30, 201],
		[31, 401],
	])('a timestamp %i s off answers %i', async (offset, status) => {
		const authorization = sign('POST', '/v1/leads', body, nowSeconds() + offset);
		expect((await send('POST', leads(), { headers: { authorization }, body })).status).toBe(status);
	});

	test.each([
		['method', () => sign('PUT', '/v1/leads', body, nowSeconds())],
		['path', () => sign('POST', '/v1/deals', body, nowSeconds())],
		['body', () => sign('POST', '/v1/leads', `${body} `, nowSeconds())],
		['secret', () => sign('POST', '/v1/leads', body, nowSeconds(), 'wrong')],
	])('a signature over another %s is refused', async (_what, authorization) => {
		const reply = await send('POST', leads(), { headers: { authorization: authorization() }, body });
		expect(reply.status).toBe(401);
		expect(reply.json.error.message).toContain('signature');
	});

	test('whether the path carries the query is a switch', async () => {
		const withQuery = { headers: { authorization: sign('GET', '/v1/leads?page=2', '', nowSeconds()) } };
		expect((await send('GET', `${leads()}?page=2`, withQuery)).status).toBe(401);
		sandbox.salesOs.settings.signedPathIncludesQuery = true;
		expect((await send('GET', `${leads()}?page=2`, withQuery)).status).toBe(200);
	});

	test('the hourly quota answers 429 with error.retry_after and no Retry-After', async () => {
		sandbox.salesOs.settings.signedKeyRequestsPerHour = 2;
		const ask = async (): ReturnType<typeof send> =>
			await send('GET', leads(), { headers: { authorization: sign('GET', '/v1/leads', '', nowSeconds()) } });
		expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
		clock.advance(1_753_000);
		const refused = await ask();
		expect(refused.status).toBe(429);
		expect(refused.json.error).toMatchObject({ code: 'RATE_LIMITED', retry_after: 1847 });
		expect(refused.headers.get('retry-after')).toBeNull();
		clock.advance(1_847_000);
		expect((await ask()).status).toBe(200);
	});

	test('the integration endpoint takes the key as a bearer token; the REST API does not', async () => {
		const headers = { authorization: `Bearer ${sandbox.salesOs.signedKey}` };
		const integration = `${sandbox.salesOs.origin}/functions/v1/default-integration`;
		const collaborators = [{ external_id: '1', name: 'Ana', email: 'ana@example.com' }];
		expect((await send('POST', integration, { headers, body: { action: 'sync_collaborators', collaborators } })).status).toBe(200);
		expect((await send('GET', leads(), { headers })).status).toBe(401);
	});
});

test('no secret reaches the journal', async () => {
	await mint(sandbox);
	await mint(sandbox, { grant_type: 'refresh_token', refresh_token: 'refresh-me' });
	await salesOsApi(sandbox).then(async (api) => {
		await api('POST', '/v1/webhooks', { url: 'https://example.com/', events: ['lead.created'], secret: 'hook-secret' });
	});
	const written = JSON.stringify(sandbox.journal.list());
	for (const secret of [sandbox.salesOs.clientSecret, 'refresh-me', 'hook-secret', 'Bearer ']) expect(written).not.toContain(secret);
	expect(written).toContain(sandbox.salesOs.clientId);
});

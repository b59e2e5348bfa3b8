import type { ICredentialDataDecryptedObject, INodeCredentials } from 'n8n-workflow';
import { createEngine, n8nLine, type Engine, type NodeRunResult } from '../../support/engine';
import { API_AUDIENCE, OTHER_AUDIENCE, startOAuthServer, type OAuthServer } from '../../support/oauthServer';

/**
 * Tokens are minted and renewed by n8n-core, issued by oidc-provider and verified by jose. The node
 * stands in for n8n's HTTP Request node with SalesOS as its predefined credential.
 */
const TYPE = 'salesOsOAuth2Api';
const DAY_SECONDS = 86_400;

let engine: Engine;
let server: OAuthServer;

beforeAll(async () => {
	engine = await createEngine();
});

beforeEach(async () => {
	server = await startOAuthServer();
});

afterEach(async () => {
	await server.stop();
});

function addCredential(changes: ICredentialDataDecryptedObject = {}): INodeCredentials[string] & { id: string } {
	return engine.credentials.add(TYPE, {
		environment: 'custom',
		baseUrl: server.api,
		authBaseUrl: server.issuer,
		clientId: server.clientId,
		clientSecret: server.clientSecret,
		...changes,
	});
}

async function readStages(
	credential: INodeCredentials[string],
	{ times = 1, concurrency = 1 } = {},
): Promise<NodeRunResult> {
	return await engine.runNode({
		type: 'n8n-nodes-base.httpRequest',
		parameters: { nodeCredentialType: TYPE, url: `${server.api}/v1/stages`, concurrency },
		credentials: { [TYPE]: credential },
		items: Array.from({ length: times }, (_, n) => ({ n })),
	});
}

test('one token serves a thousand requests, and the executions after it', async () => {
	const credential = addCredential();

	const first = await readStages(credential, { times: 1000 });
	expect(first.error).toBeUndefined();
	expect(first.items).toHaveLength(1000);
	expect(first.items[999]?.json).toEqual({ data: { path: '/v1/stages' } });

	const second = await readStages(credential, { times: 50, concurrency: 10 });
	expect(second.items).toHaveLength(50);

	expect(await server.state()).toMatchObject({ mints: 1, accepted: 1050, refused: 0, tokensUsed: 1 });
	expect(engine.credentials.tokenUpdates.get(credential.id)).toBe(1);
	expect(engine.credentials.raw(credential.id).oauthTokenData).toMatchObject({ token_type: 'Bearer' });
});

test('a token that expires in mid-run is renewed once and no item fails', async () => {
	const credential = addCredential();
	await readStages(credential);
	await server.setTokenLifetime(3 * DAY_SECONDS);
	await server.advanceApiClockAfter(300, DAY_SECONDS);

	const { error, items } = await readStages(credential, { times: 600 });

	expect(error).toBeUndefined();
	expect(items).toHaveLength(600);
	expect(await server.state()).toMatchObject({ mints: 2, accepted: 601, refused: 1, tokensUsed: 2 });
	expect(engine.credentials.tokenUpdates.get(credential.id)).toBe(2);
});

test('twenty requests that meet an expired token at once', async () => {
	const concurrency = 20;
	const credential = addCredential();
	await readStages(credential);
	await server.setTokenLifetime(3 * DAY_SECONDS);
	await server.advanceApiClock(DAY_SECONDS);

	const { error, items } = await readStages(credential, { times: 200, concurrency });

	expect(error).toBeUndefined();
	expect(items).toHaveLength(200);
	const { mints, refused } = await server.state();
	expect(refused).toBeGreaterThan(1);
	if (n8nLine === 2) expect(mints).toBe(2);
	// n8n 1.x renews once for each refused request.
	else expect(mints).toBe(1 + refused);
});

test('tokens of three seconds carry a run across several of them', async () => {
	await server.setTokenLifetime(3);
	const credential = addCredential();
	let { tokensUsed } = await server.state();
	while (tokensUsed < 3) {
		const { error, items } = await readStages(credential, { times: 100 });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(100);
		({ tokensUsed } = await server.state());
	}
});

test('the SalesOS node mints once for a cold credential, although its items run at the same time', async () => {
	const credential = addCredential();
	const { error, items } = await engine.runNode({
		type: 'salesOs',
		parameters: {
			resource: 'lead',
			operation: 'get',
			leadId: { __rl: true, mode: 'id', value: '5f0c7a52-52a0-4f2e-8a3b-0d5f5d6f7a01' },
			simplify: false,
			options: { requestsPerMinute: 100_000, maxConcurrency: 10 },
		},
		credentials: { [TYPE]: credential },
		items: Array.from({ length: 300 }, (_, n) => ({ n })),
	});
	expect(error).toBeUndefined();
	expect(items).toHaveLength(300);
	expect(await server.state()).toMatchObject({ mints: 1, accepted: 300, refused: 0, tokensUsed: 1 });
	expect(engine.credentials.tokenUpdates.get(credential.id)).toBe(1);
});

test('a wrong secret mints nothing, and is not repeated in the error', async () => {
	const clientSecret = 'certainly-the-wrong-secret';
	const credential = addCredential({ clientSecret });

	const { error, items, raw } = await readStages(credential);

	expect(items).toEqual([]);
	expect(`${error?.message} ${error?.description}`).toContain('Client authentication failed');
	expect(await server.state()).toMatchObject({ mints: 0, refusedMints: 1, accepted: 0, refused: 0 });
	expect(JSON.stringify(raw)).not.toContain(clientSecret);

	const { status, message } = await engine.testCredential(TYPE, credential);
	expect(status).toBe('Error');
	expect(message).toContain('Client authentication failed');
	expect(message).not.toContain(clientSecret);
});

test('a genuine token for another audience is refused, and the test says why', async () => {
	const credential = addCredential({ audience: OTHER_AUDIENCE });

	const { error } = await readStages(credential);

	expect(error?.httpCode).toBe('401');
	// n8n takes any 401 for an expired token: it mints again and sends again, and 1.x once more after that.
	const refused = n8nLine === 2 ? 2 : 3;
	expect(await server.state()).toMatchObject({ mints: 2, accepted: 0, refused });
	expect(await engine.testCredential(TYPE, credential)).toEqual({
		status: 'Error',
		// n8n 1.x loses the answer behind an error and with it the credential's own text.
		message: expect.stringContaining(
			n8nLine === 2 ? `Audience is exactly ${API_AUDIENCE}` : 'Authorization failed',
		) as string,
	});
});

test('an audience the server does not know gets no token', async () => {
	const credential = addCredential({ audience: 'https://unknown.example.com' });
	const { error } = await readStages(credential);
	expect(`${error?.message} ${error?.description}`).toContain('no API with this audience');
	expect(await server.state()).toMatchObject({ mints: 0, refusedMints: 1, refused: 0 });
});

test('a revoked client fails with its stored token, gets no new one, and recovers with a new client', async () => {
	const credential = addCredential();
	expect((await readStages(credential)).error).toBeUndefined();
	await server.revokeClient();

	const { error } = await readStages(credential);

	expect(`${error?.message} ${error?.description}`).toContain('Client authentication failed');
	expect(await server.state()).toMatchObject({ mints: 1, refusedMints: 1, accepted: 1, refused: 1 });

	const replacement = await startOAuthServer();
	const { id } = credential;
	engine.credentials.change(id, {
		baseUrl: replacement.api,
		authBaseUrl: replacement.issuer,
		clientSecret: replacement.clientSecret,
	});
	expect(await engine.testCredential(TYPE, credential)).toMatchObject({ status: 'OK' });
	await replacement.stop();
});

describe('the credential test', () => {
	test('passes with a token of its own', async () => {
		const credential = addCredential();
		expect(await engine.testCredential(TYPE, credential)).toEqual({
			status: 'OK',
			message: 'Connection successful!',
		});
		expect(await server.state()).toMatchObject({ mints: 1, accepted: 1 });
	});

	test.each(['/', '/v1', '/v1/', '  '])('takes a base URL that ends in %j', async (ending) => {
		const credential = addCredential({
			baseUrl: server.api + ending,
			authBaseUrl: server.issuer + ending.replace('/v1', '/oauth/token'),
		});
		expect(await engine.testCredential(TYPE, credential)).toMatchObject({ status: 'OK' });
	});
});

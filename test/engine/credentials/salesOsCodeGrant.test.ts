import { ClientOAuth2 } from '@n8n/client-oauth2';
import { parse } from 'node:querystring';
import { startSandbox, type Sandbox } from '../../../sandbox';
import { createEngine, type Engine } from '../../support/engine';
import { API_AUDIENCE, startOAuthServer, type OAuthServer } from '../../support/oauthServer';

/**
 * The authorization code grant: connecting as n8n's editor does it (its controller is not installed
 * here, its OAuth client is), then requests and renewal by n8n-core.
 */
const TYPE = 'salesOsOAuth2Api';

let engine: Engine;

beforeAll(async () => {
	engine = await createEngine();
});

interface Place {
	api: string;
	issuer: string;
	clientId: string;
	clientSecret: string;
	redirectUri: string;
}

function addCredential(place: Place) {
	return engine.credentials.add(TYPE, {
		grantType: 'authorizationCode',
		environment: 'custom',
		baseUrl: place.api,
		authBaseUrl: place.issuer,
		clientId: place.clientId,
		clientSecret: place.clientSecret,
	});
}

/** n8n's OAuth client, set up from the resolved credential as the editor's controller sets it up. */
function oAuthClient(id: string, redirectUri: string) {
	const credentials = engine.credentials.resolve(
		TYPE,
		engine.credentials.raw(id),
		engine.additionalData(engine.workflow([], {}), 'internal'),
		'internal',
	) as Record<string, string>;
	const { clientId, clientSecret } = credentials;
	const client = new ClientOAuth2({
		clientId,
		accessTokenUri: credentials.accessTokenUrl,
		authorizationUri: credentials.authUrl,
		redirectUri,
		scopes: credentials.scope.split(','),
		scopesSeparator: ' ',
		query: parse(credentials.authQueryParameters),
		state: 'the-state',
	});
	const body = {
		...(JSON.parse(credentials.additionalBodyProperties) as object),
		client_id: clientId,
		client_secret: clientSecret,
	};
	return {
		authorizationUrl: client.code.getUri(),
		exchange: async (callbackUrl: string) => (await client.code.getToken(callbackUrl, { body })).data,
	};
}

async function connect(id: string, redirectUri: string, signIn: (url: string) => Promise<string>) {
	const client = oAuthClient(id, redirectUri);
	const oauthTokenData = await client.exchange(await signIn(client.authorizationUrl));
	engine.credentials.change(id, { oauthTokenData: { ...oauthTokenData } });
	return new URL(client.authorizationUrl);
}

async function readStages(place: Place, reference: { id: string; name: string }) {
	return await engine.runNode({
		type: 'n8n-nodes-base.httpRequest',
		parameters: { nodeCredentialType: TYPE, url: `${place.api}/v1/stages` },
		credentials: { [TYPE]: reference },
		items: [{}, {}],
	});
}

describe('with oidc-provider', () => {
	let server: OAuthServer;

	beforeAll(async () => {
		server = await startOAuthServer();
	});

	afterAll(async () => {
		await server.stop();
	});

	/** A person at the server's own pages: signs in, consents, and is sent back with a code. */
	async function signIn(start: string): Promise<string> {
		const cookies = new Map<string, string>();
		let url = start;
		let form: string | undefined;
		for (let step = 0; step < 12; step++) {
			const response = await fetch(url, {
				method: form === undefined ? 'GET' : 'POST',
				redirect: 'manual',
				body: form,
				headers: {
					cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
					...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
				},
			});
			for (const cookie of response.headers.getSetCookie()) {
				const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
				cookies.set(name, value);
			}
			form = undefined;
			const location = response.headers.get('location');
			if (location !== null) {
				url = new URL(location, url).href;
				if (url.startsWith(server.redirectUri)) return url;
				continue;
			}
			const page = await response.text();
			const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
			const action = /action="([^"]+)"/.exec(page)?.[1];
			if (prompt === undefined || action === undefined) throw new Error(page);
			url = new URL(action, url).href;
			form = `prompt=${prompt}&login=ana&password=any`;
		}
		throw new Error('Signing in did not end');
	}

	test('connects, reads, and renews an expired token by its refresh token', async () => {
		const credential = addCredential(server);
		const authorizationUrl = await connect(credential.id, server.redirectUri, signIn);

		expect(authorizationUrl.origin + authorizationUrl.pathname).toBe(`${server.issuer}/authorize`);
		expect(Object.fromEntries(authorizationUrl.searchParams)).toMatchObject({
			response_type: 'code',
			audience: API_AUDIENCE,
			scope: 'openid profile email',
		});
		expect((await readStages(server, credential)).items).toHaveLength(2);
		expect(await server.state()).toMatchObject({ mints: 1, accepted: 2, refused: 0 });

		await server.setTokenLifetime(300_000);
		await server.advanceApiClock(86_400);
		expect((await readStages(server, credential)).items).toHaveLength(2);
		expect(await server.state()).toMatchObject({ mints: 2, accepted: 4, refused: 1, tokensUsed: 2 });
		expect(await engine.testCredential(TYPE, credential)).toMatchObject({ status: 'OK' });
	});
});

describe('with the sandbox', () => {
	let sandbox: Sandbox;
	let place: Place;

	beforeAll(async () => {
		sandbox = await startSandbox();
		const { origin, authOrigin, clientId, clientSecret } = sandbox.salesOs;
		const redirectUri = 'http://127.0.0.1:1/rest/oauth2-credential/callback';
		place = { api: origin, issuer: authOrigin, clientId, clientSecret, redirectUri };
	});

	afterAll(async () => {
		await sandbox.stop();
	});

	const signIn = async (url: string) => {
		const { headers } = await fetch(url, { redirect: 'manual' });
		return headers.get('location') ?? '';
	};

	test('connects, reads, and renews a revoked token by its refresh token', async () => {
		const credential = addCredential(place);
		await connect(credential.id, place.redirectUri, signIn);
		expect((await readStages(place, credential)).items).toHaveLength(2);

		sandbox.salesOs.revokeTokens();
		expect((await readStages(place, credential)).items).toHaveLength(2);
		const mints = sandbox.journal.list({ vendor: 'salesOsAuth', path: '/oauth/token' });
		expect(mints.map(({ status, body }) => [status, (body as { grant_type: string }).grant_type])).toEqual([
			[200, 'authorization_code'],
			[200, 'refresh_token'],
		]);
	});
});

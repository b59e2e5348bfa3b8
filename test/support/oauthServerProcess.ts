import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { OAuthCommand, OAuthServerSetup, OAuthServerState } from './oauthServer';

/**
 * The process behind oauthServer.ts. oidc-provider and jose are ES modules, which jest's CommonJS
 * cannot load; here they run untouched, and a server of its own process is what n8n talks to anyway.
 */

const state: OAuthServerState = {
	mints: 0,
	refusedMints: 0,
	accepted: 0,
	refused: 0,
	tokensUsed: 0,
	lastRefusal: '',
};
const tokensSeen = new Set<string>();
let tokenLifetimeSeconds = 0;
let clockLeadSeconds = 0;
let leap: { afterRequests: number; seconds: number } | undefined;

type Listening = { server: Server; origin: string };

async function listen(): Promise<Listening> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** oidc-provider's records, clients among them, so that a client can be taken away at run time. */
function createAdapter(clients: Map<string, AdapterPayload>) {
	const records = new Map<string, AdapterPayload>();
	return class MemoryAdapter implements Adapter {
		constructor(private readonly model: string) {}

		private key(id: string): string {
			return `${this.model}:${id}`;
		}

		async upsert(id: string, payload: AdapterPayload): Promise<void> {
			records.set(this.key(id), payload);
		}

		async find(id: string): Promise<AdapterPayload | undefined> {
			return this.model === 'Client' ? clients.get(id) : records.get(this.key(id));
		}

		async findByUid(uid: string): Promise<AdapterPayload | undefined> {
			return [...records.values()].find((payload) => payload.uid === uid);
		}

		async findByUserCode(): Promise<undefined> {}

		async consume(id: string): Promise<void> {
			const payload = records.get(this.key(id));
			if (payload) payload.consumed = Math.floor(Date.now() / 1000);
		}

		async destroy(id: string): Promise<void> {
			records.delete(this.key(id));
		}

		async revokeByGrantId(grantId: string): Promise<void> {
			for (const [key, payload] of records) if (payload.grantId === grantId) records.delete(key);
		}
	};
}

async function start(setup: OAuthServerSetup): Promise<{ issuer: string; api: string }> {
	const { Provider, errors } = await import('oidc-provider');
	const jose = await import('jose');
	tokenLifetimeSeconds = setup.tokenLifetimeSeconds;

	const clients = new Map<string, AdapterPayload>([
		[
			setup.clientId,
			{
				client_id: setup.clientId,
				client_secret: setup.clientSecret,
				grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
				response_types: ['code'],
				redirect_uris: [setup.redirectUri],
				token_endpoint_auth_method: 'client_secret_post',
			} as AdapterPayload,
		],
	]);
	const { privateKey } = await jose.generateKeyPair('RS256', { extractable: true });
	const auth = await listen();

	const provider = new Provider(auth.origin, {
		adapter: createAdapter(clients),
		jwks: { keys: [{ ...(await jose.exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
		cookies: { keys: [randomBytes(16).toString('hex')] },
		routes: { token: '/oauth/token', authorization: '/authorize' },
		// Auth0 names the API `audience`; oidc-provider names it `resource` (RFC 8707).
		extraParams: ['audience'],
		scopes: ['openid', 'offline_access', 'profile', 'email'],
		pkce: { required: () => false },
		issueRefreshToken: async () => true,
		findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
		features: {
			clientCredentials: { enabled: true },
			devInteractions: { enabled: true },
			resourceIndicators: {
				enabled: true,
				defaultResource: async (ctx, _client, oneOf) => {
					if (oneOf) return oneOf;
					const { body, params } = ctx.oidc as {
						body?: { audience?: string };
						params?: { audience?: string };
					};
					return (body?.audience ?? params?.audience) as string;
				},
				useGrantedResource: async () => true,
				getResourceServerInfo: async (_ctx, audience) => {
					if (!setup.audiences.includes(audience)) {
						throw new errors.InvalidTarget('no API with this audience');
					}
					return {
						audience,
						scope: 'profile email',
						accessTokenFormat: 'jwt',
						accessTokenTTL: tokenLifetimeSeconds,
						jwt: { sign: { alg: 'RS256' } },
					};
				},
			},
		},
	});
	provider.on('grant.success', () => state.mints++);
	provider.on('grant.error', () => state.refusedMints++);
	const handleAuth = provider.callback();
	auth.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		void handleAuth(request, response);
	});

	const keys = jose.createRemoteJWKSet(new URL(`${auth.origin}/jwks`));
	const api = await listen();
	api.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		const answer = (status: number, body: object) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
		jose
			.jwtVerify(token, keys, {
				issuer: auth.origin,
				audience: setup.apiAudience,
				algorithms: ['RS256'],
				currentDate: new Date(Date.now() + clockLeadSeconds * 1000),
			})
			.then(({ payload }) => {
				if (!clients.has(String(payload.client_id))) throw new Error('client revoked');
				state.accepted++;
				state.tokensUsed = tokensSeen.add(String(payload.jti)).size;
				if (leap && state.accepted >= leap.afterRequests) {
					clockLeadSeconds += leap.seconds;
					leap = undefined;
				}
				answer(200, { data: { path: request.url } });
			})
			.catch((error: Error) => {
				state.refused++;
				state.lastRefusal = error.message;
				answer(401, { error: { code: 'UNAUTHORIZED', message: 'Invalid or expired token' } });
			});
	});

	handlers.revokeClient = () => void clients.delete(setup.clientId);
	return { issuer: auth.origin, api: api.origin };
}

const handlers: Partial<Record<OAuthCommand['name'], (...numbers: number[]) => void>> = {
	setTokenLifetime: (seconds) => (tokenLifetimeSeconds = seconds),
	advanceApiClock: (seconds) => (clockLeadSeconds += seconds),
	advanceApiClockAfter: (afterRequests, seconds) => (leap = { afterRequests, seconds }),
	readState: () => undefined,
};

process.on('message', (command: OAuthCommand) => {
	const reply = (result: object) => process.send?.({ id: command.id, ...result });
	if (command.name === 'start') {
		start(command.setup as OAuthServerSetup).then(
			(started) => reply({ started }),
			(error: unknown) => reply({ error: String(error) }),
		);
		return;
	}
	handlers[command.name]?.(...(command.numbers ?? []));
	reply({ state });
});
process.on('disconnect', () => process.exit());

import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** The audience the API accepts, and one that the server knows but the API refuses. */
export const API_AUDIENCE = 'https://api.play2sell.com';
export const OTHER_AUDIENCE = 'https://other-api.example.com';

export interface OAuthServerSetup {
	clientId: string;
	clientSecret: string;
	redirectUri: string;
	/** Audiences tokens are issued for. */
	audiences: string[];
	/** The audience the API accepts. */
	apiAudience: string;
	tokenLifetimeSeconds: number;
}

export interface OAuthServerState {
	/** Tokens issued by the token endpoint. */
	mints: number;
	/** Token requests refused (wrong secret, unknown client or audience). */
	refusedMints: number;
	/** API requests answered 200. */
	accepted: number;
	/** API requests answered 401. */
	refused: number;
	/** Different tokens the API has accepted. */
	tokensUsed: number;
	/** Why the API refused last, as jose says it. */
	lastRefusal: string;
}

export interface OAuthCommand {
	id: string;
	name:
		| 'start'
		| 'setTokenLifetime'
		| 'advanceApiClock'
		| 'advanceApiClockAfter'
		| 'revokeClient'
		| 'readState';
	setup?: OAuthServerSetup;
	numbers?: number[];
}

interface Reply {
	id: string;
	error?: string;
	started?: { issuer: string; api: string };
	state?: OAuthServerState;
}

export interface OAuthServer {
	/** The authorization server (oidc-provider): `/oauth/token`, `/authorize`, `/jwks`. */
	issuer: string;
	/** An API that verifies each token's signature, issuer, audience and expiry with jose. */
	api: string;
	clientId: string;
	clientSecret: string;
	redirectUri: string;
	/** For tokens minted from now on. */
	setTokenLifetime(seconds: number): Promise<void>;
	/** Moves the API's clock ahead, so that tokens minted before expire for it. */
	advanceApiClock(seconds: number): Promise<void>;
	/** The same, once the API has answered that many requests with 200 since the start. */
	advanceApiClockAfter(acceptedRequests: number, seconds: number): Promise<void>;
	/** No more tokens for the client, and its old ones are refused. */
	revokeClient(): Promise<void>;
	state(): Promise<OAuthServerState>;
	stop(): Promise<void>;
}

/** Starts the server in a process of its own; see oauthServerProcess.ts. */
export async function startOAuthServer({ tokenLifetimeSeconds = 86_400 } = {}): Promise<OAuthServer> {
	const child = fork(join(__dirname, 'oauthServerProcess.ts'), {
		execArgv: ['--import', 'tsx'],
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	let errorOutput = '';
	child.stderr?.on('data', (chunk: Buffer) => (errorOutput += chunk.toString()));
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));

	const call = async (name: OAuthCommand['name'], more: Partial<OAuthCommand> = {}) =>
		await new Promise<Reply>((resolve, reject) => {
			const id = randomUUID();
			const onExit = () => reject(new Error(`The OAuth server ended. ${errorOutput}`));
			const onMessage = (reply: Reply) => {
				if (reply.id !== id) return;
				child.off('message', onMessage);
				child.off('exit', onExit);
				if (reply.error === undefined) resolve(reply);
				else reject(new Error(reply.error));
			};
			child.on('message', onMessage);
			child.once('exit', onExit);
			child.send({ id, name, ...more } satisfies OAuthCommand);
		});

	const setup: OAuthServerSetup = {
		clientId: 'n8n-client',
		clientSecret: randomUUID(),
		redirectUri: 'http://127.0.0.1:1/rest/oauth2-credential/callback',
		audiences: [API_AUDIENCE, OTHER_AUDIENCE],
		apiAudience: API_AUDIENCE,
		tokenLifetimeSeconds,
	};
	const { started } = await call('start', { setup });
	if (!started) throw new Error('The OAuth server did not say where it listens');
	const { clientId, clientSecret, redirectUri } = setup;
	return {
		...started,
		clientId,
		clientSecret,
		redirectUri,
		setTokenLifetime: async (...numbers) => void (await call('setTokenLifetime', { numbers })),
		advanceApiClock: async (...numbers) => void (await call('advanceApiClock', { numbers })),
		advanceApiClockAfter: async (...numbers) =>
			void (await call('advanceApiClockAfter', { numbers })),
		revokeClient: async () => void (await call('revokeClient')),
		state: async () => {
			const { state } = await call('readState');
			if (!state) throw new Error('The OAuth server did not tell its state');
			return state;
		},
		stop: async () => {
			child.disconnect();
			await ended;
		},
	};
}

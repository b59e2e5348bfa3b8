import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { INodeCredentials, INodeListSearchResult, INodeParameters } from 'n8n-workflow';

import { createEngine, type Engine, type NodeRunResult, type NodeSettings } from '../../support/engine';
import { TriggerBench } from '../../support/engine/hooks';
import { startHostileServer, type HostileServer } from '../../support/hostileServer';

/** What must never be seen outside a request to the server that it is for. */
export const SECRETS = {
	clientSecret: 'client-secret-5d0c1e',
	token: 'access-token-91ab7f',
	signedKey: 'sk_test_key-3b7d11',
	signedSecret: 'signed-secret-c09e52',
	apiKey: 'osapi_key-77e2c4',
} as const;

/** A node with one of the credentials that send requests. */
export type Sender = 'outboundSync' | 'salesOs' | 'salesOsSigned';

export const NAME: Readonly<Record<Sender, string>> = {
	outboundSync: 'OutboundSync',
	salesOs: 'SalesOS',
	salesOsSigned: 'SalesOS',
};

interface RunOptions {
	readonly settings?: NodeSettings;
	/** Of the server that gives tokens; an honest one unless given. */
	readonly authOrigin?: string;
}

/** n8n-core's engine with the built package, against whatever server a test names. */
export class HostileBench {
	private constructor(
		readonly engine: Engine,
		private readonly auth: HostileServer,
	) {}

	static async start(): Promise<HostileBench> {
		return new HostileBench(await createEngine(), await startHostileServer(SECRETS.token));
	}

	async run(sender: Sender, origin: string, parameters: INodeParameters, { authOrigin, settings }: RunOptions = {}): Promise<NodeRunResult> {
		return await this.engine.runNode({ ...this.nodeOf(sender, origin, parameters, authOrigin), settings });
	}

	/** What fills a list in the editor. */
	async listSearch(sender: Sender, origin: string, method: string, filter?: string): Promise<INodeListSearchResult> {
		return await this.engine.listSearch({ ...this.nodeOf(sender, origin, {}), method, filter });
	}

	trigger(sender: Sender, origin: string, parameters: INodeParameters = {}): TriggerBench {
		const events = sender === 'outboundSync' ? ['sync.failed'] : ['lead.created'];
		const { type, ...node } = this.nodeOf(sender, origin, { events, ...parameters });
		return new TriggerBench(this.engine, { ...this.engine.node({ ...node, type: `${type}Trigger` }, 'Trigger'), webhookId: randomUUID() });
	}

	/** What the credential dialog says. */
	async testCredential(sender: Sender, origin: string): Promise<{ status: 'Error' | 'OK'; message: string }> {
		const [[type, reference]] = Object.entries(this.credentials(sender, origin));
		return await this.engine.testCredential(type, reference);
	}

	async stop(): Promise<void> {
		await this.auth.stop();
	}

	private nodeOf(sender: Sender, origin: string, parameters: INodeParameters, authOrigin?: string) {
		return {
			type: sender === 'outboundSync' ? 'outboundSync' : 'salesOs',
			parameters: { ...(sender === 'salesOsSigned' && { authentication: 'signedApiKey' }), ...parameters },
			credentials: this.credentials(sender, origin, authOrigin),
		};
	}

	private credentials(sender: Sender, baseUrl: string, authBaseUrl = this.auth.origin): INodeCredentials {
		const store = (type: string, data: Parameters<Engine['credentials']['add']>[1]) => ({ [type]: this.engine.credentials.add(type, data) });
		switch (sender) {
			case 'outboundSync':
				return store('outboundSyncApi', { apiKey: SECRETS.apiKey, baseUrl });
			case 'salesOs':
				return store('salesOsOAuth2Api', {
					grantType: 'clientCredentials',
					environment: 'custom',
					baseUrl,
					authBaseUrl,
					clientId: 'client-id',
					clientSecret: SECRETS.clientSecret,
					audience: 'https://api.play2sell.com',
				});
			case 'salesOsSigned':
				return store('salesOsSignedApi', { environment: 'custom', baseUrl, apiKey: SECRETS.signedKey, apiSecret: SECRETS.signedSecret });
		}
	}
}

/** Which of the secrets a text holds. */
export function secretsIn(text: string): string[] {
	return Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
}

/** Everything of a request but its body, for a look at what a server was shown. */
export function shown(request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): string {
	return JSON.stringify([request.method, request.url, request.headers]);
}

/** Names by which hostile JSON would change every object of the process. */
export const POLLUTION =
	'"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}, "prototype": {"polluted": "yes"}, "toString": 1, "hasOwnProperty": 2, "valueOf": null, "toJSON": "x", "then": {"a": 1}';

/** Whether somebody has succeeded with it. */
export function isPolluted(): boolean {
	return (
		'polluted' in {} ||
		'polluted' in [] ||
		'polluted' in Object ||
		Object.keys(Object.prototype).length > 0 ||
		typeof Object.prototype.toString !== 'function' ||
		typeof Object.prototype.hasOwnProperty !== 'function'
	);
}

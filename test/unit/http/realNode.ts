import type { INodeParameters } from 'n8n-workflow';

import { OutboundSyncApi } from '../../../credentials/OutboundSyncApi.credentials';
import { SalesOsOAuth2Api } from '../../../credentials/SalesOsOAuth2Api.credentials';
import { OutboundSync } from '../../../nodes/OutboundSync/OutboundSync.node';
import { SalesOs } from '../../../nodes/SalesOs/SalesOs.node';
import { Engine, LoadedTypes, type NodeRunResult, type NodeSettings } from '../../support/engine';

/** What must never be seen outside a request. */
export const SECRETS = {
	clientSecret: 'client-secret-5d0c1e',
	token: 'access-token-91ab7f',
	apiKey: 'osapi_key-77e2c4',
} as const;

export interface RealNodeOptions {
	readonly items?: number;
	readonly settings?: NodeSettings;
	readonly signal?: AbortSignal;
}

/** The nodes from their sources in n8n-core's engine: the errors they see are those that n8n throws. */
export class RealNode {
	private readonly engine: Engine;

	constructor() {
		const types = new LoadedTypes('n8n-nodes-salesos-outboundsync');
		types.addNode(types.fullName('salesOs'), new SalesOs());
		types.addNode(types.fullName('outboundSync'), new OutboundSync());
		types.addCredential(new SalesOsOAuth2Api());
		types.addCredential(new OutboundSyncApi());
		this.engine = new Engine(types);
	}

	/** @param origin of the API; @param authOrigin of the server that gives tokens */
	async salesOs(origin: string, authOrigin: string, parameters: INodeParameters, run: RealNodeOptions = {}): Promise<NodeRunResult> {
		const salesOsOAuth2Api = this.engine.credentials.add('salesOsOAuth2Api', {
			grantType: 'clientCredentials',
			environment: 'custom',
			baseUrl: origin,
			authBaseUrl: authOrigin,
			clientId: 'client-id',
			clientSecret: SECRETS.clientSecret,
			audience: 'https://api.play2sell.com',
		});
		return await this.run('salesOs', { salesOsOAuth2Api }, parameters, run);
	}

	async outboundSync(origin: string, parameters: INodeParameters, run: RealNodeOptions = {}): Promise<NodeRunResult> {
		const outboundSyncApi = this.engine.credentials.add('outboundSyncApi', { apiKey: SECRETS.apiKey, baseUrl: origin });
		return await this.run('outboundSync', { outboundSyncApi }, parameters, run);
	}

	private async run(
		type: string,
		credentials: Record<string, { id: string; name: string }>,
		parameters: INodeParameters,
		{ items = 1, ...run }: RealNodeOptions,
	): Promise<NodeRunResult> {
		return await this.engine.runNode({
			type,
			credentials,
			parameters,
			items: Array.from({ length: items }, (_, index) => ({ index })),
			...run,
		});
	}
}

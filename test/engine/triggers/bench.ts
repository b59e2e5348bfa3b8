import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeCredentials, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { createEngine, type Engine } from '../../support/engine';
import { TriggerBench } from '../../support/engine/hooks';

/** The engine and both vendors, and triggers against them. */
export class Triggers {
	private constructor(
		readonly engine: Engine,
		readonly sandbox: Sandbox,
		private readonly credentials: INodeCredentials,
	) {}

	static async start(): Promise<Triggers> {
		const [engine, sandbox] = await Promise.all([createEngine(), startSandbox()]);
		sandbox.outboundSync.settings.requestsPerWindowPerIp = 10_000;
		sandbox.outboundSync.settings.requestsPerWindowPerAccount = 10_000;
		sandbox.salesOs.settings.requestsPerWindow = 10_000;
		const { salesOs, outboundSync } = sandbox;
		return new Triggers(engine, sandbox, {
			salesOsOAuth2Api: engine.credentials.add('salesOsOAuth2Api', {
				grantType: 'clientCredentials',
				environment: 'custom',
				baseUrl: salesOs.origin,
				authBaseUrl: salesOs.authOrigin,
				clientId: salesOs.clientId,
				clientSecret: salesOs.clientSecret,
				audience: salesOs.audience,
			}),
			salesOsSignedApi: engine.credentials.add('salesOsSignedApi', {
				environment: 'custom',
				baseUrl: salesOs.origin,
				apiKey: salesOs.signedKey,
				apiSecret: salesOs.signedSecret,
			}),
			outboundSyncApi: engine.credentials.add('outboundSyncApi', { apiKey: outboundSync.apiKey, baseUrl: outboundSync.origin }),
		});
	}

	salesOs(parameters: INodeParameters = {}, credentials: INodeCredentials = {}, webhookId: string | undefined = randomUUID()): TriggerBench {
		return this.trigger('salesOsTrigger', { events: ['lead.created', 'deal.won'], ...parameters }, credentials, webhookId);
	}

	outboundSync(parameters: INodeParameters = {}, credentials: INodeCredentials = {}, webhookId: string | undefined = randomUUID()): TriggerBench {
		return this.trigger('outboundSyncTrigger', { events: ['sync.failed'], ...parameters }, credentials, webhookId);
	}

	/** A credential for this test alone. */
	credential(type: string, data: IDataObject): INodeCredentials {
		return { [type]: this.engine.credentials.add(type, data as Parameters<Engine['credentials']['add']>[1]) };
	}

	private trigger(type: string, parameters: INodeParameters, credentials: INodeCredentials, webhookId: string | undefined): TriggerBench {
		const node = this.engine.node({ type, parameters, credentials: { ...this.credentials, ...credentials } }, 'Trigger');
		return new TriggerBench(this.engine, webhookId === undefined ? node : { ...node, webhookId });
	}

	async stop(): Promise<void> {
		await this.sandbox.stop();
	}
}

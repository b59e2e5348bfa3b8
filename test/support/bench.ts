import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { createEngine, type Engine, type NodeRunResult, type NodeSettings } from './engine';

export interface RunOptions {
	readonly items?: ReadonlyArray<IDataObject | INodeExecutionData>;
	readonly settings?: NodeSettings;
	readonly signal?: AbortSignal;
}

/** n8n-core's engine with the built package, against a sandbox of its own. */
export interface TestBench {
	readonly engine: Engine;
	readonly sandbox: Sandbox;
	salesOs(parameters: INodeParameters, options?: RunOptions): Promise<NodeRunResult>;
	/** The SalesOS node with a signed API key. */
	salesOsSigned(parameters: INodeParameters, options?: RunOptions): Promise<NodeRunResult>;
	outboundSync(parameters: INodeParameters, options?: RunOptions): Promise<NodeRunResult>;
	stop(): Promise<void>;
}

export async function startBench(options: SandboxOptions = {}): Promise<TestBench> {
	const [engine, sandbox] = await Promise.all([createEngine(), startSandbox(options)]);
	const { audience, authOrigin, clientId, clientSecret, origin, signedKey, signedSecret } = sandbox.salesOs;
	const salesOsOAuth2Api = engine.credentials.add('salesOsOAuth2Api', {
		grantType: 'clientCredentials',
		environment: 'custom',
		baseUrl: origin,
		authBaseUrl: authOrigin,
		clientId,
		clientSecret,
		audience,
	});
	const salesOsSignedApi = engine.credentials.add('salesOsSignedApi', {
		environment: 'custom',
		baseUrl: origin,
		apiKey: signedKey,
		apiSecret: signedSecret,
	});
	const outboundSyncApi = engine.credentials.add('outboundSyncApi', {
		baseUrl: sandbox.outboundSync.origin,
		apiKey: sandbox.outboundSync.apiKey,
	});
	return {
		engine,
		sandbox,
		salesOs: async (parameters, run) =>
			await engine.runNode({ type: 'salesOs', parameters, credentials: { salesOsOAuth2Api }, ...run }),
		salesOsSigned: async (parameters, run) =>
			await engine.runNode({
				type: 'salesOs',
				parameters: { authentication: 'signedApiKey', ...parameters },
				credentials: { salesOsSignedApi },
				...run,
			}),
		outboundSync: async (parameters, run) =>
			await engine.runNode({ type: 'outboundSync', parameters, credentials: { outboundSyncApi }, ...run }),
		stop: async () => await sandbox.stop(),
	};
}

/** The sends that the sandbox saw on a route. */
export function sendsTo(sandbox: Sandbox, method: string, path: string): number {
	return sandbox.journal.list({ vendor: 'salesOs', method, path }).length;
}

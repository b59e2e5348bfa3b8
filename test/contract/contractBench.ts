import type { INodeCredentials, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { createEngine, type Engine, type NodeRunResult } from '../support/engine';
import type { RunOptions } from '../support/bench';
import { CONTRACTS, type VendorName } from './openApi';
import { startValidatingProxy, type ValidatingProxy } from './validatingProxy';

/** One node whose requests all go through a proxy that checks them. */
export interface Wire {
	readonly proxy: ValidatingProxy;
	readonly credentials: INodeCredentials;
	run(parameters: INodeParameters, options?: RunOptions): Promise<NodeRunResult>;
}

/** n8n-core's engine with the built package, and the sandbox behind validating proxies. */
export interface ContractBench {
	readonly engine: Engine;
	readonly sandbox: Sandbox;
	/**
	 * A connection with an address of its own, and so with quotas of its own: both nodes count by the
	 * address that they send to.
	 */
	connect(vendor: VendorName, authentication?: 'oAuth2' | 'signedApiKey'): Promise<Wire>;
	/** Closes every connection that was made. */
	disconnect(): Promise<void>;
	stop(): Promise<void>;
}

export async function startContractBench(): Promise<ContractBench> {
	const [engine, sandbox] = await Promise.all([createEngine(), startSandbox({ plan: 'enterprise' })]);
	Object.assign(sandbox.outboundSync.settings, { requestsPerWindowPerIp: 100_000, requestsPerWindowPerAccount: 100_000 });
	Object.assign(sandbox.salesOs.settings, { requestsPerWindow: 100_000, signedKeyRequestsPerHour: 100_000 });
	let proxies: ValidatingProxy[] = [];

	const credentialsFor = (vendor: VendorName, signed: boolean, origin: string): INodeCredentials => {
		if (vendor === 'outboundSync') {
			const { apiKey } = sandbox.outboundSync;
			return { outboundSyncApi: engine.credentials.add('outboundSyncApi', { baseUrl: origin, apiKey }) };
		}
		const { audience, authOrigin, clientId, clientSecret, signedKey, signedSecret } = sandbox.salesOs;
		const environment = { environment: 'custom', baseUrl: origin };
		if (signed) {
			const signing = { ...environment, apiKey: signedKey, apiSecret: signedSecret };
			return { salesOsSignedApi: engine.credentials.add('salesOsSignedApi', signing) };
		}
		const client = { grantType: 'clientCredentials', authBaseUrl: authOrigin, clientId, clientSecret, audience };
		return { salesOsOAuth2Api: engine.credentials.add('salesOsOAuth2Api', { ...environment, ...client }) };
	};
	const disconnect = async (): Promise<void> => {
		const open = proxies;
		proxies = [];
		await Promise.all(open.map(async (proxy) => await proxy.stop()));
	};

	return {
		engine,
		sandbox,
		async connect(vendor, authentication = 'oAuth2') {
			const proxy = await startValidatingProxy(CONTRACTS[vendor], sandbox[vendor].origin);
			proxies.push(proxy);
			const credentials = credentialsFor(vendor, authentication === 'signedApiKey', proxy.origin);
			const common: INodeParameters = vendor === 'salesOs' ? { authentication } : {};
			return {
				proxy,
				credentials,
				run: async (parameters, options) =>
					await engine.runNode({ type: vendor, parameters: { ...common, ...parameters }, credentials, ...options }),
			};
		},
		disconnect,
		async stop() {
			await disconnect();
			await sandbox.stop();
		},
	};
}

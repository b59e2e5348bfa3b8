import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
	NodeConnectionTypes,
	type ICredentialType,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import type { Service } from '../../../nodes/shared/http/service';
import type { ItemOperation, Operation } from '../../../nodes/shared/operation/operation';
import { SENDING_OPTIONS, UNKNOWN_OUTCOME_OPTION } from '../../../nodes/shared/operation/options';
import { operationProperties } from '../../../nodes/shared/operation/properties';
import { runOperation } from '../../../nodes/shared/operation/router';
import { Engine, LoadedTypes, type NodeRunOptions, type NodeRunResult } from '../../support/engine';

export interface ReceivedRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface GivenAnswer {
	readonly status?: number;
	readonly headers?: Record<string, string>;
	readonly body?: Buffer | string;
}

/** A vendor's API on loopback that answers as a test tells it to. */
export class OwnApi {
	readonly requests: ReceivedRequest[] = [];

	answer: (request: ReceivedRequest) => GivenAnswer = () => ({});

	private readonly server: Server;

	private constructor() {
		this.server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const { headers, method = '', url = '' } = request;
				const received = { method, url, headers, body: Buffer.concat(chunks).toString('latin1') };
				this.requests.push(received);
				const { body = '{}', headers: own = { 'content-type': 'application/json' }, status = 200 } = this.answer(received);
				response.writeHead(status, own).end(body);
			});
		});
	}

	static async start(): Promise<OwnApi> {
		const api = new OwnApi();
		await new Promise<void>((resolve) => {
			api.server.listen(0, '127.0.0.1', resolve);
		});
		return api;
	}

	get origin(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	reset(): void {
		this.requests.length = 0;
		this.answer = () => ({});
	}

	async stop(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}
}

export const OWN_SERVICE: Service = {
	name: 'Own',
	maxRequestBytes: 1_000,
	quotasFor: () => [],
	isAbout: () => true,
	readError: (body) => {
		const { entryProblems, message } = (body ?? {}) as { message?: string; entryProblems?: Array<{ index: number; problem: string }> };
		return { message, details: [], entryProblems };
	},
	advise: () => undefined,
};

class OwnCredential implements ICredentialType {
	name = 'ownApi';

	displayName = 'Own API';

	properties: ICredentialType['properties'] = [];
}

class OwnNode implements INodeType {
	description: INodeTypeDescription;

	constructor(operations: readonly Operation[], baseUrl: string) {
		const resources = [...new Set(operations.map(({ resource }) => resource))].map((id) => ({ id, label: id }));
		this.description = {
			displayName: 'Own',
			name: 'own',
			group: ['transform'],
			version: 1,
			description: 'Runs the operations of a test',
			defaults: { name: 'Own' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'ownApi', required: true }],
			properties: [
				...operationProperties(resources, operations, resources[0].id),
				{ displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [...SENDING_OPTIONS, UNKNOWN_OUTCOME_OPTION] },
			],
		};
		this.execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			return await runOperation(this, {
				service: OWN_SERVICE,
				operations,
				connect: async () => await Promise.resolve({ credentialType: 'ownApi', baseUrl, accountDigest: 'own' }),
			});
		};
	}

	execute: INodeType['execute'];
}

/** Runs operations of a test through the router, in n8n's own engine. */
export async function runOwn(operations: readonly Operation[], run: Omit<NodeRunOptions, 'type'> = {}, origin = 'http://127.0.0.1:1'): Promise<NodeRunResult> {
	const types = new LoadedTypes('n8n-nodes-test');
	types.addNode(types.fullName('own'), new OwnNode(operations, origin));
	types.addCredential(new OwnCredential());
	const engine = new Engine(types);
	const { resource, value } = operations[0];
	const credentials = { ownApi: engine.credentials.add('ownApi', {}) };
	return await engine.runNode({ credentials, ...run, type: 'own', parameters: { resource, operation: value, ...run.parameters } });
}

/** What every operation of a test has in common. */
export const FACTS: Omit<ItemOperation, 'prepare'> = {
	resource: 'thing',
	value: 'touch',
	name: 'Touch',
	action: 'Touch a thing',
	description: 'Touches',
	endpoints: [],
	fields: [],
};

import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestMethods,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** Starts a workflow. Its items come from the run's pinned data, as they do in the editor. */
export class ItemsNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Manual Trigger',
		name: 'manualTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Starts a workflow',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

/**
 * A stand-in for n8n's HTTP Request node with a predefined credential type: one request an item, sent
 * through the same helper. Under the name `n8n-nodes-base.httpRequest` n8n-core lets it use any
 * credential type, as it does the real one.
 */
export class HttpRequestNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'HTTP Request',
		name: 'httpRequest',
		group: ['transform'],
		version: 1,
		description: 'Sends requests',
		defaults: { name: 'HTTP Request' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Credential', name: 'nodeCredentialType', type: 'string', default: '' },
			{ displayName: 'Method', name: 'method', type: 'string', default: 'GET' },
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Query', name: 'query', type: 'json', default: {} },
			{ displayName: 'Headers', name: 'headers', type: 'json', default: {} },
			{ displayName: 'Body', name: 'body', type: 'json', default: '' },
			{ displayName: 'Concurrency', name: 'concurrency', type: 'number', default: 1 },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const type = this.getNodeParameter('nodeCredentialType', 0) as string;
		const concurrency = this.getNodeParameter('concurrency', 0) as number;
		const output: INodeExecutionData[] = [];

		const send = async (item: number) => {
			const body = this.getNodeParameter('body', item);
			const response: unknown = await this.helpers.httpRequestWithAuthentication.call(this, type, {
				method: this.getNodeParameter('method', item) as IHttpRequestMethods,
				url: this.getNodeParameter('url', item) as string,
				qs: this.getNodeParameter('query', item) as IDataObject,
				headers: { ...(this.getNodeParameter('headers', item) as IDataObject) },
				...(body === '' ? {} : { body: body as IDataObject | string }),
				json: true,
			});
			output[item] = { json: response as IDataObject, pairedItem: { item } };
		};

		let next = 0;
		const count = this.getInputData().length;
		const lane = async () => {
			while (next < count) await send(next++);
		};
		await Promise.all(Array.from({ length: concurrency }, lane));
		return [output];
	}
}

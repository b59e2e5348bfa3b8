import './environment';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { ExecuteContext, HookContext, PollContext, WebhookContext } from 'n8n-core';
import {
	createEmptyRunExecutionData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	type Workflow,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { Engine } from './engine';

export type HookMethod = 'checkExists' | 'create' | 'delete';

/** One delivery as it comes in over HTTP. */
export interface DeliveryIn {
	body: Buffer | string;
	headers?: Record<string, string | string[]>;
	/** A request whose raw bytes n8n did not keep. */
	withoutRawBody?: boolean;
	/** n8n takes the delivery and cannot start its execution. */
	startFails?: boolean;
	/** The sender hangs up before n8n answers. */
	hangsUp?: boolean;
	/** The sender has hung up before the node knows what to do with the delivery. */
	isGone?: boolean;
}

export interface Reception {
	/** What was written to the response; undefined where n8n answers by itself, after the execution has started. */
	answer: { status: number; body: string } | undefined;
	/** The items of the execution that starts; undefined where none does. */
	items: IDataObject[] | undefined;
	raw: IWebhookResponseData;
}

/**
 * A trigger node in a workflow of its own, called through the contexts that n8n makes for it. The
 * static data lives as long as this object, as it would in n8n's database.
 */
export class TriggerBench {
	readonly workflow: Workflow;
	readonly node: INode;

	constructor(
		private readonly engine: Engine,
		node: INode,
		/** Where n8n believes to be reached; it adds `webhook` and `webhook-test`. */
		readonly publicOrigin = 'https://n8n.example.com',
	) {
		this.workflow = engine.workflow([node], {});
		const own = this.workflow.getNode(node.name);
		if (!own) throw new Error('The node is not in its workflow');
		this.node = own;
	}

	get staticData(): IDataObject {
		return this.workflow.getStaticData('node', this.node);
	}

	/** n8n's ID of its own installation, which webhooks are marked with. */
	get instanceId(): string {
		return new HookContext(this.workflow, this.node, this.additionalData('internal'), 'internal', 'init').getInstanceId();
	}

	/** Where deliveries are sent to. */
	get url(): string {
		return `${this.publicOrigin}/webhook/${this.node.webhookId}/webhook`;
	}

	/** As n8n activates a workflow: looks, and creates where there is nothing right. */
	async activate(): Promise<void> {
		if (!(await this.hook('checkExists'))) await this.hook('create');
	}

	/** As n8n deactivates one. */
	async deactivate(): Promise<void> {
		await this.hook('delete', { mode: 'internal', activation: 'update' });
	}

	async hook(
		method: HookMethod,
		{ activation = 'activate', isTest = false, mode = 'trigger' }: { activation?: WorkflowActivateMode; isTest?: boolean; mode?: WorkflowExecuteMode } = {},
	): Promise<boolean> {
		const webhookData = { ...this.webhookData(mode), isTest };
		const context = new HookContext(this.workflow, this.node, this.additionalData(mode), mode, activation, webhookData);
		const run = this.type().webhookMethods?.default?.[method];
		if (!run) throw new Error(`${this.node.type} has no ${method}`);
		return await run.call(context);
	}

	async deliver({ body, hangsUp = false, headers = {}, isGone = false, startFails = false, withoutRawBody }: DeliveryIn, mode: WorkflowExecuteMode = 'webhook'): Promise<Reception> {
		const rawBody = Buffer.isBuffer(body) ? body : Buffer.from(body);
		let answer: Reception['answer'];
		const response = Object.assign(new EventEmitter(), {
			destroyed: isGone,
			headersSent: false,
			statusCode: 200,
			writableEnded: false,
			writableFinished: false,
			writeHead(status: number) {
				answer = { status, body: '' };
				response.statusCode = status;
			},
			end(text: string) {
				if (answer) answer.body = text;
				response.headersSent = true;
				response.writableEnded = true;
				response.writableFinished = true;
				response.emit('finish');
			},
		});
		const additionalData = this.additionalData(mode);
		const request = { headers: lowerCased(headers), body: {}, params: {}, query: {}, rawBody: withoutRawBody ? undefined : rawBody };
		Object.assign(additionalData, { httpRequest: request, httpResponse: response });
		const context = new WebhookContext(this.workflow, this.node, additionalData, mode, this.webhookData(mode), [], null);
		const run = this.type().webhook;
		if (!run) throw new Error(`${this.node.type} has no webhook`);
		const raw = await run.call(context);
		if (!response.headersSent) {
			// As n8n does after it has started the execution, or failed to.
			if (hangsUp) {
				response.destroyed = true;
				response.emit('close');
			}
			response.statusCode = startFails ? 500 : 200;
			response.writableEnded = true;
			// Nobody is told that an answer has gone out which nobody waits for.
			response.writableFinished = !response.destroyed;
			if (response.writableFinished) response.emit('finish');
		}
		return { answer, items: raw.workflowData?.[0]?.map(({ json }) => json), raw };
	}

	/** @returns the items, or null where the poll starts nothing */
	async poll(mode: WorkflowExecuteMode = 'trigger'): Promise<IDataObject[] | null> {
		const context = new PollContext(this.workflow, this.node, this.additionalData(mode), mode, mode === 'manual' ? 'manual' : 'update');
		const run = this.type().poll;
		if (!run) throw new Error(`${this.node.type} has no poll`);
		const output = await run.call(context);
		return output?.[0].map(({ json }) => json) ?? null;
	}

	/** What the node hands on, given what came in. Each call is an execution of its own, unless one is named. */
	async execute(items: INodeExecutionData[], mode: WorkflowExecuteMode, executionId: string = randomUUID()): Promise<IDataObject[]> {
		const input = { main: [items] };
		const context = new ExecuteContext(
			this.workflow,
			this.node,
			Object.assign(this.additionalData(mode), { executionId }),
			mode,
			createEmptyRunExecutionData(),
			0,
			items,
			input,
			{ node: this.node, data: input, source: null },
			[],
		);
		const output = await this.type().execute?.call(context);
		if (!Array.isArray(output)) throw new Error(`${this.node.type} put out no items`);
		return output[0].map(({ json }) => json);
	}

	private type() {
		return this.engine.types.getByNameAndVersion(this.node.type, this.node.typeVersion);
	}

	private additionalData(mode: WorkflowExecuteMode) {
		return Object.assign(this.engine.additionalData(this.workflow, mode), {
			webhookBaseUrl: `${this.publicOrigin}/webhook`,
			webhookTestBaseUrl: `${this.publicOrigin}/webhook-test`,
		});
	}

	private webhookData(mode: WorkflowExecuteMode): IWebhookData {
		const [webhookDescription] = this.type().description.webhooks ?? [];
		return {
			httpMethod: 'POST',
			node: this.node.name,
			path: `${this.node.webhookId}/webhook`,
			webhookDescription,
			workflowId: String(this.workflow.id),
			workflowExecuteAdditionalData: this.additionalData(mode),
		};
	}
}

function lowerCased(headers: Record<string, string | string[]>): Record<string, string | string[]> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

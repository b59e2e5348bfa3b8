import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { VERIFICATION_OPTIONS } from '../../../nodes/shared/webhook/triggerOptions';
import { Engine, LoadedTypes } from '../../support/engine';
import { TriggerBench, type DeliveryIn, type Reception } from '../../support/engine/hooks';

type OnDelivery = (context: IWebhookFunctions) => IWebhookResponseData | Promise<IWebhookResponseData>;

/** A trigger that does what a test tells it to do. */
class TriggerNode implements INodeType {
	onHook: (context: IHookFunctions) => void = () => undefined;

	onDelivery: OnDelivery = () => ({});

	description: INodeTypeDescription = {
		displayName: 'Own Trigger',
		name: 'ownTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Does what it is told',
		defaults: { name: 'Own Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [{ displayName: 'Options', name: 'options', type: 'collection', default: {}, options: VERIFICATION_OPTIONS }],
	};

	webhookMethods = {
		default: {
			checkExists: async function (this: IHookFunctions): Promise<boolean> {
				current.onHook(this);
				return await Promise.resolve(true);
			},
			create: async (): Promise<boolean> => await Promise.resolve(true),
			delete: async (): Promise<boolean> => await Promise.resolve(true),
		},
	};

	webhook = async function (this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await current.onDelivery(this);
	};
}

let current = new TriggerNode();
let made = 0;

export interface TriggerOptions {
	readonly parameters?: INodeParameters;
	readonly publicOrigin?: string;
	/** n8n has no address for the node. */
	readonly withoutWebhook?: boolean;
}

/** A trigger node in the contexts that n8n's own engine makes for hooks and deliveries. */
export class OwnTrigger {
	readonly bench: TriggerBench;

	private readonly node = new TriggerNode();

	constructor({ parameters = {}, publicOrigin, withoutWebhook = false }: TriggerOptions = {}) {
		if (withoutWebhook) this.node.description.webhooks = [];
		const types = new LoadedTypes('n8n-nodes-test');
		types.addNode(types.fullName('ownTrigger'), this.node);
		const engine = new Engine(types);
		const node = engine.node({ type: 'ownTrigger', parameters }, 'Own Trigger');
		made += 1;
		this.bench = new TriggerBench(engine, { ...node, webhookId: `webhook-${made}` }, publicOrigin);
	}

	/** What `run` returns in the context of a hook. @throws what it throws */
	async inHook<T>(run: (context: IHookFunctions) => T, ...options: Parameters<TriggerBench['hook']> extends [unknown, ...infer Rest] ? Rest : never): Promise<T> {
		current = this.node;
		let result: T | undefined;
		this.node.onHook = (context) => {
			result = run(context);
		};
		await this.bench.hook('checkExists', ...options);
		return result as T;
	}

	async deliver(onDelivery: OnDelivery, delivery: Partial<DeliveryIn> = {}, mode?: WorkflowExecuteMode): Promise<Reception> {
		current = this.node;
		this.node.onDelivery = onDelivery;
		return await this.bench.deliver({ body: '{}', ...delivery }, mode);
	}
}

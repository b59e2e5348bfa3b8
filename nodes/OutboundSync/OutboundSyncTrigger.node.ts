import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { executeOnce } from '../shared/webhook/executeOnce';
import { checkSecret } from '../shared/webhook/sharedSecretAuth';
import { isUnregistered } from '../shared/webhook/trigger';
import { INCLUDE_RAW_OPTION, UNVERIFIED_NOTICE, VERIFICATION_OPTIONS } from '../shared/webhook/triggerOptions';
import { eventFields } from './trigger/events';
import { requireSecretUrl } from './trigger/forwarded';
import { pollFailedSyncs, sampleFailedSyncs } from './trigger/polling';
import { pollTimesFields } from './trigger/pollTimes';
import { receiveDelivery } from './trigger/receive';
import { hookKeeper, hookRemover } from './trigger/registration';

export class OutboundSyncTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'OutboundSync Trigger',
		name: 'outboundSyncTrigger',
		icon: { light: 'file:outboundSync.svg', dark: 'file:outboundSync.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ forwarded: "Forwarded Outreach Events", polling: "Polling", syncMonitoring: "Sync Monitoring" })[$parameter["source"]] }}',
		description: 'Starts the workflow when syncs fail or recover in OutboundSync, or when a sequencer reports an event',
		defaults: { name: 'OutboundSync Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'outboundSyncApi',
				required: true,
				// With `show` instead, every source would name its credential, and the editor would hide Source.
				displayOptions: { hide: { source: ['forwarded'] } },
			},
			{
				name: 'outboundSyncForwardingApi',
				required: false,
				testedBy: 'checkForwardingCredential',
				displayOptions: { show: { source: ['forwarded'] } },
			},
		],
		webhooks: [
			{
				name: 'default',
				// Without a method n8n opens no URL, which polling does not need.
				httpMethod: '={{ $parameter["source"] === "polling" ? "" : "POST" }}',
				responseMode: 'onReceived',
				path: 'webhook',
				ndvHideUrl: '={{ $parameter["source"] === "polling" }}',
				ndvHideMethod: '={{ $parameter["source"] === "polling" }}',
			},
		],
		properties: [
			{
				displayName: 'Source',
				name: 'source',
				type: 'options',
				options: [
					{
						name: 'Forwarded Outreach Events',
						value: 'forwarded',
						description: 'Replies, opens, bounces and more, as a sequencer reports them',
					},
					{
						name: 'Polling',
						value: 'polling',
						description: 'Failed syncs, checked at set times. Works with every API key.',
					},
					{
						name: 'Sync Monitoring',
						value: 'syncMonitoring',
						description: 'Syncs that fail or recover, as soon as they do. Needs an account-scoped API key with the scope write.',
					},
				],
				default: 'syncMonitoring',
			},
			{
				// Of all markup, a notice in the editor keeps links and bulleted lists alone.
				displayName:
					'<ul><li>Copy the production URL from Webhook URLs above. Whoever knows it can start this workflow, so treat it as a secret.</li><li>In OutboundSync add it as an Additional Endpoint of your sources.</li><li>If you can have a header sent along, set the credential: events without the header are then refused.</li><li>Publish (activate) the workflow.</li></ul>',
				name: 'forwardedNotice',
				type: 'notice',
				default: '',
				displayOptions: { show: { source: ['forwarded'] } },
			},
			...eventFields,
			...pollTimesFields,
			UNVERIFIED_NOTICE,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				displayOptions: { show: { source: ['syncMonitoring'] } },
				options: [
					VERIFICATION_OPTIONS[0],
					{
						displayName: 'Confirm With API',
						name: 'confirmWithApi',
						type: 'boolean',
						default: false,
						description: 'Whether to read each event through the API by its ID and output that record instead of the delivered one',
					},
					VERIFICATION_OPTIONS[1],
					{
						displayName: 'Emit Test Pings',
						name: 'emitTestPings',
						type: 'boolean',
						default: false,
						description: 'Whether test events start the workflow too. They are answered in any case.',
					},
					INCLUDE_RAW_OPTION,
					...VERIFICATION_OPTIONS.slice(2),
				],
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				displayOptions: { show: { source: ['forwarded'] } },
				options: [INCLUDE_RAW_OPTION],
			},
		],
	};

	methods = {
		credentialTest: {
			/** Nothing can be sent to try it; that it is filled in can be told. */
			async checkForwardingCredential(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted<IDataObject>,
			): Promise<INodeCredentialTestResult> {
				return checkSecret(String(data.secret ?? ''));
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const source = this.getNodeParameter('source');
				if (source === 'forwarded') requireSecretUrl(this);
				if (source !== 'syncMonitoring') return true;
				const keeper = await hookKeeper(this);
				return await keeper.isSettled();
			},
			async create(this: IHookFunctions): Promise<boolean> {
				if (this.getNodeParameter('source') !== 'syncMonitoring') return true;
				const keeper = await hookKeeper(this);
				await keeper.settle();
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				if (this.getNodeParameter('source') !== 'syncMonitoring' || isUnregistered(this)) return true;
				const keeper = await hookRemover(this);
				await keeper.removeAll();
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}

	/** n8n calls it once for every source when it starts or the workflow is published. */
	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		if (this.getNodeParameter('source') !== 'polling') return null;
		const syncs = this.getMode() === 'manual' ? await sampleFailedSyncs(this) : await pollFailedSyncs(this);
		return syncs === undefined ? null : [this.helpers.returnJsonArray(syncs)];
	}

	/**
	 * n8n calls it at the beginning of every execution, also of a test, in which it would otherwise call
	 * `poll` for any node that has one, and drop what a webhook brought. What came in goes out, once.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const isPollTest = this.getMode() === 'manual' && this.getNodeParameter('source', 0) === 'polling';
		if (!isPollTest) return [await executeOnce(this)];
		return [this.helpers.returnJsonArray(await sampleFailedSyncs(this))];
	}
}

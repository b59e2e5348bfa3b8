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
import { INCLUDE_RAW_OPTION, NO_POLL_TIMES, UNVERIFIED_NOTICE, VERIFICATION_OPTIONS } from '../shared/webhook/triggerOptions';
import { ownerLocator, stageLocator, teamLocator } from './fields';
import { listSearch } from './methods/listSearch';
import { additionalEventsField, eventsField } from './trigger/events';
import { receiveDelivery } from './trigger/receive';
import { hookKeeper, hookRemover } from './trigger/registration';

export class SalesOsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SalesOS Trigger',
		name: 'salesOsTrigger',
		icon: { light: 'file:salesOs.svg', dark: 'file:salesOs.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ($parameter["events"] || []).concat($parameter["additionalEvents"] || []).join(", ").replace(/[._]/g, " ").replace(/(^| )[a-z]/g, (start) => start.toUpperCase()) }}',
		description: 'Starts the workflow when leads, deals or users change in SalesOS (Play2Sell)',
		defaults: { name: 'SalesOS Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'salesOsOAuth2Api',
				required: true,
				displayOptions: { show: { registration: ['automatic'], authentication: ['oAuth2'] } },
			},
			{
				name: 'salesOsSignedApi',
				required: true,
				displayOptions: { show: { registration: ['automatic'], authentication: ['signedApiKey'] } },
			},
			{
				name: 'salesOsWebhookApi',
				required: true,
				testedBy: 'checkWebhookCredential',
				displayOptions: { show: { registration: ['manual'] } },
			},
		],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [
			{
				displayName: 'Registration',
				name: 'registration',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'automatic',
						description: 'Register the webhook through the API when the workflow is published (activated)',
					},
					{
						name: 'Manual',
						value: 'manual',
						description: 'Paste the webhook URL into the SalesOS dashboard yourself',
					},
				],
				default: 'automatic',
			},
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{ name: 'OAuth2', value: 'oAuth2' },
					{ name: 'Signed API Key', value: 'signedApiKey' },
				],
				default: 'oAuth2',
				// With `show` instead, the editor would take Registration for a part of the credential and hide it.
				displayOptions: { hide: { registration: ['manual'] } },
			},
			{
				// Of all markup, a notice in the editor keeps links and bulleted lists alone.
				displayName:
					'<ul><li>Copy the production URL from Webhook URLs above.</li><li>In SalesOS open Integrations > Webhooks and add it, with HMAC and a long random secret.</li><li>Put the same secret into the credential here.</li><li>Choose below which of the events sent to that URL start this workflow.</li><li>Publish (activate) the workflow.</li></ul>',
				name: 'manualNotice',
				type: 'notice',
				default: '',
				displayOptions: { show: { registration: ['manual'] } },
			},
			eventsField,
			additionalEventsField,
			UNVERIFIED_NOTICE,
			NO_POLL_TIMES,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					VERIFICATION_OPTIONS[0],
					VERIFICATION_OPTIONS[1],
					INCLUDE_RAW_OPTION,
					{
						displayName: 'Include Full Record',
						name: 'includeRecord',
						type: 'boolean',
						default: false,
						description: 'Whether to read the lead, deal or user through the API and add it to the output',
						displayOptions: { show: { '/registration': ['automatic'] } },
					},
					{
						displayName: 'Only Min Value',
						name: 'minValue',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description: 'Only deals of at least this value start the workflow',
					},
					{ ...ownerLocator, displayName: 'Only Owner', description: 'Only records of this user start the workflow' },
					{ ...stageLocator, displayName: 'Only Stage', description: 'Only deals in this stage start the workflow' },
					{ ...teamLocator, displayName: 'Only Team', description: 'Only records of this team start the workflow' },
					...VERIFICATION_OPTIONS.slice(2),
				],
			},
		],
	};

	methods = {
		listSearch,
		credentialTest: {
			/** Nothing can be sent to try it; that it is filled in can be told. */
			async checkWebhookCredential(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted<IDataObject>,
			): Promise<INodeCredentialTestResult> {
				return checkSecret(String((data.method === 'basic' ? data.password : data.secret) ?? ''));
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				if (this.getNodeParameter('registration') === 'manual') return true;
				const keeper = await hookKeeper(this);
				return await keeper.isSettled();
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const keeper = await hookKeeper(this);
				await keeper.settle();
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				if (this.getNodeParameter('registration') === 'manual' || isUnregistered(this)) return true;
				const keeper = await hookRemover(this);
				await keeper.removeAll();
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}

	/** Polls nothing: what makes n8n look after the webhook at its own start is that there is a `poll`. */
	async poll(this: IPollFunctions): Promise<null> {
		return null;
	}

	/**
	 * n8n calls it at the beginning of every execution, also of a test, in which it would otherwise call
	 * `poll` for any node that has one, and drop what a webhook brought. What came in goes out, once.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await executeOnce(this)];
	}
}

import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * What SalesOS shows or signs with, for a webhook that was entered in its dashboard (Integrations >
 * Webhooks). Documented there: HMAC with a secret, Bearer, API key, Basic.
 */
export class SalesOsWebhookApi implements ICredentialType {
	name = 'salesOsWebhookApi';

	displayName = 'SalesOS Webhook API';

	icon: Icon = {
		light: 'file:../nodes/SalesOs/salesOs.svg',
		dark: 'file:../nodes/SalesOs/salesOs.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-salesos-outboundsync/n8n-nodes-salesos-outboundsync#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [
				{ name: 'API Key in a Header', value: 'header' },
				{ name: 'Basic', value: 'basic' },
				{ name: 'Bearer Token', value: 'bearer' },
				{ name: 'HMAC Signature', value: 'hmac', description: 'The only one that also proves the content' },
			],
			default: 'hmac',
			description: 'What you chose under authentication when you entered the webhook in SalesOS',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			displayOptions: { show: { method: ['basic'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			displayOptions: { show: { method: ['basic'] } },
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			required: true,
			default: 'X-API-Key',
			displayOptions: { show: { method: ['header'] } },
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The secret, token or key that you entered in SalesOS',
			displayOptions: { show: { method: ['bearer', 'header', 'hmac'] } },
		},
	];
}

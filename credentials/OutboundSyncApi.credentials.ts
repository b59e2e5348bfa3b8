import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** One key for the whole OutboundSync API, sent as a bearer token (documented). */
export class OutboundSyncApi implements ICredentialType {
	name = 'outboundSyncApi';

	displayName = 'OutboundSync API';

	icon: Icon = {
		light: 'file:../nodes/OutboundSync/outboundSync.svg',
		dark: 'file:../nodes/OutboundSync/outboundSync.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-salesos-outboundsync/n8n-nodes-salesos-outboundsync#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			placeholder: 'e.g. osapi_…',
			description:
				'Starts with osapi_. The key of a sequencer such as Smartlead or Instantly does not work here.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://app.outboundsync.com',
			description: 'Address of OutboundSync without its path; /api/v1 is added',
		},
	];

	// A blank pasted along with the key would be sent with it, and the vendor's 401 does not tell why.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.apiKey.trim() }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl.trim().replace(/(\\/api|\\/api\\/v1)?\\/*$/, "") || "https://app.outboundsync.com" }}',
			url: '/api/v1/me',
			method: 'GET',
			// A redirect followed by n8n would carry the key along, to whatever host it names.
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'OutboundSync did not accept this key. It answers the same for a key that is malformed, invalid, revoked or rotated: copy a current key that starts with osapi_ from OutboundSync, not from a sequencer.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The key is valid, but API access is not enabled for this account. An admin enables API access on the CRM connection in OutboundSync; then test again.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'No OutboundSync API answered at this address. Check that Base URL has no path: /api/v1 is added.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message:
						'OutboundSync takes 120 requests a minute from one address and from one account. Test again in a minute.',
				},
			},
		],
	};
}

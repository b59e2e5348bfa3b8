import type {
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { API_ORIGIN_EXPRESSION, KEYS_PAGE, baseUrlField, environmentField } from './SalesOsEnvironment';
import { signRequest } from './SalesOsSigning';

/** A signed API key (P2S-SIGN-V1): the secret never leaves n8n, each request carries a signature. */
export class SalesOsSignedApi implements ICredentialType {
	name = 'salesOsSignedApi';

	displayName = 'SalesOS Signed API';

	icon: Icon = {
		light: 'file:../nodes/SalesOs/salesOs.svg',
		dark: 'file:../nodes/SalesOs/salesOs.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-salesos-outboundsync/n8n-nodes-salesos-outboundsync#credentials';

	properties: INodeProperties[] = [
		environmentField,
		baseUrlField,
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			placeholder: 'e.g. sk_live_…',
			description: `Starts with sk_live_ or sk_test_. Created in SalesOS under ${KEYS_PAGE}.`,
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Signs requests and is never sent',
		},
		{
			displayName: 'Requests per Hour',
			name: 'requestsPerHour',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1000,
			description: 'The hourly limit of this key: 1,000 unless SalesOS has set another one for it. The nodes send no more than that.',
		},
	];

	// n8n calls this once per send, its own repeat after a 401 included, so the timestamp is always fresh.
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return await signRequest(
			{ apiKey: String(credentials.apiKey), apiSecret: String(credentials.apiSecret) },
			requestOptions,
			Date.now,
		);
	}

	test: ICredentialTestRequest = {
		// A redirect followed by n8n would carry the credential along, to whatever host it names.
		request: { baseURL: API_ORIGIN_EXPRESSION, url: '/v1/stages', method: 'GET', disableFollowRedirect: true },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: `SalesOS refused the signature. Check API Key and API Secret, that the key is not revoked in ${KEYS_PAGE}, that Environment is the one the key belongs to, and this machine's clock: a signature holds for 30 seconds.`,
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message: `SalesOS accepted the signature, but this key may not read deal stages. Grant it the scopes your workflows need in ${KEYS_PAGE}.`,
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'No SalesOS API answered at this address. Check Environment, and that Base URL has no path: /v1 is added.',
				},
			},
		],
	};
}

import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import {
	API_ORIGIN_EXPRESSION,
	AUDIENCE,
	KEYS_PAGE,
	authBaseUrlField,
	authUrlExpression,
	baseUrlField,
	environmentField,
} from './SalesOsEnvironment';

/**
 * OAuth 2.0 on n8n's own implementation: n8n mints, stores (encrypted) and renews the token; nothing
 * here caches it. The vendor issues RS256 JWTs through Auth0, valid for 24 h, without a refresh token
 * in the client credentials grant (documented).
 */
export class SalesOsOAuth2Api implements ICredentialType {
	name = 'salesOsOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'SalesOS OAuth2 API';

	icon: Icon = {
		light: 'file:../nodes/SalesOs/salesOs.svg',
		dark: 'file:../nodes/SalesOs/salesOs.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-salesos-outboundsync/n8n-nodes-salesos-outboundsync#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'options',
			options: [
				{
					name: 'Client Credentials',
					value: 'clientCredentials',
					description: 'Acts as the integration itself, with no user signing in',
				},
				{
					name: 'Authorization Code',
					value: 'authorizationCode',
					description: 'Acts on behalf of the user who signs in, single sign-on included',
				},
			],
			default: 'clientCredentials',
		},
		environmentField,
		baseUrlField,
		authBaseUrlField,
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			description: `ID of the API client, shown in SalesOS under ${KEYS_PAGE}`,
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Audience',
			name: 'audience',
			type: 'string',
			required: true,
			default: AUDIENCE,
			description: `The API that the token is for. SalesOS takes exactly ${AUDIENCE}: a token for another audience is refused.`,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: 'openid profile email',
			description:
				'What the user is asked to allow, separated by spaces. Add offline_access if the connection ends after a day.',
			displayOptions: { show: { grantType: ['authorizationCode'] } },
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: authUrlExpression('/authorize'),
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: authUrlExpression('/oauth/token'),
		},
		{
			// Auth0 reads the audience from the authorization request; without it the token is opaque.
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '={{ "audience=" + encodeURIComponent($self["audience"].trim()) }}',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
		{
			displayName: 'Send Additional Body Properties',
			name: 'sendAdditionalBodyProperties',
			type: 'hidden',
			default: true,
		},
		{
			displayName: 'Additional Body Properties',
			name: 'additionalBodyProperties',
			type: 'hidden',
			default: '={{ JSON.stringify({ audience: $self["audience"].trim() }) }}',
		},
	];

	/**
	 * Stages: the one documented read that takes no parameter, returns a handful of rows and no
	 * person's data. No scope is documented for it; 403 therefore says that the token itself works.
	 */
	test: ICredentialTestRequest = {
		// A redirect followed by n8n would carry the credential along, to whatever host it names.
		request: { baseURL: API_ORIGIN_EXPRESSION, url: '/v1/stages', method: 'GET', disableFollowRedirect: true },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: `SalesOS refused the token. Check that Audience is exactly ${AUDIENCE} (a token for another audience is refused), that Environment is the one this client belongs to, and that the client is not revoked in ${KEYS_PAGE}.`,
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message: `SalesOS accepted the token, but this client may not read deal stages. Grant it the scopes your workflows need, such as deals:read, leads:read and leads:write, in ${KEYS_PAGE}.`,
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

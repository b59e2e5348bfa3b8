import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * The parent type of every OAuth2 credential. n8n ships it in n8n-nodes-base, which is a thousand
 * packages heavy; these are the same names, types, defaults and conditions (n8n 2.41).
 */
const WITHOUT_DISCOVERY = { useDynamicClientRegistration: [false] };
const CODE_GRANTS = { grantType: ['authorizationCode', 'pkce'], ...WITHOUT_DISCOVERY };
const BODY_CLIENT = { grantType: ['clientCredentials'], authentication: ['body'], ...WITHOUT_DISCOVERY };

const choices = (...values: string[]) => values.map((value) => ({ name: value, value }));

const properties: Array<Omit<INodeProperties, 'displayName'>> = [
	{ name: 'useDynamicClientRegistration', type: 'hidden', default: false },
	{
		name: 'grantType',
		type: 'options',
		options: choices('authorizationCode', 'clientCredentials', 'pkce'),
		default: 'authorizationCode',
		displayOptions: { show: WITHOUT_DISCOVERY },
	},
	{
		name: 'serverUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { useDynamicClientRegistration: [true] } },
	},
	{ name: 'authUrl', type: 'string', default: '', required: true, displayOptions: { show: CODE_GRANTS } },
	{
		name: 'accessTokenUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: WITHOUT_DISCOVERY },
	},
	{
		name: 'clientId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: WITHOUT_DISCOVERY },
	},
	{ name: 'clientCredentialType', type: 'hidden', default: 'clientSecret' },
	{
		name: 'clientSecret',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		displayOptions: { show: WITHOUT_DISCOVERY },
	},
	{ name: 'privateKey', type: 'hidden', default: '' },
	{ name: 'certificate', type: 'hidden', default: '' },
	{ name: 'scope', type: 'string', default: '', displayOptions: { show: WITHOUT_DISCOVERY } },
	{ name: 'authQueryParameters', type: 'string', default: '', displayOptions: { show: CODE_GRANTS } },
	{
		name: 'authentication',
		type: 'options',
		options: choices('body', 'header'),
		default: 'header',
		displayOptions: { show: WITHOUT_DISCOVERY },
	},
	{
		name: 'sendAdditionalBodyProperties',
		type: 'boolean',
		default: false,
		displayOptions: { show: BODY_CLIENT },
	},
	{
		name: 'additionalBodyProperties',
		type: 'json',
		default: '',
		displayOptions: { show: { ...BODY_CLIENT, sendAdditionalBodyProperties: [true] } },
	},
	{ name: 'ignoreSSLIssues', type: 'boolean', default: false, doNotInherit: true },
	{ name: 'tokenExpiredStatusCode', type: 'number', default: 401, doNotInherit: true },
	// n8n adds this one itself when it resolves a credential.
	{ name: 'oauthTokenData', type: 'json', required: false, default: {} },
];

export const oAuth2ApiType: ICredentialType = {
	name: 'oAuth2Api',
	displayName: 'OAuth2 API',
	properties: properties.map((property) => ({ displayName: property.name, ...property })),
};

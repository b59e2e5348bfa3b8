import type { INodeProperties } from 'n8n-workflow';

/**
 * Where a SalesOS credential points: fields shared by both credential types, and the expressions
 * that turn them into URLs.
 *
 * Hosts as published by the vendor (docs.play2sell.com): production and staging API and the token
 * host are documented. That staging uses the same token host is inferred; `custom` overrides it.
 */
const PRODUCTION_ORIGIN = 'https://api.play2sell.com';
const STAGING_ORIGIN = 'https://api-staging.play2sell.com';
const AUTH_ORIGIN = 'https://auth.play2sell.com';

/** Documented: a token for any other audience is valid and yet refused with 401. */
export const AUDIENCE = 'https://api.play2sell.com';

/**
 * Expression text (without braces) for a base URL as a person types it, cleaned: surrounding blanks,
 * trailing slashes and a pasted path ending are taken off, so that adding the path cannot double it.
 */
function cleaned(field: string, pastedEnding: string): string {
	return `(${field} || "").trim().replace(/(${pastedEnding})?\\/*$/, "")`;
}

/** The API's origin, without `/v1`, in a credential test; `$credentials` holds resolved values there. */
export const API_ORIGIN_EXPRESSION = `={{ ({ production: "${PRODUCTION_ORIGIN}", staging: "${STAGING_ORIGIN}" })[$credentials.environment] || ${cleaned('$credentials.baseUrl', '\\/v1')} }}`;

/**
 * A URL on the authorization server, for a hidden field.
 * @param path what follows the origin, such as `/oauth/token`
 */
export function authUrlExpression(path: string): string {
	const custom = cleaned('$self["authBaseUrl"]', '\\/oauth\\/token|\\/authorize');
	return `={{ ($self["environment"] === "custom" ? ${custom} : "${AUTH_ORIGIN}") + "${path}" }}`;
}

export const environmentField: INodeProperties = {
	displayName: 'Environment',
	name: 'environment',
	type: 'options',
	options: [
		{ name: 'Production', value: 'production', description: 'Sends to api.play2sell.com' },
		{
			name: 'Staging',
			value: 'staging',
			description: 'Sends to api-staging.play2sell.com, whose data is reset periodically',
		},
		{ name: 'Custom', value: 'custom', description: 'Sends to a sandbox or a proxy' },
	],
	default: 'production',
};

export const baseUrlField: INodeProperties = {
	displayName: 'Base URL',
	name: 'baseUrl',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. https://salesos-proxy.example.com',
	description: 'Address of the API without its path; /v1 is added',
	displayOptions: { show: { environment: ['custom'] } },
};

export const authBaseUrlField: INodeProperties = {
	displayName: 'Authorization Base URL',
	name: 'authBaseUrl',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. https://auth.example.com',
	description:
		'Address of the authorization server without its path; /oauth/token and /authorize are added',
	displayOptions: { show: { environment: ['custom'] } },
};

/** Where a SalesOS administrator finds keys, clients and their scopes (documented). */
export const KEYS_PAGE = 'Admin > Integrations > API Keys';

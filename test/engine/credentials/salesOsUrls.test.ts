import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { originOf } from '../../../nodes/shared/http/connection';
import { createEngine, type Engine } from '../../support/engine';

/** The URLs that a SalesOS credential's hidden expressions make of what the user chose and typed. */
let engine: Engine;

beforeAll(async () => {
	engine = await createEngine();
});

function resolved(fields: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
	const workflow = engine.workflow([], {});
	return engine.credentials.resolve(
		'salesOsOAuth2Api',
		{ clientId: 'id', clientSecret: 'secret', ...fields },
		engine.additionalData(workflow, 'internal'),
		'internal',
	);
}

/** Where a type's test request goes, for the resolved fields of a credential. */
function testBaseUrl(type: string, credentials: ICredentialDataDecryptedObject): unknown {
	const expression = engine.types.credential(type).test?.request.baseURL;
	const node = engine.node({ type: 'n8n-nodes-base.manualTrigger' });
	return engine
		.workflow([node], {})
		.expression.getSimpleParameterValue(node, expression, 'internal', { $credentials: credentials });
}

test.each([
	['production', 'https://api.play2sell.com'],
	['staging', 'https://api-staging.play2sell.com'],
])('%s needs nothing typed', (environment, origin) => {
	const credentials = resolved({ environment });
	expect(credentials).toMatchObject({
		grantType: 'clientCredentials',
		accessTokenUrl: 'https://auth.play2sell.com/oauth/token',
		authUrl: 'https://auth.play2sell.com/authorize',
		authentication: 'body',
		sendAdditionalBodyProperties: true,
		additionalBodyProperties: '{"audience":"https://api.play2sell.com"}',
		authQueryParameters: 'audience=https%3A%2F%2Fapi.play2sell.com',
	});
	expect(credentials).not.toHaveProperty('baseUrl');
	expect(testBaseUrl('salesOsOAuth2Api', credentials)).toBe(origin);
	expect(testBaseUrl('salesOsSignedApi', credentials)).toBe(origin);
});

test('a scope is asked for in the authorization code grant alone', () => {
	expect(resolved({ grantType: 'authorizationCode' }).scope).toBe('openid profile email');
	expect(resolved({ grantType: 'clientCredentials' })).not.toHaveProperty('scope');
});

test('stored values cannot replace the authorization server of an environment', () => {
	const stolen = 'https://attacker.example.com/oauth/token';
	expect(resolved({ environment: 'production', accessTokenUrl: stolen }).accessTokenUrl).toBe(
		'https://auth.play2sell.com/oauth/token',
	);
});

test.each([
	'https://sandbox.example.com',
	'https://sandbox.example.com/',
	'  https://sandbox.example.com//  ',
	'https://sandbox.example.com/v1',
	'https://sandbox.example.com/v1/',
	'https://proxy.example.com/salesos',
	'https://proxy.example.com/api/v1',
	'http://127.0.0.1:5678',
	'http://[::1]:5678/v1',
])('the base URL %j means the same to the credential test and to the nodes', (baseUrl) => {
	const origin = originOf(baseUrl, '/v1');
	const fields = { environment: 'custom', baseUrl };
	expect(testBaseUrl('salesOsOAuth2Api', fields)).toBe(origin);
	expect(testBaseUrl('salesOsSignedApi', fields)).toBe(origin);
});

test.each([
	'https://app.example.com',
	'https://app.example.com/ ',
	'https://app.example.com/api',
	'https://app.example.com/api/v1',
	'https://app.example.com/api/v1//',
	'https://proxy.example.com/outboundsync/api/v1',
])("and so does OutboundSync's %j", (baseUrl) => {
	expect(testBaseUrl('outboundSyncApi', { baseUrl })).toBe(originOf(baseUrl, '/api/v1'));
});

test.each([
	'https://auth.example.com',
	'https://auth.example.com/',
	' https://auth.example.com// ',
	'https://auth.example.com/oauth/token',
	'https://auth.example.com/authorize/',
])('the authorization base URL %j is cleaned', (authBaseUrl) => {
	expect(resolved({ environment: 'custom', baseUrl: 'https://x.example', authBaseUrl })).toMatchObject({
		accessTokenUrl: 'https://auth.example.com/oauth/token',
		authUrl: 'https://auth.example.com/authorize',
	});
});

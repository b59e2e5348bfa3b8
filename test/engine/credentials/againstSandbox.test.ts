import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../../../sandbox';
import { createEngine, n8nLine, type Engine } from '../../support/engine';

/** All three credential types against both vendors' sandbox: predefined in HTTP Request, and their tests. */
let engine: Engine;
let sandbox: Sandbox;

beforeAll(async () => {
	[engine, sandbox] = await Promise.all([createEngine(), startSandbox()]);
});

afterAll(async () => {
	await sandbox.stop();
});

beforeEach(() => {
	sandbox.reset();
	Object.assign(sandbox.outboundSync.settings, { apiAccess: true, requestsPerWindowPerIp: 120 });
	sandbox.salesOs.settings.signedPathIncludesQuery = false;
});

type Changes = ICredentialDataDecryptedObject;

const oAuth2 = (changes: Changes = {}) =>
	engine.credentials.add('salesOsOAuth2Api', {
		environment: 'custom',
		baseUrl: sandbox.salesOs.origin,
		authBaseUrl: sandbox.salesOs.authOrigin,
		clientId: sandbox.salesOs.clientId,
		clientSecret: sandbox.salesOs.clientSecret,
		...changes,
	});

const signed = (changes: Changes = {}) =>
	engine.credentials.add('salesOsSignedApi', {
		environment: 'custom',
		baseUrl: sandbox.salesOs.origin,
		apiKey: sandbox.salesOs.signedKey,
		apiSecret: sandbox.salesOs.signedSecret,
		...changes,
	});

const outboundSync = (changes: Changes = {}) =>
	engine.credentials.add('outboundSyncApi', {
		apiKey: sandbox.outboundSync.apiKey,
		baseUrl: sandbox.outboundSync.origin,
		...changes,
	});

async function request(
	credential: { id: string; name: string },
	url: string,
	parameters: INodeParameters = {},
	times = 1,
) {
	return await engine.runNode({
		type: 'n8n-nodes-base.httpRequest',
		parameters: { nodeCredentialType: credential.name, url, ...parameters },
		credentials: { [credential.name]: credential },
		items: Array.from({ length: times }, () => ({})),
	});
}

const testOf = async (credential: { id: string; name: string }) =>
	await engine.testCredential(credential.name, credential);

/** n8n 1.x loses the answer behind an error, so that its dialog cannot use a credential's own texts. */
const refusedWith = (text: string) => ({
	status: 'Error',
	message: expect.stringMatching(n8nLine === 2 ? text : N8N_TEXTS) as string,
});

const N8N_TEXTS =
	/^(Authorization failed|Forbidden|The resource you are requesting could not be found|The service is receiving too many requests)/;

describe('salesOsOAuth2Api', () => {
	const mints = () => sandbox.journal.list({ vendor: 'salesOsAuth', path: '/oauth/token' });

	test('mints one form-encoded token with the audience and reuses it', async () => {
		const { items } = await request(oAuth2(), `${sandbox.salesOs.origin}/v1/stages`, {}, 100);
		expect(items).toHaveLength(100);
		expect(mints()).toHaveLength(1);
		expect(mints()[0]).toMatchObject({
			status: 200,
			body: { grant_type: 'client_credentials', audience: sandbox.salesOs.audience },
		});
	});

	test('renews when the token is revoked in mid-run', async () => {
		const credential = oAuth2();
		await request(credential, `${sandbox.salesOs.origin}/v1/stages`);
		sandbox.salesOs.revokeTokens();
		const { items } = await request(credential, `${sandbox.salesOs.origin}/v1/stages`, {}, 5);
		expect(items).toHaveLength(5);
		expect(mints()).toHaveLength(2);
	});

	test('the test tells wrong audience, missing scope, wrong address and wrong secret apart', async () => {
		expect(await testOf(oAuth2())).toMatchObject({ status: 'OK' });
		expect(await testOf(oAuth2({ audience: 'https://api.play2sell.com/' }))).toEqual(
			refusedWith('Audience is exactly https://api.play2sell.com'),
		);
		const { id, clientSecret } = sandbox.salesOs.credentials.addClient({ scopes: ['leads:read'] });
		expect(await testOf(oAuth2({ clientId: id, clientSecret }))).toEqual(
			refusedWith('accepted the token, but this client may not read deal stages'),
		);
		expect(await testOf(oAuth2({ baseUrl: `${sandbox.salesOs.origin}/nowhere` }))).toEqual(
			refusedWith('No SalesOS API answered at this address'),
		);
		expect(await testOf(oAuth2({ clientSecret: 'wrong' }))).toMatchObject({ status: 'Error' });
	});
});

describe('salesOsSignedApi', () => {
	test('the test passes, and tells a wrong secret from a missing scope', async () => {
		expect(await testOf(signed())).toMatchObject({ status: 'OK' });
		expect(await testOf(signed({ apiSecret: 'wrong' }))).toEqual(refusedWith('refused the signature'));
		const { id, secret } = sandbox.salesOs.credentials.addSignedKey({ scopes: ['leads:read'] });
		expect(await testOf(signed({ apiKey: id, apiSecret: secret }))).toEqual(
			refusedWith('accepted the signature, but this key may not read deal stages'),
		);
	});

	test.each([
		['an object', { name: 'Ána Müller', email: 'ana@example.com', tags: ['a "quoted" tag'] }],
		['a JSON string with blanks around it', ' {"name":"Bo",\n "email":"bo@example.com"}\n'],
	])('the signature of %s matches the bytes on the wire', async (_what, body) => {
		const url = `${sandbox.salesOs.origin}/v1/leads`;
		const { error, items } = await request(signed(), url, { method: 'POST', body });
		expect(error).toBeUndefined();
		expect(items[0]?.json).toHaveProperty('data.id');
	});

	test('a query string is sent beside the signed path', async () => {
		sandbox.salesOs.seedLeads(3);
		const url = `${sandbox.salesOs.origin}/v1/leads`;
		const { error, items } = await request(signed(), url, { query: { per_page: 2, search: '' } });
		expect(error).toBeUndefined();
		expect(items[0]?.json.data).toHaveLength(2);
	});

	test('the secret never leaves', async () => {
		const { raw } = await request(signed(), `${sandbox.salesOs.origin}/v1/stages`);
		expect(JSON.stringify([raw, sandbox.journal.list({})])).not.toContain(sandbox.salesOs.signedSecret);
	});
});

describe('outboundSyncApi', () => {
	test('serves HTTP Request, blanks pasted around the key included', async () => {
		const credential = outboundSync({ apiKey: ` ${sandbox.outboundSync.apiKey} \n` });
		const { items } = await request(credential, `${sandbox.outboundSync.origin}/api/v1/connections`);
		expect(items).toHaveLength(1);
	});

	test.each(['', '/', '/api', '/api/v1', '/api/v1/'])('the test passes with a base URL in %j', async (end) => {
		expect(await testOf(outboundSync({ baseUrl: sandbox.outboundSync.origin + end }))).toMatchObject({
			status: 'OK',
		});
	});

	test('the test passes for keys that read only or see one connection', async () => {
		const { readOnlyKey, connectionScopedKey } = sandbox.outboundSync;
		expect(await testOf(outboundSync({ apiKey: readOnlyKey }))).toMatchObject({ status: 'OK' });
		expect(await testOf(outboundSync({ apiKey: connectionScopedKey }))).toMatchObject({ status: 'OK' });
	});

	test('the test gives the advice that fits each refusal', async () => {
		expect(await testOf(outboundSync({ apiKey: 'osapi_wrong' }))).toEqual(
			refusedWith('did not accept this key'),
		);
		expect(await testOf(outboundSync({ baseUrl: `${sandbox.outboundSync.origin}/nowhere` }))).toEqual(
			refusedWith('No OutboundSync API answered at this address'),
		);
		sandbox.outboundSync.settings.apiAccess = false;
		expect(await testOf(outboundSync())).toEqual(
			refusedWith('An admin enables API access on the CRM connection'),
		);
		sandbox.outboundSync.settings.requestsPerWindowPerIp = 0;
		expect(await testOf(outboundSync())).toEqual(refusedWith('Test again in a minute'));
	});
});

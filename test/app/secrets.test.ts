import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'libsql';
import type { ICredentialDataDecryptedObject, INode, INodeParameters } from 'n8n-workflow';

import { findFreePort } from '../../sandbox/n8n/ports';
import type { ExecutionWithData, SavedWorkflow, WorkflowRecord } from '../../sandbox/n8n/records';
import { signDelivery } from '../../sandbox/webhooks/sign';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';
import { find, formsOf, type Place } from './secretSearch';
import { Wire, type Substitute } from './wire';

/**
 * Everything that our credentials can be used for, in the real n8n with its log at debug: runs that
 * succeed and fail, triggers registered and refused, deliveries taken and turned away, a vendor that
 * repeats every request in its errors. Afterwards each secret is searched for, in all its forms, in
 * all that n8n has written, logged, exported and answered.
 */

const PACKAGE = 'n8n-nodes-salesos-outboundsync';
/** Names a node and a workflow, so that it is wherever n8n writes of them. */
const MARKER = `marker-${randomUUID()}`;
/** Stands in every refusal that repeats the request. */
const ECHO = `echo-${randomUUID()}`;
/** Stands in the query of a request. */
const URL_MARKER = `query-${randomUUID()}`;

const own = (name: string): string => `${name}-${randomBytes(12).toString('hex')}`;
const DASHBOARD_SECRET = own('dashboard');
const BEARER_SECRET = own('bearer');
const FORWARDING_SECRET = own('forwarding');

type Vendor = 'auth' | 'outboundSync' | 'salesOs';

let app: App;
let wires: Record<Vendor, Wire>;
let webhookBase: string;
const credentials: Record<string, INode['credentials']> = {};
const executions: ExecutionWithData[] = [];
/** What n8n answered to whoever asked it for something, errors above all. */
const answers: string[] = [];
const workflows: SavedWorkflow[] = [];
let places: Place[];
let secrets: Record<string, string>;

beforeAll(async () => {
	const port = await findFreePort();
	webhookBase = `http://127.0.0.1:${port}/`;
	const env = { WEBHOOK_URL: webhookBase, N8N_LOG_LEVEL: 'debug', N8N_LOG_OUTPUT: 'console,file' };
	app = await startApp({ n8n: { port, env } });
	const { outboundSync, salesOs } = app.sandbox;
	salesOs.settings.requestsPerWindow = outboundSync.settings.requestsPerWindowPerIp = outboundSync.settings.requestsPerWindowPerAccount = 10_000;
	wires = {
		auth: await Wire.start(salesOs.authOrigin),
		outboundSync: await Wire.start(outboundSync.origin),
		salesOs: await Wire.start(salesOs.origin),
	};
	await addCredentials();
	await runNodes();
	await testCredentials();
	await failToGetTokens();
	await triggerWorkflows();
	secrets = secretsOfTheRun();
	places = await lookEverywhere();
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await app?.stop();
	await Promise.all(Object.values(wires ?? {}).map(async (wire) => await wire.stop()));
});

async function addCredentials(): Promise<void> {
	const { clientId, clientSecret, audience, signedKey, signedSecret } = app.sandbox.salesOs;
	const salesOs = { environment: 'custom', baseUrl: wires.salesOs.origin };
	const add = async (name: string, type: string, data: ICredentialDataDecryptedObject): Promise<void> => {
		credentials[name] = { [type]: await app.session.createCredential({ name, type, data }) };
	};
	const oAuth2 = { ...salesOs, grantType: 'clientCredentials', authBaseUrl: wires.auth.origin, clientId, clientSecret, audience };
	await add('oAuth2', 'salesOsOAuth2Api', oAuth2);
	await add('oAuth2 without a token', 'salesOsOAuth2Api', oAuth2);
	await add('signed', 'salesOsSignedApi', { ...salesOs, apiKey: signedKey, apiSecret: signedSecret });
	await add('outboundSync', 'outboundSyncApi', { baseUrl: wires.outboundSync.origin, apiKey: app.sandbox.outboundSync.apiKey });
	await add('dashboard', 'salesOsWebhookApi', { method: 'hmac', secret: DASHBOARD_SECRET });
	await add('bearer', 'salesOsWebhookApi', { method: 'bearer', secret: BEARER_SECRET });
	await add('forwarding', 'outboundSyncForwardingApi', { headerName: 'X-Partner', secret: FORWARDING_SECRET });
}

function nodeOf(name: string, type: string, parameters: INodeParameters, credential?: string, settings: Partial<INode> = {}): INode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...(credential && { credentials: credentials[credential] }), ...settings };
}

function chain(name: string, ...nodes: INode[]): WorkflowRecord {
	const connections: WorkflowRecord['connections'] = {};
	nodes.slice(1).forEach((next, index) => {
		connections[nodes[index].name] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections };
}

async function run(name: string, ...nodes: INode[]): Promise<ExecutionWithData> {
	const workflow = await app.session.createWorkflow(chain(name, nodeOf('Start', 'n8n-nodes-base.manualTrigger', {}), ...nodes));
	workflows.push(workflow);
	const execution = await app.session.executeWorkflow(workflow.id);
	executions.push(execution);
	return execution;
}

/** Answers of a vendor that repeats the request, by the end of the path: `/echo/400/json`. */
const repeat: Substitute = ({ body, headers, method, url }) => {
	const [, status, form] = /\/echo\/(\d+)\/(json|html|text)/.exec(url) ?? [];
	if (status === undefined) return undefined;
	const request = `${ECHO} ${method} ${url} ${JSON.stringify(headers)} ${body} ${headers.authorization ?? ''}`;
	return { status: Number(status), ...echoAs(form, request) };
};

function echoAs(form: string, request: string): { body: string; type: string } {
	if (form === 'html') return { type: 'text/html', body: `<html><body>${request}</body></html>` };
	if (form === 'text') return { type: 'text/plain', body: request };
	const said = { message: request, code: request, details: [{ field: 'authorization', message: request }, request], request_id: request };
	return { type: 'application/json', body: JSON.stringify({ error: said, message: [request], statusCode: 400, meta: { request_id: request } }) };
}

const SENDERS = [
	{ credential: 'oAuth2', type: `${PACKAGE}.salesOs`, base: { authentication: 'oAuth2' }, prefix: '/v1' },
	{ credential: 'signed', type: `${PACKAGE}.salesOs`, base: { authentication: 'signedApiKey' }, prefix: '/v1' },
	{ credential: 'outboundSync', type: `${PACKAGE}.outboundSync`, base: {}, prefix: '' },
];

async function runNodes(): Promise<void> {
	wires.salesOs.substitute = wires.outboundSync.substitute = repeat;
	const once = { options: { maxRetries: 0 } };
	for (const { base, credential, prefix, type } of SENDERS) {
		const request = (method: string, path: string, more: INodeParameters = {}): INodeParameters => ({ ...base, resource: 'apiRequest', operation: 'request', method, path: prefix + path, ...once, ...more });
		const good: INode[] =
			credential === 'outboundSync'
				? [
						nodeOf('Me', type, { resource: 'account', operation: 'getMe' }, credential),
						// The vendor tells the secret of a new webhook once.
						nodeOf('Hook', type, { resource: 'webhook', operation: 'create', url: 'https://hooks.example.com/1' }, credential),
					]
				: [nodeOf('Lead', type, { ...base, resource: 'lead', operation: 'create', name: 'Ana', email: `${credential}@example.com` }, credential)];
		const download = request('GET', credential === 'outboundSync' ? '/sources' : '/stages', { responseFormat: 'file', outputBinaryField: 'data', queryParameters: { pairs: [{ key: 'search', value: URL_MARKER }] } });
		const done = await run(`${MARKER} ${credential}`, ...good, nodeOf(MARKER, type, download, credential));
		expect([credential, done.status]).toEqual([credential, 'success']);

		// Whatever the status, as JSON, as a page, as text: one node each, and the run goes on.
		const forms = [...[400, 401, 403, 404, 409, 422, 500, 502].map((status) => `${status}/json`), '400/html', '500/text', '200/html', '200/text'];
		const nodes = forms.map((form) => nodeOf(`Echo ${form}`, type, request('GET', `/echo/${form}`), credential, { onError: 'continueRegularOutput' }));
		const errorOutput = nodeOf('Echo to the error output', type, request('POST', '/echo/400/json', { bodyType: 'json', body: '{"name": "Ana"}' }), credential, { onError: 'continueErrorOutput' });
		const goesOn = await run(`Goes on: ${credential}`, ...nodes, errorOutput);
		expect([credential, goesOn.status]).toEqual([credential, 'success']);

		for (const form of ['401/json', '403/json', '500/json', '500/html', '200/html']) {
			const stopped = await run(`Stops at ${form}: ${credential}`, nodeOf('Echo', type, request('POST', `/echo/${form}`, { bodyType: 'json', body: '{"name": "Ana"}' }), credential));
			expect([credential, form, stopped.status]).toEqual([credential, form, 'error']);
		}
	}
}

async function testCredentials(): Promise<void> {
	for (const name of ['oAuth2', 'signed', 'outboundSync']) {
		const [{ id }] = Object.values(credentials[name] ?? {});
		const good = await app.session.testCredential(String(id));
		answers.push(JSON.stringify(good));
		expect([name, good.status]).toEqual([name, 'OK']);
		const path = name === 'outboundSync' ? '/api/v1/me' : '/v1/stages';
		for (const status of [400, 401, 403, 500]) {
			wires.salesOs.substitute = wires.outboundSync.substitute = (request) => (request.url.startsWith(path) ? repeat({ ...request, url: `/echo/${status}/json` }) : undefined);
			const bad = await app.session.testCredential(String(id));
			answers.push(JSON.stringify(bad));
			expect([name, bad.status]).toEqual([name, 'Error']);
		}
		wires.salesOs.substitute = wires.outboundSync.substitute = repeat;
	}
}

/** The token request carries the client's secret in its body, and the server repeats that, too. */
async function failToGetTokens(): Promise<void> {
	for (const form of ['400/json', '401/json', '403/html', '500/text', '200/json', '200/html']) {
		wires.auth.substitute = (request) => repeat({ ...request, url: `/echo/${form}` });
		const lead = { resource: 'lead', operation: 'getAll', options: { maxRetries: 0 } };
		const execution = await run(`No token: ${form}`, nodeOf('Leads', `${PACKAGE}.salesOs`, lead, 'oAuth2 without a token'));
		expect([form, execution.status]).toEqual([form, 'error']);
	}
	wires.auth.substitute = () => undefined;
	// A token that is refused is renewed, so that there is more than one.
	app.sandbox.salesOs.revokeTokens();
	const renewed = await run('Renewed', nodeOf('Leads', `${PACKAGE}.salesOs`, { resource: 'lead', operation: 'getAll' }, 'oAuth2'));
	expect(renewed.status).toBe('success');
}

const TRIGGERS = {
	oAuth2: { type: 'salesOsTrigger', parameters: { registration: 'automatic', authentication: 'oAuth2', events: ['lead.created'] } },
	signed: { type: 'salesOsTrigger', parameters: { registration: 'automatic', authentication: 'signedApiKey', events: ['lead.created'] } },
	dashboard: { type: 'salesOsTrigger', parameters: { registration: 'manual', events: [] } },
	bearer: { type: 'salesOsTrigger', parameters: { registration: 'manual', events: [] } },
	outboundSync: { type: 'outboundSyncTrigger', parameters: { source: 'syncMonitoring', events: ['sync.failed'] } },
	forwarding: { type: 'outboundSyncTrigger', parameters: { source: 'forwarded', events: [] } },
} satisfies Record<string, { type: string; parameters: INodeParameters }>;

type TriggerName = keyof typeof TRIGGERS;

function triggerNode(name: TriggerName): INode {
	const { parameters, type } = TRIGGERS[name];
	const withOptions = { ...parameters, options: { allowHttp: true, includeRaw: true } };
	return nodeOf(`Trigger ${name}`, `${PACKAGE}.${type}`, withOptions, name, { webhookId: randomUUID() });
}

/** Webhook IDs that the triggers remember, and the paths at which n8n listens: they must be found. */
const remembered: string[] = [];
const listening: string[] = [];
const webhookSecrets: string[] = [];

async function triggerWorkflows(): Promise<void> {
	await refuseRegistrations();
	const urls = new Map<TriggerName, string>();
	const ids = new Map<TriggerName, string>();
	for (const name of Object.keys(TRIGGERS) as TriggerName[]) {
		const node = triggerNode(name);
		const workflow = await app.session.createWorkflow(chain(`Triggered by ${name}`, node));
		await app.session.activateWorkflow(workflow.id);
		workflows.push(workflow);
		ids.set(name, workflow.id);
		urls.set(name, `${webhookBase}webhook/${node.webhookId}/webhook`);
		listening.push(String(node.webhookId));
	}
	const hooks = [...app.sandbox.salesOs.state.webhooks.all(), ...app.sandbox.outboundSync.state.webhooks.all()];
	webhookSecrets.push(...hooks.map(({ secret }) => secret ?? '').filter((secret) => secret !== ''));
	remembered.push(...hooks.filter(({ url }) => url.startsWith(webhookBase)).map(({ id }) => id));

	// The one that a node created leads nowhere: its deliveries would be tried again for hours.
	for (const { id, url } of app.sandbox.outboundSync.state.webhooks.all()) {
		if (!url.startsWith(webhookBase)) app.sandbox.outboundSync.state.webhooks.remove(id);
	}

	const urlOf = (name: TriggerName): string => urls.get(name) ?? '';
	const body = JSON.stringify({ id: `evt_${randomUUID()}`, type: 'lead.created', ts: new Date().toISOString(), data: { id: '1' } });
	const signedBy = (secret: string) => signDelivery('prefixedBody', { secret, rawBody: body, eventId: 'x', timestampSeconds: 0, headerPrefix: 'X-SalesOS', encoding: 'hex' });
	// Taken.
	app.sandbox.salesOs.events.raise('lead.created', { id: randomUUID(), name: 'Ana' });
	await app.sandbox.salesOs.events.deliverer.idle();
	const [source] = app.sandbox.outboundSync.state.sources.all();
	app.sandbox.outboundSync.events.raiseSyncFailed(source);
	await app.sandbox.outboundSync.events.deliverer.idle();
	const forwarded = { sequencer: 'smartlead', event: 'EMAIL_REPLY', email: 'ana@example.com' } as const;
	expect(await app.sandbox.outboundSync.forward(urlOf('forwarding'), forwarded, { 'X-Partner': FORWARDING_SECRET })).toMatchObject({ status: 200 });
	expect(await post(urlOf('dashboard'), body, signedBy(DASHBOARD_SECRET))).toBe(200);
	expect(await post(urlOf('bearer'), body, { authorization: `Bearer ${BEARER_SECRET}` })).toBe(200);
	for (const id of ids.values()) executions.push(...(await executionsOf(id)));

	// Turned away, with the secret in a place where it does not belong.
	for (const name of ids.keys()) {
		const secret = name === 'dashboard' ? DASHBOARD_SECRET : name === 'bearer' ? BEARER_SECRET : name === 'forwarding' ? FORWARDING_SECRET : webhookSecrets[0];
		expect(await post(urlOf(name), body)).toBe(401);
		expect(await post(urlOf(name), body, signedBy('another secret'))).toBe(401);
		expect(await post(urlOf(name), body, { 'x-wrong': secret, 'x-salesos-signature': secret, 'outboundsync-signature': `t=1,v1=${secret}` })).toBe(401);
		expect(await post(urlOf(name), `no JSON, but ${secret}`, { ...(name === 'bearer' && { authorization: `Bearer ${BEARER_SECRET}` }), ...(name === 'forwarding' && { 'X-Partner': FORWARDING_SECRET }) })).toBeGreaterThanOrEqual(400);
	}
	// What n8n bounds by itself, before our node is asked.
	expect(await post(urlOf('forwarding'), `{"a": "${'x'.repeat(20_000_000)}"}`, { 'X-Partner': FORWARDING_SECRET })).toBeGreaterThanOrEqual(400);
	expect(await post(urlOf('forwarding'), '{}', { 'x-flood': 'x'.repeat(64_000) })).toBe(431);
	expect(await post(urlOf('forwarding'), 'no gzip', { 'content-encoding': 'gzip', 'X-Partner': FORWARDING_SECRET })).toBeGreaterThanOrEqual(400);
}

/** A vendor that repeats the registration, with the secret that it was told in it. */
async function refuseRegistrations(): Promise<void> {
	wires.salesOs.substitute = wires.outboundSync.substitute = (request) => (request.method === 'POST' ? repeat({ ...request, url: '/echo/400/json' }) : undefined);
	for (const name of ['oAuth2', 'signed', 'outboundSync'] as const) {
		const workflow = await app.session.createWorkflow(chain(`Not registered: ${name}`, triggerNode(name)));
		workflows.push(workflow);
		const refused = await app.session.activateWorkflow(workflow.id).then(
			() => undefined,
			(error: Error) => error.message,
		);
		expect(refused).toContain(ECHO);
		answers.push(String(refused));
		await app.session.deactivateWorkflow(workflow.id);
	}
	for (const { body, method, url } of wires.salesOs.requests) {
		if (method === 'POST' && url === '/v1/webhooks') webhookSecrets.push((JSON.parse(body) as { secret: string }).secret);
	}
	wires.salesOs.substitute = wires.outboundSync.substitute = repeat;
}

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<number> {
	const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close', ...headers }, body });
	answers.push(await response.text());
	return response.status;
}

async function executionsOf(workflowId: string): Promise<ExecutionWithData[]> {
	const giveUpAt = Date.now() + 60_000;
	for (;;) {
		const found = await app.session.listExecutions({ workflowId });
		if (found.some(({ status }) => status === 'success')) return found;
		if (Date.now() > giveUpAt) throw new Error(`Workflow ${workflowId} was not triggered`);
		await wait(100);
	}
}

/** Every secret that this run has used, by a name for the report. */
function secretsOfTheRun(): Record<string, string> {
	const { clientSecret, signedKey, signedSecret } = app.sandbox.salesOs;
	const sent = [...wires.salesOs.requests, ...wires.outboundSync.requests].flatMap(({ headers }) => headers.authorization ?? []);
	const signatures = sent.filter((value) => value.startsWith('P2S-SIGN-V1')).map((value) => value.slice(value.lastIndexOf(':') + 1));
	const numbered = (name: string, values: Iterable<string>) => Object.fromEntries([...new Set(values)].map((value, index) => [`${name} ${index + 1}`, value]));
	return {
		clientSecret,
		signedKey,
		signedSecret,
		apiKey: app.sandbox.outboundSync.apiKey,
		dashboardSecret: DASHBOARD_SECRET,
		bearerSecret: BEARER_SECRET,
		forwardingSecret: FORWARDING_SECRET,
		...numbered('token', wires.auth.tokens),
		...numbered('webhook secret', webhookSecrets),
		...numbered('signature', signatures),
		...numbered('Authorization header', sent),
	};
}

async function lookEverywhere(): Promise<Place[]> {
	const exported = await app.n8n.commands.exportWorkflows();
	const saved = await Promise.all(workflows.map(async ({ id }) => JSON.stringify(await app.session.getWorkflow(id))));
	const inEditor = await Promise.all(workflows.map(async ({ id }) => JSON.stringify(await app.session.rest('GET', `/rest/workflows/${id}`))));
	const listed = await Promise.all(
		Object.values(credentials).map(async (reference) => {
			const [{ id }] = Object.values(reference ?? {});
			return JSON.stringify(await app.session.rest('GET', `/rest/credentials/${id}?includeData=true`));
		}),
	);
	const files = await filesIn(app.userFolder);
	const isLog = (path: string): boolean => path.endsWith('.log');
	return [
		{ name: 'output of n8n', texts: [await readFile(app.n8n.logFile, 'utf8')] },
		{ name: 'log files', texts: files.filter(({ path }) => isLog(path) && path !== app.n8n.logFile).map(({ text }) => text) },
		{ name: 'files', texts: files.map(({ text }) => text) },
		...tables(),
		{ name: 'exported workflows', texts: [exported.file, exported.output] },
		{ name: 'workflows of the API', texts: saved },
		{ name: 'workflows in the editor', texts: inEditor },
		{ name: 'executions of the API', texts: executions.map((execution) => JSON.stringify(execution)) },
		{ name: 'credentials in the editor', texts: listed },
		{ name: 'answers', texts: answers },
		{ name: 'URLs', texts: Object.values(wires).flatMap(({ requests }) => requests.map(({ url }) => url)) },
	];
}

/** Every file that n8n has under its folder, the database and its journal byte by byte included. */
async function filesIn(folder: string): Promise<Array<{ path: string; text: string }>> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'latin1') })));
}

/** Every row of every table; a long value may be spread over the pages of the file. */
function tables(): Place[] {
	const database = new Database(join(app.userFolder, '.n8n', 'database.sqlite'), { readonly: true });
	const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as Array<{ name: string }>;
	const found = names.map(({ name }) => {
		const rows = database.prepare(`SELECT * FROM "${name}"`).all() as Array<Record<string, unknown>>;
		const texts = rows.map((row) => Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value))).join('\n'));
		return { name: `table ${name}`, texts };
	});
	database.close();
	return found;
}

it('has used every kind of secret', () => {
	const kinds = new Set(Object.keys(secrets).map((name) => name.replace(/ \d+$/, '')));
	expect([...kinds].sort()).toEqual(['Authorization header', 'apiKey', 'bearerSecret', 'clientSecret', 'dashboardSecret', 'forwardingSecret', 'signature', 'signedKey', 'signedSecret', 'token', 'webhook secret']);
	expect(Object.keys(secrets).filter((name) => name.startsWith('token')).length).toBeGreaterThanOrEqual(2);
	expect(webhookSecrets.length).toBeGreaterThanOrEqual(4);
	for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThanOrEqual(8);
	expect(executions.filter(({ status }) => status === 'error').length).toBeGreaterThanOrEqual(20);
	expect(executions.filter(({ status }) => status === 'success').length).toBeGreaterThanOrEqual(10);
});

describe('the search finds what is there:', () => {
	/** Something that each place must hold, or nothing would be proven by finding nothing. */
	const planted: Record<string, () => string> = {
		'output of n8n': () => MARKER,
		'log files': () => MARKER,
		files: () => MARKER,
		'table workflow_entity': () => MARKER,
		'table execution_entity': () => workflows[0].id,
		'table execution_data': () => MARKER,
		'table webhook_entity': () => listening[0],
		'table credentials_entity': () => 'oAuth2 without a token',
		'table settings': () => 'userManagement',
		'exported workflows': () => MARKER,
		'workflows of the API': () => MARKER,
		'workflows in the editor': () => MARKER,
		'executions of the API': () => ECHO,
		'credentials in the editor': () => 'oAuth2 without a token',
		answers: () => ECHO,
		URLs: () => URL_MARKER,
	};

	it.each(Object.entries(planted))('%s', (name, marker) => {
		expect(find(places, { planted: marker() })).toContain(`${name}: planted`);
	});

	it('static data', () => {
		expect(remembered.length).toBeGreaterThanOrEqual(3);
		for (const id of remembered) expect(find(places, { id })).toContain('table workflow_entity: id');
	});

	it('the text of errors, in the saved executions', () => {
		const found = find(places, { ECHO });
		expect(found).toEqual(expect.arrayContaining(['table execution_data: ECHO', 'files: ECHO']));
		expect(find(places, { hidden: '[hidden]' })).toContain('table execution_data: hidden');
	});

	it('every form of a text', () => {
		const secret = 'p/s:"w\\d+ü 7f3e91ab';
		const hidingPlaces: Record<string, string> = {
			plain: `a ${secret} b`,
			url: `https://example.com/?q=${encodeURIComponent(secret)}&x=1`,
			json: JSON.stringify({ a: [secret] }),
			'json in json': JSON.stringify({ a: JSON.stringify({ b: secret }) }),
			hex: Buffer.from(`xx${secret}`).toString('hex'),
			base64: Buffer.from(secret).toString('base64'),
			'basic auth': Buffer.from(`u:${secret}`).toString('base64'),
			'base64, one on': Buffer.from(`u${secret}u`).toString('base64'),
			base64url: Buffer.from(`user:${secret}`).toString('base64url'),
		};
		for (const [name, text] of Object.entries(hidingPlaces)) {
			expect(find([{ name, texts: ['', text] }], { secret })).toEqual([`${name}: secret`]);
		}
		expect(find([{ name: 'elsewhere', texts: ['p/s:"w'] }], { secret })).toEqual([]);
		expect(formsOf('abc')).toContain('abc');
	});
});

it('finds no secret anywhere', () => {
	expect(places.length).toBeGreaterThan(20);
	expect(find(places, secrets)).toEqual([]);
});

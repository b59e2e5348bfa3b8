import type { INode } from 'n8n-workflow';
import { readDemoWorkflows, demoCredentials } from '../../sandbox/n8n/demoRecords';
import { outputOf } from '../../sandbox/n8n/session';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';

/** The example workflow in the real n8n, as `npm start` offers it, and our credentials in n8n's own nodes. */

const WINDOW_MS = 60_000;
const LEADS = 598;
const PER_MINUTE = 500;
/** What the plan's windows allow: the 501st request waits for the second window. */
const ALLOWED_MS = WINDOW_MS;
const TOLERANCE = 0.03;
/**
 * How much longer one of the 200 requests of the second window may take than one of the 500 of the first:
 * they belong to four nodes, each of which n8n starts when the one before it has ended.
 */
const REST_IS_SLOWER = 2;
const EXECUTION_TIMEOUT_MS = 180_000;

let app: App;

beforeAll(async () => {
	app = await startApp();
	app.sandbox.salesOs.seedDeals(50);
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await app?.stop();
});

it(
	'imports the leads of the CSV file through the plan of 500 a minute, each once, then moves and closes 50 deals',
	async () => {
		const [example] = await readDemoWorkflows(demoCredentials(app.sandbox));
		const { id } = await app.session.createWorkflow(example.workflow);
		app.sandbox.journal.clear();
		const execution = await app.session.executeWorkflow(id, EXECUTION_TIMEOUT_MS);

		expect(execution.data.resultData.error).toBeUndefined();
		expect(outputOf(execution, 'Create Leads')).toHaveLength(LEADS);
		const [refused] = execution.data.resultData.runData['Refused Rows'];
		expect(refused.data?.main[0]).toHaveLength(2);
		const emails = app.sandbox.salesOs.state.leads.all().map(({ email }) => email);
		expect(emails).toHaveLength(LEADS);
		expect(new Set(emails).size).toBe(LEADS);
		expect(outputOf(execution, 'Close as Won')).toHaveLength(50);
		expect(app.sandbox.salesOs.state.deals.all().every(({ status }) => status === 'won')).toBe(true);
		expect(outputOf(execution, 'Check OutboundSync')).toHaveLength(1);

		const journal = app.sandbox.journal.list({ vendor: 'salesOs' });
		expect(journal.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(1);
		const served = journal.filter(({ status }) => status !== 429);
		// Up to the first request of the second window, which is as early as the plan allows.
		const waitedMs = served[PER_MINUTE].at - served[0].at;
		expect(waitedMs).toBeGreaterThanOrEqual(ALLOWED_MS);
		expect(waitedMs).toBeLessThanOrEqual(ALLOWED_MS * (1 + TOLERANCE));
		// And to the end: the plan allows the rest to go at once, so that it takes what its serving takes.
		const last = served[served.length - 1];
		const servingMs = (served[PER_MINUTE - 1].at - served[0].at) / (PER_MINUTE - 1);
		const restMs = (served.length - PER_MINUTE) * servingMs * REST_IS_SLOWER;
		const elapsedMs = last.at + (last.durationMs ?? 0) - served[0].at;
		expect(elapsedMs).toBeLessThanOrEqual((ALLOWED_MS + restMs) * (1 + TOLERANCE));
	},
	EXECUTION_TIMEOUT_MS + 10_000,
);

const lead = (email: string) => ({
	method: 'POST',
	sendBody: true,
	specifyBody: 'json',
	jsonBody: JSON.stringify({ name: 'Conceição "Ção" Lima', email }),
});

it.each([
	{ type: 'salesOsOAuth2Api', call: 'GET', url: () => `${app.sandbox.salesOs.origin}/v1/stages`, more: {} },
	{ type: 'salesOsSignedApi', call: 'GET', url: () => `${app.sandbox.salesOs.origin}/v1/stages`, more: {} },
	{ type: 'outboundSyncApi', call: 'GET', url: () => `${app.sandbox.outboundSync.origin}/api/v1/me`, more: {} },
	{ type: 'salesOsOAuth2Api', call: 'POST', url: () => `${app.sandbox.salesOs.origin}/v1/leads`, more: lead('http-oauth@example.com') },
	{ type: 'salesOsSignedApi', call: 'POST', url: () => `${app.sandbox.salesOs.origin}/v1/leads`, more: lead('http-signed@example.com') },
])("n8n's HTTP Request node takes $type as a predefined credential for a $call", async ({ more, type, url }) => {
	const credential = app.credentials.find((candidate) => candidate.type === type);
	if (!credential) throw new Error(`No demo credential of type ${type}`);
	const request: INode = {
		id: 'request',
		name: 'Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [200, 0],
		parameters: { url: url(), authentication: 'predefinedCredentialType', nodeCredentialType: type, ...more, options: {} },
		credentials: { [type]: { id: credential.id, name: credential.name } },
	};
	const start: INode = { id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} };
	const { id } = await app.session.createWorkflow({
		name: `HTTP Request with ${type}`,
		nodes: [start, request],
		connections: { Start: { main: [[{ node: 'Request', type: 'main', index: 0 }]] } },
	});
	const execution = await app.session.executeWorkflow(id);
	expect(execution.data.resultData.error).toBeUndefined();
	expect(outputOf(execution, 'Request')).toHaveLength(1);
});

import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { findFreePort } from '../../sandbox/n8n/ports';
import type { WorkflowRecord } from '../../sandbox/n8n/records';
import { outputOf } from '../../sandbox/n8n/session';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';
import type { CredentialDialog } from './browser';
import { Editor } from './browser';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';

let app: App;
let editor: Editor;

beforeAll(async () => {
	const port = await findFreePort();
	app = await startApp({ n8n: { port, env: { WEBHOOK_URL: `http://127.0.0.1:${port}/` } } });
	app.sandbox.salesOs.seedDeals(12);
	editor = await Editor.open(app.n8n.origin);
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await editor?.close();
	await app?.stop();
});

function credentialsOf(type: string): NonNullable<INode['credentials']> {
	const found = app.credentials.find((credential) => credential.type === type);
	if (!found) throw new Error(`No demo credential of type ${type}`);
	return { [type]: { id: found.id, name: found.name } };
}

function node(name: string, type: string, parameters: INode['parameters'] = {}, change: Partial<INode> = {}): INode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...change };
}

function salesOs(name: string, parameters: INode['parameters'], credentials = credentialsOf('salesOsOAuth2Api')): INode {
	return node(name, `${PACKAGE}.salesOs`, parameters, { credentials });
}

/** Saves a workflow of nodes in a row behind a manual trigger; returns its id. */
async function saved(name: string, ...following: INode[]): Promise<string> {
	const nodes = [node('Start', 'n8n-nodes-base.manualTrigger'), ...following];
	const connections: WorkflowRecord['connections'] = {};
	nodes.forEach((each, index) => {
		each.position = [index * 220, 0];
		if (index > 0) connections[nodes[index - 1].name] = { main: [[{ node: each.name, type: 'main', index: 0 }]] };
	});
	const { id } = await app.session.createWorkflow({ name, nodes, connections });
	return id;
}

const someDeals = () => salesOs('Deals', { resource: 'deal', operation: 'getAll', limit: 4 });

/** A lead for each deal. */
const leadOf = (change: INode['parameters'] = {}) =>
	salesOs('Lead', { resource: 'lead', operation: 'create', name: '={{ $json.contact_name }}', email: '={{ $json.contact_email }}', ...change });

describe('the panel of nodes', () => {
	it.each([
		['SalesOS', 'SalesOS'],
		['OutboundSync', 'OutboundSync'],
		['leads', 'SalesOS'],
		['CRM', 'SalesOS'],
	])('finds by "%s" the node %s', async (query, expected) => {
		await editor.newWorkflow();
		await editor.openNodeCreator();
		const found = await editor.search(query, expected);
		// The one whose name it is comes first; by a subject, among the first few.
		expect(found.slice(0, query === expected ? 1 : 3)).toContain(expected);
		await editor.picture(`search-${query}`);
	});

	it('offers the events of a trigger and the actions of a node by name', async () => {
		await editor.newWorkflow();
		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS');
		const names = editor.page.getByTestId('node-creator-item-name');
		await names.getByText('On lead created', { exact: true }).waitFor();
		await editor.picture('events');

		await editor.page.getByTestId('node-creator-category-item').filter({ hasText: 'Actions' }).click();
		await names.getByText('Create a lead', { exact: true }).waitFor();
		const actions = await names.allInnerTexts();
		expect(actions).toEqual(expect.arrayContaining(['Create or update a lead by email', 'Close a deal as won or lost', 'Send an API request']));
		await editor.picture('actions');
	});
});

describe('the dialog of a credential', () => {
	const salesOsFields = () => ({ baseUrl: app.sandbox.salesOs.origin, authBaseUrl: app.sandbox.salesOs.authOrigin });

	const PASSED = 'Connection tested successfully';

	async function salesOsDialog(type: string): Promise<CredentialDialog> {
		const dialog = await editor.newCredential(type);
		await editor.picture(`${type.replace(/ /g, '-')}-empty`);
		await dialog.choose('environment', 'Custom');
		return dialog;
	}

	it('tests a client of SalesOS: wrong secret, wrong audience, without the scope, and right', async () => {
		const { audience, clientId, clientSecret } = app.sandbox.salesOs;
		const dialog = await salesOsDialog('SalesOS OAuth2 API');
		await dialog.fill({ clientId, clientSecret: 'not-the-secret', ...salesOsFields() });
		// Here n8n speaks, which fetches the token itself.
		expect(await dialog.saveAndTest()).toMatch(/Couldn’t connect[\s\S]*Failed to acquire OAuth2 access token/);
		await editor.picture('oauth2-wrong-secret');

		await dialog.fill({ clientSecret, audience: `${audience}/` });
		expect(await dialog.saveAndTest()).toContain(`SalesOS refused the token. Check that Audience is exactly ${audience}`);
		await editor.picture('oauth2-wrong-audience');

		const narrow = app.sandbox.salesOs.credentials.addClient({ scopes: ['leads:read'] });
		await dialog.fill({ audience, clientId: narrow.id, clientSecret: narrow.clientSecret });
		expect(await dialog.saveAndTest()).toContain('SalesOS accepted the token, but this client may not read deal stages');
		await editor.picture('oauth2-without-scope');

		await dialog.fill({ clientId, clientSecret });
		expect(await dialog.saveAndTest()).toContain(PASSED);
		await editor.picture('oauth2-passed');
	});

	it('tests a signed key of SalesOS: wrong secret, and right', async () => {
		const { origin, signedKey, signedSecret } = app.sandbox.salesOs;
		const dialog = await salesOsDialog('SalesOS Signed API');
		await dialog.fill({ baseUrl: origin, apiKey: signedKey, apiSecret: 'not-the-secret' });
		expect(await dialog.saveAndTest()).toContain('SalesOS refused the signature. Check API Key and API Secret');
		await editor.picture('signed-wrong-secret');

		await dialog.fill({ apiSecret: signedSecret });
		expect(await dialog.saveAndTest()).toContain(PASSED);
	});

	it('tests a key of OutboundSync: of another product, unknown, and right', async () => {
		const { apiKey, origin } = app.sandbox.outboundSync;
		const dialog = await editor.newCredential('OutboundSync API');
		await dialog.fill({ apiKey: 'sk_live_of_something_else', baseUrl: origin });
		const otherProduct = await dialog.saveAndTest();
		await editor.picture('outboundsync-other-key');
		expect(otherProduct).toMatch(/osapi_/);

		await dialog.fill({ apiKey: 'osapi_unknown' });
		expect(await dialog.saveAndTest()).toContain('OutboundSync did not accept this key');
		await editor.picture('outboundsync-unknown-key');

		await dialog.fill({ apiKey });
		expect(await dialog.saveAndTest()).toContain(PASSED);
		await editor.picture('outboundsync-passed');
	});
});

describe('a workflow built by hand', () => {
	it('creates a lead for an owner from the list and closes a deal from the list', async () => {
		await editor.newWorkflow();
		await editor.openNodeCreator();
		await editor.addNode('manual trigger', 'Manual Trigger');
		await editor.page.getByTestId('canvas-node').first().waitFor();

		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'Create a lead');
		const lead = await editor.panel();
		await editor.picture('lead-empty');
		await lead.chooseCredential('SalesOS sandbox');
		await lead.fill({ name: 'Ana Souza', email: 'by-hand@example.com' });
		await lead.addField('Owner');
		const owners = await lead.openList('ownerId');
		await editor.picture('lead-owners');
		await owners.filter({ hasText: 'Helena Prado' }).click();
		await lead.executeStep();
		await lead.output.getByText('by-hand@example.com').waitFor();
		await editor.picture('lead-output');
		await lead.close();

		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'Close a deal as won or lost');
		const deal = await editor.panel();
		const [open] = app.sandbox.salesOs.state.deals.all().filter(({ status }) => status === 'open');
		const deals = await deal.openList('dealId');
		await editor.page.getByTestId('rlc-search').locator('input').or(editor.page.locator('input[data-test-id=rlc-search]')).first().fill(open.name);
		await deals.filter({ hasText: `${open.name} (` }).click();
		await editor.picture('deal-chosen');
		await deal.close();
		await editor.picture('canvas');
		await editor.execute();
		await editor.picture('canvas-executed');

		const helena = app.sandbox.salesOs.state.users.all().find(({ name }) => name === 'Helena Prado');
		const leads = app.sandbox.salesOs.state.leads.all().filter(({ email }) => email === 'by-hand@example.com');
		expect(leads.map(({ owner_id: owner }) => owner)).toEqual([helena?.id, helena?.id]);
		expect(app.sandbox.salesOs.state.deals.get(open.id)).toMatchObject({ status: 'won' });
	});

	it('says in a hint that it waited for the rate limit', async () => {
		const id = await saved('Hint', someDeals(), leadOf());
		app.sandbox.settings.windowMs = 4000;
		app.sandbox.salesOs.settings.requestsPerWindow = 3;
		try {
			await editor.openWorkflow(id);
			await editor.execute();
			const lead = await editor.openNode('Lead');
			await lead.output.getByText(/requests sent\. On the way the node waited \d+ s .*the rate limit of your SalesOS plan/).waitFor();
			await editor.picture('hint');
		} finally {
			app.sandbox.settings.windowMs = 60_000;
			app.sandbox.salesOs.settings.requestsPerWindow = null;
		}
	});
});

describe('the panel of an error', () => {
	async function failing(name: string, ...nodes: INode[]): Promise<{ message: string; description: string }> {
		await editor.openWorkflow(await saved(name, ...nodes));
		const panel = await editor.openNode('Lead');
		await panel.executeStep();
		const [message, description] = [await panel.errorMessage.innerText(), await panel.errorDescription.innerText()];
		await editor.picture(`error-${name}`);
		return { message, description };
	}

	it('names each field that SalesOS refused, and the item', async () => {
		const refused = '={{ $itemIndex === 2 ? { owner_id: "nobody", phone: 5 } : {} }}';
		const { description, message } = await failing('fields', someDeals(), leadOf({ additionalFields: { additionalBodyFields: refused } }));
		expect(message).toBe('SalesOS refused the request: The request is not valid [item 2]');
		expect(description).toMatch(/phone: must be a string;\s+owner_id: must be a UUID\.\s+Correct the fields named above\./);
		expect(description).toContain('items were already done when this one failed');
	});

	it('names the item whose address is none, before anything was sent', async () => {
		const address = "={{ $itemIndex === 1 ? 'no address' : $json.contact_email }}";
		const { description, message } = await failing('item', someDeals(), leadOf({ email: address }));
		expect(message).toBe('Email is not an email address: "no address" [item 1]');
		expect(description).toContain('Give one address, such as name@example.com.');
	});

	it('names the scope that a client lacks', async () => {
		const { data } = app.credentials[0];
		const client = app.sandbox.salesOs.credentials.addClient({ scopes: ['leads:read'] });
		const readOnly = await app.session.createCredential({
			name: 'SalesOS, read only',
			type: 'salesOsOAuth2Api',
			data: { ...data, clientId: client.id, clientSecret: client.clientSecret },
		});
		const lead = { ...leadOf({ name: 'Ana Souza', email: 'ana@example.com' }), credentials: { salesOsOAuth2Api: readOnly } };
		const { description, message } = await failing('scope', lead);
		expect(message).toContain('SalesOS refused the request');
		expect(description).toContain('The client lacks the scope for this (leads:write). A SalesOS admin grants it under Admin > Integrations > API Keys.');
	});
});

describe('a trigger', () => {
	it('registers its webhook when the workflow is published, and shows the execution of a delivery', async () => {
		await editor.newWorkflow();
		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'On lead created');
		const panel = await editor.panel();
		await panel.chooseCredential('SalesOS sandbox');
		await panel.addField('Allow HTTP on This Machine');
		await panel.field('allowHttp').locator('.el-switch').click();
		await editor.picture('trigger');
		await panel.close();
		await editor.page.getByTestId('workflow-open-publish-modal-button').click();
		await editor.page.getByTestId('workflow-publish-button').click();
		await editor.page.getByTestId('workflowPublish-modal').waitFor({ state: 'hidden' });
		const workflowId = new URL(editor.page.url()).pathname.split('/')[2];
		const hookOf = () => app.sandbox.salesOs.state.webhooks.all().find(({ description }) => description?.includes(workflowId));
		while (!hookOf()) await editor.page.waitForResponse((response) => response.url().includes('/publication-status'));
		await editor.picture('trigger-published');
		expect(hookOf()).toMatchObject({ events: ['lead.created'], active: true });

		// The first time, n8n explains what publishing means.
		await editor.page.getByRole('button', { name: 'Got it' }).click();
		await editor.page.getByTestId('radio-button-executions').click();
		app.sandbox.salesOs.events.raise('lead.created', { id: randomUUID(), name: 'Ana Souza', email: 'delivered@example.com' });
		await app.sandbox.salesOs.events.deliverer.idle();
		await editor.page.getByTestId('execution-list-item').or(editor.page.locator('[data-test-execution-status=success]')).first().waitFor();
		await editor.picture('trigger-execution');
		const [execution] = await app.session.listExecutions({ workflowId });
		expect(outputOf(execution, 'SalesOS Trigger')).toMatchObject([{ type: 'lead.created', data: { email: 'delivered@example.com' } }]);
		await app.session.deactivateWorkflow(workflowId);
		expect(hookOf()).toBeUndefined();
	});

	it.each([
		['salesOsTrigger', 'SalesOS Trigger', 'registration', 'Manual', 'In SalesOS open Integrations > Webhooks'],
		['outboundSyncTrigger', 'OutboundSync Trigger', 'source', 'Forwarded Outreach Events', 'add it as an Additional Endpoint'],
	])('%s lets its way of delivery be chosen, and says what is to be done', async (type, name, parameter, option, step) => {
		await editor.openWorkflow(await saved(name, node(name, `${PACKAGE}.${type}`, {}, { webhookId: randomUUID() })));
		const panel = await editor.openNode(name);
		await editor.picture(`${type}-new`);
		await panel.choose(parameter, option);
		await panel.root.locator('li').filter({ hasText: step }).waitFor();
		await editor.picture(`${type}-${parameter}`);
	});
});

describe('an AI agent', () => {
	it.each([
		['SalesOS', 'salesOsTool', 'Lead'],
		['OutboundSync', 'outboundSyncTool', 'Sync'],
	])('takes %s as a tool, with the fields that a tool needs', async (name, type, resource) => {
		const agent = node('AI Agent', '@n8n/n8n-nodes-langchain.agent', { promptType: 'define', text: 'What is new?' }, { typeVersion: 2 });
		const id = await saved(`Agent with ${name}`, agent);
		await editor.openWorkflow(id);
		const tools = editor.node('AI Agent').getByTestId('canvas-node-input-handle').filter({ hasText: 'Tool' });
		await tools.getByTestId('canvas-handle-plus').click();
		// n8n saves by itself a moment after each change.
		const saving = editor.page.waitForResponse(
			(response) => response.request().method() === 'PATCH' && response.url().includes(id) && (response.request().postData() ?? '').includes(type),
		);
		await editor.addNode(name, `${name} Tool`);
		const panel = await editor.panel();
		await panel.field('descriptionType').waitFor();
		await panel.choose('resource', resource);
		await panel.choose('operation', 'Get Many');
		await panel.field('limit').waitFor();
		for (const hidden of ['returnAll', 'simplify']) expect(await panel.field(hidden).count()).toBe(0);
		await editor.picture(`tool-${name}`);
		// The last collection of the panel holds the options.
		await panel.root.getByTestId('collection-parameter-add').last().click();
		await panel.option('Share of Limit (%)').waitFor();
		expect(await editor.page.getByRole('option').filter({ hasText: 'Max Wait', visible: true }).count()).toBe(0);
		await editor.page.keyboard.press('Escape');
		await panel.close();
		await saving;
		await editor.picture(`tool-${name}-canvas`);

		const { connections, nodes } = await app.session.getWorkflow(id);
		const tool = nodes.find((each) => each.type === `${PACKAGE}.${type}`);
		expect(connections[tool?.name ?? '']).toMatchObject({ ai_tool: [[{ node: 'AI Agent', type: 'ai_tool' }]] });
	});
});

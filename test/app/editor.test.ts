import { randomUUID } from 'node:crypto';
import type { INode, INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { findFreePort } from '../../sandbox/n8n/ports';
import type { WorkflowRecord } from '../../sandbox/n8n/records';
import { outputOf } from '../../sandbox/n8n/session';
import { until } from '../support/until';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';
import type { CredentialDialog } from './browser';
import { Editor } from './browser';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';

/** For what takes a person a minute or more as well. */
const LONG_WAY_MS = 180_000;

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

async function savedAlone(name: string, only: INode): Promise<string> {
	const { id } = await app.session.createWorkflow({ name, nodes: [only], connections: {} });
	return id;
}

const someDeals = () => salesOs('Deals', { resource: 'deal', operation: 'getAll', limit: 4 });

/** A lead for each deal. */
const leadOf = (change: INode['parameters'] = {}) =>
	salesOs('Lead', { resource: 'lead', operation: 'create', name: '={{ $json.contact_name }}', email: '={{ $json.contact_email }}', ...change });

interface Label {
	label: string;
	/** In how many collections the field stands: none, one, or more. */
	depth: 0 | 1 | 2;
	isText: boolean;
}

function labelsOf(fields: readonly INodeProperties[], depth: Label['depth'] = 0): Label[] {
	return fields.flatMap(({ displayName, options = [], type }) => {
		if (type === 'hidden' || type === 'notice') return [];
		const inner = options.flatMap((option) => ('values' in option ? option.values : 'type' in option ? [option] : []));
		const isText = type === 'string' || type === 'json';
		// n8n writes the name of a collection across the whole row.
		const own: Label[] = type === 'collection' || type === 'fixedCollection' ? [] : [{ label: displayName, depth, isText }];
		return [...own, ...labelsOf(inner, depth === 0 ? 1 : 2)];
	});
}

function operationsOf({ name, properties }: INodeTypeDescription): Array<{ name: string; resource: string; operation: string }> {
	return properties
		.filter((property) => property.name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options
				// "Custom API Call" is n8n's own.
				.filter((option) => 'value' in option && option.value !== '__CUSTOM_API_CALL__')
				.map((option) => ({ name, resource: String(displayOptions?.show?.resource?.[0]), operation: String((option as INodePropertyOptions).value) })),
		);
}

describe('the panel of nodes', () => {
	/** The lists are longer than the panel. */
	async function scrollTo(category: string): Promise<void> {
		await editor.page.getByTestId('node-creator-category-item').filter({ hasText: category }).evaluate((item) => item.scrollIntoView({ block: 'start' }));
	}

	it.each([
		['SalesOS', ['SalesOS'], 1],
		['OutboundSync', ['OutboundSync'], 1],
		['leads', ['SalesOS', 'OutboundSync'], 5],
		['CRM', ['SalesOS', 'OutboundSync'], 5],
	])('finds by "%s" %j among the first %d', async (query, expected, count) => {
		await editor.newWorkflow();
		await editor.openNodeCreator();
		const found = await editor.search(query, expected[0]);
		await editor.picture(`search-${query}`);
		expect(found.slice(0, count)).toEqual(expect.arrayContaining(expected));
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
		await scrollTo('Actions');
		await editor.picture('actions');
	});

	it('shows no label that n8n would cut off', async () => {
		const additionalFields = { company: 'ACME', status: 'new', customFields: { pairs: [{ key: 'tier', value: 'gold' }] } };
		const id = await saved('Labels', leadOf({ additionalFields }));
		await editor.openWorkflow(id);
		const panel = await editor.openNode('Lead');
		// What n8n leaves of the row for a label: its menus take the rest, more of it beside a text, and the sign for a description.
		const roomBeside = async (label: string) =>
			await panel.root
				.locator('label.n8n-input-label')
				.filter({ has: editor.page.getByText(label, { exact: true }) })
				.locator('[class*=_main-content_]')
				.evaluate((part: { clientWidth: number }) => part.clientWidth - 16);
		const rooms = {
			text: [await roomBeside('Email'), await roomBeside('Company'), await roomBeside('Value')],
			other: [await roomBeside('Operation'), await roomBeside('Status'), await roomBeside('Value')],
		};
		const labels = (await editor.nodeTypes())
			.filter(({ name }) => name.startsWith(PACKAGE))
			.flatMap(({ properties }) => labelsOf(properties))
			.map(({ depth, isText, label }) => ({ label, room: rooms[isText ? 'text' : 'other'][depth] }));
		expect(labels.length).toBeGreaterThan(300);
		const tooLong = await editor.page.evaluate<string[]>(`{
			const context = document.createElement('canvas').getContext('2d');
			context.font = getComputedStyle(document.querySelector('label.n8n-input-label span')).font;
			${JSON.stringify(labels)}.filter(({ label, room }) => context.measureText(label).width > room).map(({ label }) => label);
		}`);
		expect(tooLong).toEqual([]);
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

	it.each([
		['SalesOS Webhook API', 'salesos-webhook'],
		['OutboundSync Forwarding API', 'outboundsync-forwarding'],
	])('tests a %s: too short a secret, and one that is long enough', async (type, picture) => {
		const dialog = await editor.newCredential(type);
		await editor.picture(`${picture}-empty`);
		await dialog.fill({ secret: 'fifteen letters' });
		expect(await dialog.saveAndTest()).toContain('The secret must have at least 16 characters: anybody could guess a shorter one.');
		await editor.picture(`${picture}-too-short`);

		await dialog.fill({ secret: 'sixteen letters!' });
		expect(await dialog.saveAndTest()).toContain(PASSED);
	});
});

describe('a list in the editor', () => {
	it('stands in the order of the names', async () => {
		await editor.openWorkflow(await saved('Owners', leadOf()));
		const panel = await editor.openNode('Lead');
		await panel.addField('Owner');
		const names = await (await panel.openList('ownerId')).allInnerTexts();
		expect(names.length).toBeGreaterThan(5);
		expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other)));
		await panel.searchList('nobody has this name');
		await editor.page.getByText('No results', { exact: true }).waitFor();
		await editor.picture('list-no-results');
	});

	it('says why it cannot be loaded', async () => {
		const { baseUrl, environment } = app.credentials[0].data;
		const refused = await app.session.createCredential({
			name: 'SalesOS, wrong secret',
			type: 'salesOsSignedApi',
			data: { environment, baseUrl, apiKey: app.sandbox.salesOs.signedKey, apiSecret: 'not-the-secret' },
		});
		const parameters = { authentication: 'signedApiKey', resource: 'lead', operation: 'get' };
		await editor.openWorkflow(await saved('List', salesOs('Lead', parameters, { salesOsSignedApi: refused })));
		const panel = await editor.openNode('Lead');
		const error = await panel.listError('leadId');
		expect(error).toContain('SalesOS refused the request');
		expect(error).toContain('Check the API key, the API secret and the environment in the credential');
		await editor.picture('list-error');
	});
});

describe('the preview of an output', () => {
	it('shows what a node before will output that has not run yet', async () => {
		const syncs = node('Syncs', `${PACKAGE}.outboundSync`, { resource: 'sync', operation: 'getAll' }, { credentials: credentialsOf('outboundSyncApi') });
		await editor.openWorkflow(await saved('Preview', syncs, someDeals(), leadOf()));
		for (const [following, fields] of [
			['Deals', ['id', 'status', 'connectionId']],
			['Lead', ['contact_name', 'contact_email', 'stage']],
		] as const) {
			const panel = await editor.openNode(following);
			await panel.input.getByText('Usually outputs the following fields.').first().waitFor();
			for (const field of fields) await panel.input.getByText(field, { exact: true }).first().waitFor();
			await editor.picture(`preview-before-${following}`);
			await panel.close();
		}
	});

	it('is found by the editor for each operation', async () => {
		const actionNodes = (await editor.nodeTypes()).filter(({ name }) => [`${PACKAGE}.salesOs`, `${PACKAGE}.outboundSync`].includes(name));
		const previewed: string[] = [];
		const empty: string[] = [];
		for (const { name, operation, resource } of actionNodes.flatMap(operationsOf)) {
			const answer = await editor.page.request.get(`${app.n8n.origin}/schemas/${name}/1.0.0/${resource}/${operation}.json`);
			expect([resource, operation, answer.status()]).toEqual([resource, operation, 200]);
			const { properties } = (await answer.json()) as { properties: object };
			(Object.keys(properties).length > 0 ? previewed : empty).push(`${resource} ${operation}`);
		}
		expect(previewed.length).toBeGreaterThan(55);
		// The editor shows no preview for these: what the vendors answer is not published, or depends on the path.
		expect(empty.sort()).toEqual(['apiRequest request', 'apiRequest request', 'user getStats', 'webhook replay']);
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
		await deal.chooseCredential('SalesOS sandbox');
		const [open] = app.sandbox.salesOs.state.deals.all().filter(({ status }) => status === 'open');
		const deals = await deal.openList('dealId');
		await deal.searchList(open.name);
		await deals.filter({ hasText: `${open.name} (` }).click();
		await editor.picture('deal-chosen');
		await deal.close();
		await editor.fit();
		await editor.subtitle('Create a lead').getByText('Create: Lead', { exact: true }).waitFor();
		await editor.subtitle('Close a deal as won or lost').getByText('Close: Deal', { exact: true }).waitFor();
		await editor.picture('canvas');
		await editor.execute();
		await editor.picture('canvas-executed');

		const helena = app.sandbox.salesOs.state.users.all().find(({ name }) => name === 'Helena Prado');
		const leads = app.sandbox.salesOs.state.leads.all().filter(({ email }) => email === 'by-hand@example.com');
		expect(leads.map(({ owner_id: owner }) => owner)).toEqual([helena?.id, helena?.id]);
		expect(app.sandbox.salesOs.state.deals.get(open.id)).toMatchObject({ status: 'won' });
	});

	it('checks whether OutboundSync has reached out to a contact', async () => {
		const [contact] = app.sandbox.outboundSync.state.contacts.all();
		await editor.newWorkflow();
		await editor.openNodeCreator();
		await editor.addNode('manual trigger', 'Manual Trigger');
		await editor.page.getByTestId('canvas-node').first().waitFor();
		await editor.openNodeCreator();
		await editor.addNode('OutboundSync', 'OutboundSync', 'Check prior outreach to a contact');
		const panel = await editor.panel();
		await panel.chooseCredential('OutboundSync sandbox');
		// The sandbox knows contacts by their address.
		await panel.fill({ email: contact.id });
		await panel.executeStep();
		for (const field of ['doNotContact', 'contactedWithinDays']) await panel.output.getByText(field, { exact: true }).first().waitFor();
		await editor.picture('outreach');
	});

	it('says in a hint that it waited for the rate limit', async () => {
		const id = await saved('Hint', someDeals(), leadOf());
		app.sandbox.settings.windowMs = 4000;
		app.sandbox.salesOs.settings.requestsPerWindow = 3;
		try {
			await editor.openWorkflow(id);
			await editor.execute();
			const lead = await editor.openNode('Lead');
			await lead.output.getByText(/The node waited \d+ s.* because of .*the rate limit of your SalesOS plan.* It sent \d+ requests in all\./).waitFor();
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
		expect(description).toContain('Enter one address, such as name@example.com.');
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
		expect(message).toBe('SalesOS refused the request: The client lacks the scope leads:write');
		expect(description).toMatch(/^A SalesOS admin grants it under Admin > Integrations > API Keys\.\s+POST \/v1\/leads, status 403 \(FORBIDDEN\)/);
	});
});

describe('a trigger', () => {
	it('waits for an event in a test; is registered when published; and shows the execution of a delivery', async () => {
		const { events, state } = app.sandbox.salesOs;
		await editor.newWorkflow();
		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'On deal created');
		const trigger = await editor.panel();
		await trigger.chooseCredential('SalesOS sandbox');
		await trigger.addField('Allow HTTP on This Machine');
		await trigger.field('allowHttp').locator('.el-switch').click();
		await editor.picture('trigger');
		await trigger.close();

		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'Create a lead');
		const lead = await editor.panel();
		await lead.chooseCredential('SalesOS sandbox');
		await lead.fill({ name: 'Ana Souza', email: 'after-a-deal@example.com' });
		await lead.addField('Owner');
		await (await lead.openList('ownerId')).filter({ hasText: 'Marcos Teixeira' }).click();
		await lead.close();

		await editor.openNodeCreator();
		await editor.addNode('SalesOS', 'SalesOS', 'Close a deal as won or lost');
		const deal = await editor.panel();
		await deal.chooseCredential('SalesOS sandbox');
		const [open] = state.deals.all().filter(({ status }) => status === 'open');
		await deal.openList('dealId');
		await deal.searchList(open.name);
		await editor.page.getByTestId('rlc-item').filter({ hasText: `${open.name} (` }).click();
		await deal.choose('outcome', 'Lost');
		await deal.fill({ lossReason: 'Price' });
		await editor.picture('deal-lost');
		await deal.close();
		await editor.fit();
		await editor.subtitle('SalesOS Trigger').getByText('Deal Created', { exact: true }).waitFor();

		const deliver = async () => {
			events.raise('deal.created', { id: open.id, name: open.name });
			await events.deliverer.idle();
		};
		await editor.execute({
			waiting: 'Waiting for you to create an event in SalesOS',
			happen: async () => {
				// n8n says that it waits a moment before it has registered the webhook.
				await until('the test webhook', () => state.webhooks.all().some(({ url }) => url.includes('/webhook-test/')));
				await deliver();
			},
		});
		await editor.picture('trigger-tested');
		expect(state.deals.get(open.id)).toMatchObject({ status: 'lost', loss_reason: 'Price' });

		await editor.publish();
		const workflowId = new URL(editor.page.url()).pathname.split('/')[2];
		const hookOf = () => state.webhooks.all().find(({ description }) => description?.includes(workflowId));
		await until('the published webhook', hookOf);
		await editor.picture('trigger-published');
		expect(hookOf()).toMatchObject({ events: ['deal.created'], active: true });

		// The first time, n8n explains what publishing means.
		await editor.page.getByRole('button', { name: 'Got it' }).click();
		await editor.page.getByTestId('radio-button-executions').click();
		// A deal that is closed cannot be closed.
		state.deals.change(open.id, { status: 'open', loss_reason: null });
		await deliver();
		const succeeded = editor.page.locator('[data-test-execution-status=success]');
		await succeeded.nth(1).waitFor();
		await succeeded.first().click();
		await editor.node('Create a lead').waitFor();
		await editor.picture('trigger-execution');
		const [execution] = await app.session.listExecutions({ workflowId });
		expect(outputOf(execution, 'SalesOS Trigger')).toMatchObject([{ type: 'deal.created', data: { id: open.id } }]);
		expect(outputOf(execution, 'Create a lead')).toMatchObject([{ email: 'after-a-deal@example.com' }]);
		await app.session.deactivateWorkflow(workflowId);
		expect(hookOf()).toBeUndefined();
	}, LONG_WAY_MS);

	it('that cannot be reached says so when it is published', async () => {
		const trigger = node('Deals', `${PACKAGE}.salesOsTrigger`, { events: ['deal.created'] }, { webhookId: randomUUID(), credentials: credentialsOf('salesOsOAuth2Api') });
		await editor.openWorkflow(await savedAlone('Unreachable', trigger));
		await editor.publish();
		const notice = editor.page.locator('.el-notification').filter({ hasText: 'Workflow could not be published' });
		await notice.waitFor();
		expect(await notice.innerText()).toMatch(/The webhook URL starts with http:\/\/127\.0\.0\.1:\d+, which cannot be reached from the internet\..* turn on Allow HTTP on This Machine\./);
		await editor.picture('trigger-unreachable', { messages: true });
	});

	it.each([
		['salesOsTrigger', 'SalesOS Trigger', 'registration', 'Manual', 'In SalesOS open Integrations > Webhooks'],
		['outboundSyncTrigger', 'OutboundSync Trigger', 'source', 'Forwarded Outreach Events', 'add it as an Additional Endpoint'],
	])('%s lets its way of delivery be chosen, and says what is to be done', async (type, name, parameter, option, step) => {
		await editor.openWorkflow(await savedAlone(name, node(name, `${PACKAGE}.${type}`, {}, { webhookId: randomUUID() })));
		const panel = await editor.openNode(name);
		await editor.picture(`${type}-new`);
		await panel.choose(parameter, option);
		const steps = panel.root.locator('li');
		await steps.filter({ hasText: step }).waitFor();
		// What n8n 2 calls publishing, n8n 1 calls activating.
		expect((await steps.allInnerTexts()).at(-1)).toBe('Publish (activate) the workflow.');
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
		await editor.page.locator('[class*=_subtitle_]').getByText(`Get Many: ${resource}`, { exact: true }).waitFor();
		await editor.picture(`tool-${name}-canvas`);

		const { connections, nodes } = await app.session.getWorkflow(id);
		const tool = nodes.find((each) => each.type === `${PACKAGE}.${type}`);
		expect(connections[tool?.name ?? '']).toMatchObject({ ai_tool: [[{ node: 'AI Agent', type: 'ai_tool' }]] });
	});
});

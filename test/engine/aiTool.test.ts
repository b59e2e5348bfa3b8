import {
	deepCopy,
	NodeConnectionTypes,
	NodeHelpers,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { startBench, type TestBench } from '../support/bench';
import { byId, requests } from './salesOs/support';

/** The nodes as tools of an AI agent: what the agent reads of them, what they ask for, and what their calls do. */

interface Tool {
	readonly name: string;
	readonly description: string;
	invoke(args: IDataObject): Promise<string>;
}

/** Stands in for an agent: calls its tool once for each input item, with the item as arguments. */
class AgentNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: 'Calls a tool',
		defaults: { name: 'Agent' },
		inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const [tool] = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
		const answers: INodeExecutionData[] = [];
		for (const [item, { json }] of this.getInputData().entries()) {
			const answer = await tool.invoke(json).catch((error: Error) => error.message);
			answers.push({ json: { description: tool.description, answer }, pairedItem: { item } });
		}
		return [answers];
	}
}

const NODES = { salesOs: 'SalesOS', outboundSync: 'OutboundSync' } as const;
type NodeName = keyof typeof NODES;
const NODE_NAMES = Object.keys(NODES) as NodeName[];

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
	const { types } = bench.engine;
	types.addNode('n8n-nodes-base.agent', new AgentNode());
	for (const name of NODE_NAMES) {
		const node = types.getByNameAndVersion(types.fullName(name));
		expect(node.description.usableAsTool).toBe(true);
		types.addNode(types.fullName(`${name}Tool`), twinOf(node));
	}
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

/** What n8n makes of every node that says it is usable as a tool, under the names that it gives. */
function twinOf(node: INodeType): INodeType {
	const description = deepCopy(node.description);
	delete description.usableAsTool;
	const twin: INodeTypeDescription = {
		...description,
		name: `${description.name}Tool`,
		displayName: `${description.displayName} Tool`,
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
	};
	return Object.create(node, { description: { value: twin } }) as INodeType;
}

function descriptionOf(type: string): INodeTypeDescription {
	const { types } = bench.engine;
	return types.getByNameAndVersion(types.fullName(type)).description;
}

/** Resource and operation of everything that the node can do. */
function operationsOf(name: NodeName): Array<{ resource: string; operation: string }> {
	return descriptionOf(name)
		.properties.filter((property) => property.name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => ({
				resource: String(displayOptions?.show?.resource?.[0]),
				operation: 'value' in option ? String(option.value) : '',
			})),
		);
}

/** The parameters that n8n shows and reads for what is filled in, the fields of collections by `collection.field`. */
function fieldsOf(type: string, parameters: INodeParameters): string[] {
	const description = descriptionOf(type);
	const node = bench.engine.node({ type, parameters });
	const values = NodeHelpers.getNodeParameters(description.properties, parameters, true, true, node, description) ?? {};
	const isShown = (field: INodeTypeDescription['properties'][number], inside = values) =>
		NodeHelpers.displayParameter(inside, field, node, description, values);
	return description.properties
		.filter((field) => !['authentication', 'operation', 'resource'].includes(field.name) && field.type !== 'notice' && isShown(field))
		.flatMap((field) => {
			const inner = (field.options ?? []).filter((option) => 'type' in option && isShown(option, {}));
			return field.type === 'collection' ? inner.map(({ name }) => `${field.name}.${name}`) : [field.name];
		});
}

/** Has an agent call the tool once for each of the arguments. */
async function callTool(name: NodeName, parameters: INodeParameters, calls: IDataObject[] = [{}], retryOnFail = false): Promise<IDataObject[]> {
	const { engine, sandbox } = bench;
	const { audience, authOrigin, clientId, clientSecret, origin } = sandbox.salesOs;
	const credentials = {
		salesOs: () => ({
			salesOsOAuth2Api: engine.credentials.add('salesOsOAuth2Api', {
				grantType: 'clientCredentials',
				environment: 'custom',
				baseUrl: origin,
				authBaseUrl: authOrigin,
				clientId,
				clientSecret,
				audience,
			}),
		}),
		outboundSync: () => {
			const { apiKey, origin: baseUrl } = sandbox.outboundSync;
			return { outboundSyncApi: engine.credentials.add('outboundSyncApi', { baseUrl, apiKey }) };
		},
	}[name]();
	const start = engine.node({ type: 'n8n-nodes-base.manualTrigger' }, 'Start');
	const agent = engine.node({ type: 'n8n-nodes-base.agent' }, 'Agent');
	const tool = {
		...engine.node({ type: `${name}Tool`, parameters, credentials }, 'Tool'),
		...(retryOnFail && { retryOnFail, maxTries: 3, waitBetweenTries: 1 }),
	};
	const run = await engine.runWorkflow({
		nodes: [start, agent, tool],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		start: 'Start',
		pinData: { Start: calls.map((json) => ({ json })) },
	});
	return (run.data.resultData.runData.Agent?.[0]?.data?.main[0] ?? []).map(({ json }) => json);
}

/** The records that one call gives the agent. */
async function recordsOf(name: NodeName, parameters: INodeParameters, args: IDataObject = {}): Promise<IDataObject[]> {
	const [{ answer }] = await callTool(name, parameters, [args]);
	try {
		return JSON.parse(String(answer)) as IDataObject[];
	} catch {
		throw new Error(`The tool answered: ${String(answer)}`);
	}
}

describe.each(NODE_NAMES)('what an agent is told of %s', (name) => {
	it('tells each operation in words that fit no other', () => {
		const descriptions = operationsOf(name).map((parameters) =>
			NodeHelpers.getToolDescriptionForNode(bench.engine.node({ type: name, parameters }), {
				description: descriptionOf(name),
			} as INodeType),
		);
		expect(descriptions.length).toBeGreaterThan(20);
		expect(descriptions.filter((description) => !description?.endsWith(` in ${NODES[name]}`))).toEqual([]);
		expect(new Set(descriptions).size).toBe(descriptions.length);
	});
});

it('names what an agent would look for', () => {
	const told = (name: NodeName, resource: string, operation: string) =>
		NodeHelpers.getToolDescriptionForNode(bench.engine.node({ type: name, parameters: { resource, operation } }), {
			description: descriptionOf(name),
		} as INodeType);
	expect(told('salesOs', 'lead', 'upsert')).toBe('Create or update a lead by email in SalesOS');
	expect(told('salesOs', 'deal', 'close')).toBe('Close a deal as won or lost in SalesOS');
	expect(told('outboundSync', 'contact', 'checkOutreach')).toBe('Check prior outreach to a contact in OutboundSync');
});

describe('the fields of a tool', () => {
	/** What no tool has, whatever the operation: about many items, about files, or not for a model. */
	const NEVER = [
		'additionalFields.additionalBodyFields',
		'bodyType',
		'fileFieldName',
		'formFields',
		'includeSecret',
		'inputBinaryField',
		'options.addReportItem',
		'options.matchInBulk',
		'options.maxConcurrency',
		'options.maxRetries',
		'options.maxWait',
		'options.onUnknownOutcome',
		'outputBinaryField',
		'responseFormat',
		'returnAll',
		'safeToRepeat',
		'simplify',
		'updateFields.additionalBodyFields',
	];
	/** Choices that bring further fields into the panel. */
	const CHOICES: INodeParameters[] = [
		{},
		{ method: 'POST', path: '/webhooks' },
		{ method: 'POST', bodyType: 'file' },
		{ responseFormat: 'file' },
		{ readPages: true },
		{ outcome: 'lost' },
	];

	it('are those of the node without what a model cannot use', () => {
		const left = new Set<string>();
		for (const name of NODE_NAMES) {
			for (const choice of CHOICES) {
				for (const operation of operationsOf(name)) {
					const parameters = { ...operation, ...choice };
					const [ofNode, ofTool] = [fieldsOf(name, parameters), fieldsOf(`${name}Tool`, parameters)];
					expect(ofTool.filter((field) => NEVER.includes(field))).toEqual([]);
					// A choice that is hidden cannot bring its fields along; those of the usual choice stay.
					if (choice.bodyType === undefined && choice.responseFormat === undefined) {
						expect(ofTool).toEqual(ofNode.filter((field) => !NEVER.includes(field)));
					}
					for (const field of ofNode) if (!ofTool.includes(field)) left.add(field);
				}
			}
		}
		expect([...left].sort()).toEqual(NEVER);
	});

	it.each([
		['salesOs', { resource: 'lead', operation: 'getAll' }, ['limit', 'filters']],
		['salesOs', { resource: 'deal', operation: 'move' }, ['dealId', 'stageId']],
		['salesOs', { resource: 'apiRequest', operation: 'request', method: 'POST' }, ['method', 'path', 'queryParameters', 'body']],
		['outboundSync', { resource: 'webhook', operation: 'rotateSecret' }, ['webhookId']],
		['outboundSync', { resource: 'sync', operation: 'getAll' }, ['from', 'to', 'limit', 'filters']],
	] as const)('%s %j', (name, parameters, expected) => {
		const fields = fieldsOf(`${name}Tool`, parameters).map((field) => field.split('.')[0]);
		expect([...new Set(fields)]).toEqual([...expected, 'options']);
		const options = fieldsOf(`${name}Tool`, parameters).filter((field) => field.startsWith('options.'));
		expect(options).toEqual(['options.requestsPerMinute', 'options.shareOfLimit', 'options.timeout']);
	});

	it('leave no collection empty', () => {
		for (const name of NODE_NAMES) {
			const { properties } = descriptionOf(name);
			const collections = new Set(properties.filter(({ type }) => type === 'collection').map((field) => field.name));
			for (const operation of operationsOf(name)) {
				const tool = descriptionOf(`${name}Tool`);
				const node = bench.engine.node({ type: `${name}Tool`, parameters: operation });
				const shown = tool.properties.filter(
					(field) => collections.has(field.name) && NodeHelpers.displayParameter(operation, field, node, tool),
				);
				const filled = new Set(fieldsOf(`${name}Tool`, operation).map((field) => field.split('.')[0]));
				expect(shown.map((field) => field.name).filter((field) => !filled.has(field))).toEqual([]);
			}
		}
	});
});

describe('a tool with the defaults of what it does not ask for', () => {
	const lead = (operation: string, parameters: INodeParameters = {}): INodeParameters => ({ resource: 'lead', operation, ...parameters });
	const outboundSync = () => bench.sandbox.outboundSync;

	it('lists simplified records up to the limit', async () => {
		bench.sandbox.salesOs.seedLeads(60);
		const usual = await recordsOf('salesOs', lead('getAll'));
		expect(usual).toHaveLength(50);
		expect(usual.some((record) => 'custom_fields' in record)).toBe(false);
		expect(await recordsOf('salesOs', lead('getAll', { limit: "={{ $fromAI('limit', 'how many', 'number') }}" }), { limit: 3 })).toHaveLength(3);
	});

	it('does not read what was saved when the field could be seen', async () => {
		bench.sandbox.salesOs.seedLeads(60);
		const records = await recordsOf('salesOs', lead('getAll', { returnAll: true, simplify: false }));
		expect(records).toHaveLength(50);
		expect(records.some((record) => 'custom_fields' in record)).toBe(false);
		expect(requests(bench.sandbox)).toHaveLength(1);
	});

	it('gets, updates, upserts and deletes one record', async () => {
		const { id } = bench.sandbox.salesOs.addLead({ name: 'Ana', email: 'ana@people.example' });
		const leadId = byId("={{ $fromAI('leadId') }}");
		expect(await recordsOf('salesOs', lead('get', { leadId }), { leadId: id })).toMatchObject([{ id, email: 'ana@people.example' }]);
		const updateFields = { company: "={{ $fromAI('company') }}" };
		await recordsOf('salesOs', lead('update', { leadId, updateFields }), { leadId: id, company: 'Acme' });
		expect(bench.sandbox.salesOs.state.leads.get(id)?.company).toBe('Acme');

		const upsert = { email: "={{ $fromAI('email') }}", name: "={{ $fromAI('name') }}", options: { addReportItem: true } };
		const upserted = await recordsOf('salesOs', lead('upsert', upsert), { email: 'ana@people.example', name: 'Ana Souza' });
		expect(upserted).toMatchObject([{ id, name: 'Ana Souza' }]);
		expect(await recordsOf('salesOs', lead('delete', { leadId }), { leadId: id })).toEqual([{ deleted: true }]);
		expect(bench.sandbox.salesOs.state.leads.size).toBe(0);
	});

	it('sends an entry of a batch', async () => {
		const [user] = bench.sandbox.salesOs.state.users.all();
		const parameters = { resource: 'activity', operation: 'sync', activityCode: '101', externalId: "={{ $fromAI('externalId') }}", collaboratorEmail: user.email };
		expect(await recordsOf('salesOs', parameters, { externalId: 'call-1' })).toMatchObject([
			{ external_id: 'call-1', result: 'processed' },
		]);
	});

	it('reads lists by cursor and whole, and looks a contact up', async () => {
		const syncs = await recordsOf('outboundSync', { resource: 'sync', operation: 'getAll', filters: { status: 'error' } });
		expect(syncs.length).toBeGreaterThan(0);
		expect(syncs.every((sync) => Object.values(sync).every((value) => typeof value !== 'object' || value === null))).toBe(true);
		const sources = await recordsOf('outboundSync', { resource: 'source', operation: 'getAll' });
		expect(sources).toHaveLength(outboundSync().state.sources.size);
		expect(JSON.stringify(sources)).not.toMatch(/\/webhooks\/|hooks\.sandbox/);
		const check = { resource: 'contact', operation: 'checkOutreach', email: "={{ $fromAI('email') }}" };
		expect(await recordsOf('outboundSync', check, { email: 'nobody@people.example' })).toMatchObject([
			{ doNotContact: false, contactedWithinDays: false, record: { found: false } },
		]);
	});

	it('sends requests of its own as JSON, with pages', async () => {
		bench.sandbox.salesOs.seedLeads(60);
		const request = { resource: 'apiRequest', operation: 'request' };
		expect(await recordsOf('salesOs', { ...request, path: '/v1/leads', readPages: true })).toHaveLength(50);
		const create = { ...request, method: 'POST', path: '/v1/leads', body: "={{ $fromAI('body', '', 'json') }}" };
		const created = await recordsOf('salesOs', create, { body: { name: 'Ana', email: 'ana@people.example' } });
		expect(created).toMatchObject([{ data: { email: 'ana@people.example' } }]);
	});

	it.each([
		['webhook create', { resource: 'webhook', operation: 'create', url: 'https://example.com/hook' }],
		['API Request', { resource: 'apiRequest', operation: 'request', method: 'POST', path: '/webhooks', body: '{"url": "https://example.com/hook"}' }],
	])('gives no model a signing secret (%s)', async (_what, parameters) => {
		const [{ answer }] = await callTool('outboundSync', { ...parameters, includeSecret: true });
		expect(answer).toContain('oswhk_');
		expect(answer).not.toMatch(/oswhsec_|signingSecret/);
		expect(outboundSync().state.webhooks.size).toBe(1);
	});
});

const CREATE: INodeParameters = {
	resource: 'lead',
	operation: 'create',
	name: "={{ $fromAI('name') }}",
	email: "={{ $fromAI('email') }}",
};

describe('calls of a tool', () => {
	it('do what the agent asks, once for each call, also when the calls are alike', async () => {
		const calls = [
			{ name: 'Ana', email: 'ana@people.example' },
			{ name: 'Rui', email: 'rui@people.example' },
			{ name: 'Ana', email: 'ana@people.example' },
		];
		const answers = await callTool('salesOs', CREATE, calls, true);
		expect(answers.map(({ description }) => description)).toEqual(Array(3).fill('Create a lead in SalesOS'));
		for (const [index, { answer }] of answers.entries()) expect(JSON.parse(String(answer))).toMatchObject([calls[index]]);
		expect(bench.sandbox.salesOs.state.leads.all().map(({ name }) => name)).toEqual(['Ana', 'Rui', 'Ana']);
	});

	it('tell the agent what went wrong', async () => {
		const [{ answer }] = await callTool('salesOs', CREATE, [{ name: 'Ana', email: 'nobody' }]);
		expect(answer).toMatch(/Email is not an email address: "nobody"[\s\S]*Enter one address, such as name@example.com/);
	});

	it('do not repeat a write whose outcome is not known, though n8n calls the tool again', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
		const parameters = { resource: 'deal', operation: 'create', name: "={{ $fromAI('name') }}" };
		const answers = await callTool('salesOs', parameters, [{ name: 'Aurora' }, { name: 'Aurora' }], true);
		expect(answers[0].answer).toMatch(/It is not known whether SalesOS carried out the request/);
		expect(JSON.parse(String(answers[1].answer))).toMatchObject([{ name: 'Aurora' }]);
		expect(requests(bench.sandbox, 'POST')).toHaveLength(2);
		expect(bench.sandbox.salesOs.state.deals.all()).toHaveLength(2);
	});
});

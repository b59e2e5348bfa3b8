import {
	NodeConnectionTypes,
	NodeHelpers,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { startBench, type TestBench } from '../../support/bench';
import { requests } from './support';

/** The node as a tool of an AI agent: what the agent reads of it, and what its calls do. */

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

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
	const { types } = bench.engine;
	types.addNode('n8n-nodes-base.agent', new AgentNode());
	// n8n makes such a twin of every node that says it is usable as a tool.
	const node = types.getByNameAndVersion(types.fullName('salesOs'));
	expect(node.description.usableAsTool).toBe(true);
	const tool: INodeType = Object.create(node, {
		description: {
			value: { ...node.description, name: 'salesOsTool', inputs: [], outputs: [NodeConnectionTypes.AiTool] },
		},
	}) as INodeType;
	types.addNode(types.fullName('salesOsTool'), tool);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

async function callTool(parameters: INodeParameters, calls: IDataObject[], retryOnFail = false): Promise<IDataObject[]> {
	const { engine, sandbox } = bench;
	const { audience, authOrigin, clientId, clientSecret, origin } = sandbox.salesOs;
	const salesOsOAuth2Api = engine.credentials.add('salesOsOAuth2Api', {
		grantType: 'clientCredentials',
		environment: 'custom',
		baseUrl: origin,
		authBaseUrl: authOrigin,
		clientId,
		clientSecret,
		audience,
	});
	const start = engine.node({ type: 'n8n-nodes-base.manualTrigger' }, 'Start');
	const agent = engine.node({ type: 'n8n-nodes-base.agent' }, 'Agent');
	const tool = {
		...engine.node({ type: 'salesOsTool', parameters, credentials: { salesOsOAuth2Api } }, 'SalesOS'),
		...(retryOnFail && { retryOnFail, maxTries: 3, waitBetweenTries: 1 }),
	};
	const run = await engine.runWorkflow({
		nodes: [start, agent, tool],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			SalesOS: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		start: 'Start',
		pinData: { Start: calls.map((json) => ({ json })) },
	});
	return (run.data.resultData.runData.Agent?.[0]?.data?.main[0] ?? []).map(({ json }) => json);
}

const CREATE: INodeParameters = {
	resource: 'lead',
	operation: 'create',
	name: "={{ $fromAI('name') }}",
	email: "={{ $fromAI('email') }}",
};

it('tells the agent of each operation in words that fit no other', () => {
	const { types } = bench.engine;
	const type = types.getByNameAndVersion(types.fullName('salesOs')).description;
	const descriptions = type.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) =>
			(options ?? []).map((option) => {
				const parameters = { resource: String(displayOptions?.show?.resource?.[0]), operation: 'value' in option ? String(option.value) : '' };
				const node = bench.engine.node({ type: 'salesOs', parameters });
				return NodeHelpers.getToolDescriptionForNode(node, types.getByNameAndVersion(node.type));
			}),
		);
	expect(descriptions).toContain('Create or update a lead by email in SalesOS');
	expect(descriptions).toContain('Close a deal as won or lost in SalesOS');
	expect(descriptions.every((description) => / in SalesOS$/.test(description ?? ''))).toBe(true);
	expect(new Set(descriptions).size).toBe(descriptions.length);
});

it('does what the agent asks, once for each call, also when the calls are alike', async () => {
	const calls = [
		{ name: 'Ana', email: 'ana@people.example' },
		{ name: 'Rui', email: 'rui@people.example' },
		{ name: 'Ana', email: 'ana@people.example' },
	];
	const answers = await callTool(CREATE, calls, true);
	expect(answers.map(({ description }) => description)).toEqual(Array(3).fill('Create a lead in SalesOS'));
	for (const [index, { answer }] of answers.entries()) expect(JSON.parse(String(answer))).toMatchObject([calls[index]]);
	expect(bench.sandbox.salesOs.state.leads.all().map(({ name }) => name)).toEqual(['Ana', 'Rui', 'Ana']);
});

it('tells the agent what went wrong', async () => {
	const [{ answer }] = await callTool(CREATE, [{ name: 'Ana', email: 'nobody' }]);
	expect(answer).toMatch(/Email is not an email address: "nobody"[\s\S]*Give one address, such as name@example.com/);
});

it('does not repeat a write whose outcome is not known, though n8n calls the tool again', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', count: 1, kind: 'serverErrorAfterWork' });
	const parameters = { resource: 'deal', operation: 'create', name: "={{ $fromAI('name') }}" };
	const answers = await callTool(parameters, [{ name: 'Aurora' }, { name: 'Aurora' }], true);
	expect(answers[0].answer).toMatch(/It is not known whether SalesOS carried out the request/);
	expect(JSON.parse(String(answers[1].answer))).toMatchObject([{ name: 'Aurora' }]);
	expect(requests(bench.sandbox, 'POST')).toHaveLength(2);
	expect(bench.sandbox.salesOs.state.deals.all()).toHaveLength(2);
});

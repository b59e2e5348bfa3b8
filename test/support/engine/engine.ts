import './environment';
import {
	ExecuteContext,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import {
	Workflow,
	createEmptyRunExecutionData,
	createRunExecutionData,
	type ExecutionStatus,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeCredentials,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeType,
	type IPinData,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { CredentialStore } from './credentials';
import { loadPackage, type LoadedTypes } from './types';

const PROJECT = resolve(__dirname, '../../..');
const START = 'Start';

/** An error as an execution records it. */
export interface RecordedError extends Error {
	description?: string | null;
	httpCode?: string | null;
	context?: IDataObject;
	messages?: string[];
}

export type NodeSettings = Pick<
	INode,
	| 'onError'
	| 'continueOnFail'
	| 'retryOnFail'
	| 'maxTries'
	| 'waitBetweenTries'
	| 'alwaysOutputData'
	| 'executeOnce'
>;

interface NodeOfRun {
	/** A node of the package (`salesOs`), or a full name (`n8n-nodes-base.httpRequest`). */
	type: string;
	/** The node's newest version unless given. */
	typeVersion?: number;
	parameters?: INodeParameters;
	/** References from `engine.credentials.add`, by credential type. */
	credentials?: INodeCredentials;
}

export interface NodeRunOptions extends NodeOfRun {
	/** Input items; plain objects become items. One empty item unless given. */
	items?: ReadonlyArray<INodeExecutionData | IDataObject>;
	settings?: NodeSettings;
	mode?: WorkflowExecuteMode;
	/** Aborting it stops the execution, as the editor's Stop button does. */
	signal?: AbortSignal;
}

export interface NodeRunResult {
	/** The first output. */
	items: INodeExecutionData[];
	/** Every output; the last one is the error output where the node has one. */
	outputs: INodeExecutionData[][];
	error?: RecordedError;
	hints: NodeExecutionHint[];
	/** `canceled` after an abort. */
	status: ExecutionStatus;
	raw: IRun;
}

export interface WorkflowRunOptions {
	nodes: INode[];
	connections: IConnections;
	/** Name of the node to start from. */
	start: string;
	pinData?: IPinData;
	mode?: WorkflowExecuteMode;
	signal?: AbortSignal;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** n8n-core's engine over one loaded package and one credential store. */
export class Engine {
	readonly credentials: CredentialStore;

	constructor(readonly types: LoadedTypes) {
		this.credentials = new CredentialStore(types);
	}

	/** Runs one node on some items, in a workflow of a trigger and that node. */
	async runNode(options: NodeRunOptions): Promise<NodeRunResult> {
		const node: INode = { ...this.node(options), ...options.settings };
		const raw = await this.runWorkflow({
			nodes: [startNode(), node],
			connections: { [START]: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
			start: START,
			pinData: { [START]: (options.items ?? [{}]).map(toItem) },
			mode: options.mode,
			signal: options.signal,
		});
		const task = raw.data.resultData.runData[node.name]?.at(-1) as ITaskData | undefined;
		const outputs = (task?.data?.main ?? []).map((output) => output ?? []);
		return {
			items: outputs[0] ?? [],
			outputs,
			error: (task?.error ?? raw.data.resultData.error) as RecordedError | undefined,
			hints: task?.hints ?? [],
			status: raw.status,
			raw,
		};
	}

	/** Runs a workflow as it stands in an exported file. */
	async runWorkflow(options: WorkflowRunOptions): Promise<IRun> {
		const mode = options.mode ?? 'manual';
		const workflow = this.workflow(options.nodes, options.connections, options.pinData);
		const start = workflow.getNode(options.start);
		if (!start) throw new Error(`The workflow has no node "${options.start}"`);
		const additionalData = this.additionalData(workflow, mode);
		// What WorkflowExecute.run would make; its arguments differ between the two lines of n8n.
		const runData = createRunExecutionData({
			startData: {},
			resultData: { runData: {}, pinData: options.pinData },
			executionData: {
				nodeExecutionStack: [{ node: start, data: { main: [[{ json: {} }]] }, source: null }],
			},
		});
		const execution = new WorkflowExecute(additionalData, mode, runData).processRunExecutionData(
			workflow,
		);
		const cancel = () => execution.cancel();
		options.signal?.addEventListener('abort', cancel, { once: true });
		try {
			return await execution;
		} finally {
			options.signal?.removeEventListener('abort', cancel);
		}
	}

	/** Tests a credential as its dialog does, and tells what the dialog would show. */
	async testCredential(
		type: string,
		reference: INodeCredentials[string],
	): Promise<CredentialTestResult> {
		const testRequest = this.types.credential(type).test;
		if (!testRequest) throw new Error(`Credential type "${type}" has no test request`);
		const data = this.credentials.resolve(
			type,
			this.credentials.raw(String(reference.id)),
			this.additionalData(this.workflow([startNode()], {}), 'internal'),
			'internal',
		);
		return await this.sendTestRequest(type, reference, data, testRequest);
	}

	/** Calls what fills a list in the editor: a `listSearch` or `loadOptions` method of the node. */
	async listSearch(
		options: NodeOfRun & { method: string; filter?: string; paginationToken?: string },
	): Promise<INodeListSearchResult> {
		const method = this.nodeType(options).methods?.listSearch?.[options.method];
		if (!method) throw new Error(`${options.type} has no listSearch method "${options.method}"`);
		return await method.call(
			this.loadOptionsContext(options),
			options.filter,
			options.paginationToken,
		);
	}

	async loadOptions(options: NodeOfRun & { method: string }): Promise<INodePropertyOptions[]> {
		const method = this.nodeType(options).methods?.loadOptions?.[options.method];
		if (!method) throw new Error(`${options.type} has no loadOptions method "${options.method}"`);
		return await method.call(this.loadOptionsContext(options));
	}

	/** A workflow node as the editor would save it. */
	node({ type, typeVersion, parameters, credentials }: NodeOfRun, name = 'Node'): INode {
		const fullName = this.types.fullName(type);
		const { version, defaultVersion } = this.types.getByNameAndVersion(fullName, typeVersion)
			.description;
		return {
			id: randomUUID(),
			name,
			type: fullName,
			typeVersion: typeVersion ?? defaultVersion ?? [version].flat().at(-1) ?? 1,
			position: [220, 0],
			parameters: parameters ?? {},
			...(credentials && { credentials }),
		};
	}

	workflow(nodes: INode[], connections: IConnections, pinData?: IPinData): Workflow {
		return new Workflow({
			id: randomUUID(),
			name: 'Engine test',
			nodes,
			connections,
			active: false,
			nodeTypes: this.types,
			settings: { executionOrder: 'v1' },
			pinData,
		});
	}

	/** What n8n hands an execution beside the workflow; the addresses lead nowhere. */
	additionalData(workflow: Workflow, mode: WorkflowExecuteMode): IWorkflowExecuteAdditionalData {
		const executionId = randomUUID();
		const instance = 'http://127.0.0.1:1/';
		const nodes = Object.values(workflow.nodes);
		const notHere = async (): Promise<never> => {
			throw new Error('Not available in engine tests');
		};
		return {
			credentialsHelper: this.credentials,
			executionId,
			hooks: new ExecutionLifecycleHooks(mode, executionId, {
				id: workflow.id,
				name: workflow.name ?? '',
				active: false,
				activeVersionId: null,
				isArchived: false,
				nodes,
				connections: workflow.connectionsBySourceNode,
				createdAt: new Date(0),
				updatedAt: new Date(0),
			}),
			currentNodeExecutionIndex: 0,
			variables: {},
			instanceBaseUrl: instance,
			restApiUrl: `${instance}rest`,
			formBaseUrl: `${instance}form`,
			formWaitingBaseUrl: `${instance}form-waiting`,
			formTestBaseUrl: `${instance}form-test`,
			webhookBaseUrl: `${instance}webhook`,
			webhookWaitingBaseUrl: `${instance}webhook-waiting`,
			webhookTestBaseUrl: `${instance}webhook-test`,
			mcpBaseUrl: `${instance}mcp`,
			mcpTestBaseUrl: `${instance}mcp-test`,
			executeWorkflow: notHere,
			getRunExecutionData: notHere,
			getRuntimeCredential: notHere,
			startRunnerTask: notHere,
			logAiEvent: () => undefined,
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	private nodeType({ type, typeVersion }: NodeOfRun): INodeType {
		return this.types.getByNameAndVersion(this.types.fullName(type), typeVersion);
	}

	private loadOptionsContext(options: NodeOfRun): LoadOptionsContext {
		const node = this.node(options);
		const workflow = this.workflow([node], {});
		const additionalData = this.additionalData(workflow, 'internal');
		additionalData.currentNodeParameters = node.parameters;
		return new LoadOptionsContext(workflow, node, additionalData, '');
	}

	/** n8n wraps the request in a temporary declarative node and runs that. */
	private async sendTestRequest(
		type: string,
		reference: INodeCredentials[string],
		data: ICredentialDataDecryptedObject,
		{ request, rules }: ICredentialTestRequest,
	): Promise<CredentialTestResult> {
		const probe: INodeType = {
			description: {
				displayName: 'Credential Test',
				name: 'n8n-nodes-base.noOp',
				group: [],
				version: 1,
				description: '',
				defaults: {},
				inputs: ['main'],
				outputs: ['main'],
				credentials: [{ name: type, required: true }],
				properties: [
					{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request } },
				],
			},
		};
		const node: INode = {
			id: 'temp',
			name: 'Temp-Node',
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
			credentials: { [type]: reference },
		};
		this.types.addNode(node.type, probe);
		const workflow = this.workflow([node], {});
		const context = new ExecuteContext(
			workflow,
			node,
			this.additionalData(workflow, 'internal'),
			'internal',
			createEmptyRunExecutionData(),
			0,
			[],
			{ main: [[{ json: {} }]] },
			{ node, data: {}, source: null },
			[],
		);
		try {
			await new RoutingNode(context, probe, {
				id: String(reference.id),
				name: reference.name,
				type,
				data,
			}).runNode();
			return { status: 'OK', message: 'Connection successful!' };
		} catch (error) {
			return { status: 'Error', message: dialogText(error, rules) };
		}
	}
}

/** The text n8n's credential dialog picks for a failed test request. */
function dialogText(error: unknown, rules: ICredentialTestRequest['rules'] = []): string {
	const { message, cause } = error as Error & {
		cause?: { code?: string; response?: { status: number; statusText: string } };
	};
	if (cause?.response) {
		const { status, statusText } = cause.response;
		const rule = rules.find(
			({ type, properties }) =>
				type === 'responseCode' && 'value' in properties && properties.value === status,
		);
		return rule?.properties.message ?? (statusText || `Received HTTP status code: ${status}`);
	}
	return cause?.code ?? message;
}

function startNode(): INode {
	return {
		id: randomUUID(),
		name: START,
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
}

function toItem(item: INodeExecutionData | IDataObject): INodeExecutionData {
	return 'json' in item ? (item as INodeExecutionData) : { json: item };
}

/**
 * An engine with the package loaded from its build output.
 * @param directory where the package is: the project, or an unpacked tarball
 */
export async function createEngine(directory = PROJECT): Promise<Engine> {
	const engine = new Engine(await loadPackage(directory));
	const { setInterval } = globalThis;
	// n8n-core 1.x starts a timer for SSH connections with its first context and never lets go of it,
	// which would keep the test process from ending. 2.x does let go.
	globalThis.setInterval = ((...timer: Parameters<typeof setInterval>) =>
		setInterval(...timer).unref()) as typeof setInterval;
	try {
		const node = startNode();
		const workflow = engine.workflow([node], {});
		new LoadOptionsContext(workflow, node, engine.additionalData(workflow, 'internal'), '');
	} finally {
		globalThis.setInterval = setInterval;
	}
	return engine;
}

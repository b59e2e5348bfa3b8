import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject, INodeTypeDescription } from 'n8n-workflow';
import type {
	CredentialRecord,
	CredentialTestResult,
	Execution,
	ExecutionWithData,
	InstalledPackage,
	SavedWorkflow,
	WorkflowRecord,
} from './records';

export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/** The sandbox's owner; good for loopback and nothing else. */
export const DEMO_OWNER: Owner = {
	email: 'demo@example.com',
	password: 'Sandbox-demo-1',
	firstName: 'Demo',
	lastName: 'Owner',
};

const POLL_MS = 100;
const EXECUTION_TIMEOUT_MS = 120_000;
const PUBLICATION_TIMEOUT_MS = 60_000;
const PAGE_SIZE = 250;

interface Publication {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}

/** n8n refused a call; the message is n8n's own. */
export class N8nRequestError extends Error {
	constructor(
		readonly status: number,
		call: string,
		answer: string,
	) {
		super(`n8n answered ${status} to ${call}: ${answer.slice(0, 2000)}`);
	}
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * The signed-in owner of a running n8n: what the editor does, through the interfaces the editor and n8n's public
 * API offer. Every method throws with n8n's own message when n8n refuses.
 */
export class N8nSession {
	private apiKey: string | undefined;

	private constructor(
		readonly origin: string,
		private readonly cookie: string,
		private readonly browserId: string,
	) {}

	static async signIn(origin: string, owner = DEMO_OWNER): Promise<N8nSession> {
		await ensureOwner(origin, owner);
		// n8n binds the cookie to this id, and refuses one without the other.
		const browserId = randomUUID();
		const response = await request(origin, 'POST', '/rest/login', {
			headers: { 'browser-id': browserId },
			body: { emailOrLdapLoginId: owner.email, password: owner.password },
		});
		const cookie = response.headers
			.getSetCookie()
			.map((header) => header.split(';', 1)[0])
			.find((pair) => pair.startsWith('n8n-auth='));
		if (cookie === undefined) throw new Error('n8n signed the owner in without a cookie');
		return new N8nSession(origin, cookie, browserId);
	}

	/** A new key of n8n's public API, with every scope the owner may have. */
	async createApiKey(label = `sandbox ${randomUUID()}`): Promise<string> {
		const scopes = await this.rest('GET', '/rest/api-keys/scopes');
		const created = await this.rest<{ rawApiKey: string }>('POST', '/rest/api-keys', { label, scopes, expiresAt: null });
		return created.rawApiKey;
	}

	/** Stores the credential encrypted, and returns it as nodes refer to it. */
	async createCredential({ name, type, data }: CredentialRecord): Promise<{ id: string; name: string }> {
		const { id } = await this.rest<{ id: string }>('POST', '/rest/credentials', { name, type, data });
		return { id, name };
	}

	/** What the editor's "Test" button reports for a saved credential. */
	async testCredential(id: string): Promise<CredentialTestResult> {
		const { name, type, data } = await this.rest<CredentialRecord>('GET', `/rest/credentials/${id}?includeData=true`);
		return await this.rest('POST', '/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	async createWorkflow({ name, nodes, connections, settings = {} }: WorkflowRecord): Promise<SavedWorkflow> {
		return await this.api('POST', '/workflows', { name, nodes, connections, settings });
	}

	async getWorkflow(id: string): Promise<SavedWorkflow> {
		return await this.api('GET', `/workflows/${id}`);
	}

	/** Saves a changed workflow; an active one goes on in its new shape. */
	async updateWorkflow(id: string, change: Partial<WorkflowRecord>): Promise<SavedWorkflow> {
		const { name, nodes, connections, settings = {} } = { ...(await this.getWorkflow(id)), ...change };
		const saved = await this.api<SavedWorkflow>('PUT', `/workflows/${id}`, { name, nodes, connections, settings });
		await this.settlePublication(id);
		return saved;
	}

	/** Resolves when the triggers listen; throws what their registration threw. */
	async activateWorkflow(id: string): Promise<void> {
		await this.api('POST', `/workflows/${id}/activate`);
		await this.settlePublication(id);
	}

	/** Resolves when no trigger listens any more; throws what their removal threw. */
	async deactivateWorkflow(id: string): Promise<void> {
		await this.api('POST', `/workflows/${id}/deactivate`);
		await this.settlePublication(id);
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.api('DELETE', `/workflows/${id}`);
	}

	/** Runs a saved workflow as the editor's button does, from its manual trigger, and waits for the end, good or bad. */
	async executeWorkflow(id: string, timeoutMs = EXECUTION_TIMEOUT_MS): Promise<ExecutionWithData> {
		const executionId = await this.startWorkflow(id);
		return await this.waitForExecution(executionId, timeoutMs);
	}

	/** Starts it and returns the execution's id at once. */
	async startWorkflow(id: string): Promise<string> {
		const workflow = await this.getWorkflow(id);
		const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
		if (!trigger) throw new Error(`Workflow "${workflow.name}" has no manual trigger to start from`);
		const { executionId } = await this.rest<{ executionId?: string }>('POST', `/rest/workflows/${id}/run`, {
			workflowData: workflow,
			triggerToStartFrom: { name: trigger.name },
		});
		if (executionId === undefined) throw new Error(`n8n did not start workflow "${workflow.name}"`);
		return executionId;
	}

	/** Resolves when the execution has ended, however it ended. */
	async waitForExecution(id: string, timeoutMs = EXECUTION_TIMEOUT_MS): Promise<ExecutionWithData> {
		const giveUpAt = Date.now() + timeoutMs;
		for (;;) {
			const { status } = await this.api<Execution>('GET', `/executions/${id}`);
			if (status !== 'new' && status !== 'running' && status !== 'waiting') break;
			if (Date.now() > giveUpAt) throw new Error(`Execution ${id} was still ${status} after ${timeoutMs / 1000} s`);
			await wait(POLL_MS);
		}
		return await this.api('GET', `/executions/${id}?includeData=true`);
	}

	async cancelExecution(id: string): Promise<void> {
		await this.rest('POST', `/rest/executions/${id}/stop`);
	}

	/** Newest first, with their data. */
	async listExecutions(filter: { workflowId?: string; status?: Execution['status'] } = {}): Promise<ExecutionWithData[]> {
		const executions: ExecutionWithData[] = [];
		const query = new URLSearchParams({ ...filter, includeData: 'true', limit: String(PAGE_SIZE) });
		for (let cursor: string | null = ''; cursor !== null; ) {
			if (cursor) query.set('cursor', cursor);
			const page: { data: ExecutionWithData[]; nextCursor: string | null } = await this.api('GET', `/executions?${query}`);
			executions.push(...page.data);
			cursor = page.nextCursor;
		}
		return executions;
	}

	/** The full names of all node types that n8n has loaded from a package, e.g. `n8n-nodes-x.y`. */
	async listNodeTypes(packageName: string): Promise<string[]> {
		const response = await request(this.origin, 'GET', '/types/nodes.json', { headers: this.headers });
		const types = (await response.json()) as INodeTypeDescription[];
		return types.map(({ name }) => name).filter((name) => name.startsWith(`${packageName}.`));
	}

	/** What Settings > Community nodes lists. */
	async listCommunityPackages(): Promise<InstalledPackage[]> {
		return await this.rest('GET', '/rest/community-packages');
	}

	/** Any call of the editor's own interface; the answer is unwrapped from its `data`. */
	async rest<T = IDataObject>(method: Method, path: string, body?: unknown): Promise<T> {
		const response = await request(this.origin, method, path, { headers: this.headers, body });
		const { data } = (await response.json()) as { data: T };
		return data;
	}

	/** Any call of the public API; `path` follows `/api/v1`. */
	async api<T = IDataObject>(method: Method, path: string, body?: unknown): Promise<T> {
		this.apiKey ??= await this.createApiKey();
		const headers = { 'X-N8N-API-KEY': this.apiKey };
		const response = await request(this.origin, method, `/api/v1${path}`, { headers, body });
		const text = await response.text();
		return (text === '' ? undefined : JSON.parse(text)) as T;
	}

	/**
	 * n8n 2 registers and removes triggers after it has answered, and tells failures in the publication's status
	 * alone; n8n 1 does both before it answers, and knows no such status.
	 */
	private async settlePublication(id: string): Promise<void> {
		const giveUpAt = Date.now() + PUBLICATION_TIMEOUT_MS;
		for (;;) {
			const publication = await this.getPublication(id);
			if (publication === undefined) return;
			if (publication.status !== 'in_progress') {
				const failures = publication.triggers.filter(({ status }) => status === 'failed');
				if (failures.length === 0) return;
				throw new Error(failures.map(({ errorMessage }) => errorMessage).join('\n'));
			}
			if (Date.now() > giveUpAt) throw new Error(`Workflow ${id} was still being published after ${PUBLICATION_TIMEOUT_MS / 1000} s`);
			await wait(POLL_MS);
		}
	}

	private async getPublication(id: string): Promise<Publication | undefined> {
		try {
			return await this.rest<Publication>('GET', `/rest/workflows/${id}/publication-status`);
		} catch (error) {
			if (error instanceof N8nRequestError && error.status === 404) return undefined;
			throw error;
		}
	}

	private get headers(): Record<string, string> {
		return { cookie: this.cookie, 'browser-id': this.browserId };
	}
}

/** The items a node put out in its last run of an execution, on its first output. */
export function outputOf({ data }: ExecutionWithData, nodeName: string): IDataObject[] {
	const items = data.resultData.runData[nodeName]?.at(-1)?.data?.['main'][0] ?? [];
	return items.map(({ json }) => json);
}

/** Sets up the owner of a new n8n; does nothing where there is one. */
export async function ensureOwner(origin: string, owner = DEMO_OWNER): Promise<void> {
	const response = await request(origin, 'GET', '/rest/settings');
	const { data } = (await response.json()) as { data: { userManagement: { showSetupOnFirstLoad: boolean } } };
	if (data.userManagement.showSetupOnFirstLoad) await request(origin, 'POST', '/rest/owner/setup', { body: owner });
}

async function request(
	origin: string,
	method: Method,
	path: string,
	{ headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Response> {
	const response = await fetch(origin + path, {
		method,
		headers: {
			...headers,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			// A kept connection can be closed by an n8n that was busy for its keep-alive time just as it is used again.
			connection: 'close',
		},
		body: body === undefined ? null : JSON.stringify(body),
	});
	if (!response.ok) {
		throw new N8nRequestError(response.status, `${method} ${path}`, await response.text());
	}
	return response;
}

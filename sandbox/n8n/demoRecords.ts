import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CredentialRecord, WorkflowRecord } from './records';
import type { Sandbox } from '../index';
import { projectFolder } from './paths';

type WithId<T> = T & { id: string };

/** Credentials for both of the sandbox's APIs, under ids that stay the same so that an import replaces them. */
export function demoCredentials({ salesOs, outboundSync }: Pick<Sandbox, 'salesOs' | 'outboundSync'>): Array<WithId<CredentialRecord>> {
	return [
		{
			id: 'sandboxSalesOsOA',
			name: 'SalesOS sandbox',
			type: 'salesOsOAuth2Api',
			data: {
				grantType: 'clientCredentials',
				environment: 'custom',
				baseUrl: salesOs.origin,
				authBaseUrl: salesOs.authOrigin,
				clientId: salesOs.clientId,
				clientSecret: salesOs.clientSecret,
				audience: salesOs.audience,
			},
		},
		{
			id: 'sandboxSalesOsSK',
			name: 'SalesOS sandbox (signed key)',
			type: 'salesOsSignedApi',
			data: {
				environment: 'custom',
				baseUrl: salesOs.origin,
				apiKey: salesOs.signedKey,
				apiSecret: salesOs.signedSecret,
			},
		},
		{
			id: 'sandboxOutboundS',
			name: 'OutboundSync sandbox',
			type: 'outboundSyncApi',
			data: { apiKey: outboundSync.apiKey, baseUrl: outboundSync.origin },
		},
	];
}

export interface DemoWorkflow {
	/** The file's name, without its folder. */
	file: string;
	workflow: WithId<WorkflowRecord>;
}

/**
 * The example workflows of `workflows/`, each with an id of its own and pointed at `credentials`, whatever
 * credentials its file names.
 */
export async function readDemoWorkflows(credentials: ReadonlyArray<WithId<CredentialRecord>>): Promise<DemoWorkflow[]> {
	const folder = join(projectFolder, 'workflows');
	const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (file) => {
			const workflow = JSON.parse(await readFile(join(folder, file), 'utf8')) as WorkflowRecord;
			const nodes = workflow.nodes.map((node) => ({ ...node, credentials: useCredentials(node.credentials, credentials) }));
			return { file, workflow: { settings: {}, ...workflow, nodes, id: workflowId(file), active: false } };
		}),
	);
}

function useCredentials(
	wanted: WorkflowRecord['nodes'][number]['credentials'],
	credentials: ReadonlyArray<WithId<CredentialRecord>>,
): typeof wanted {
	if (!wanted) return undefined;
	return Object.fromEntries(
		Object.entries(wanted).map(([type, reference]) => {
			const credential = credentials.find((candidate) => candidate.type === type);
			return [type, credential ? { id: credential.id, name: credential.name } : reference];
		}),
	);
}

/** n8n's ids have 16 letters and digits. */
function workflowId(file: string): string {
	const hash = createHash('sha256').update(basename(file)).digest('base64');
	return hash.replace(/[^A-Za-z0-9]/g, '').slice(0, 16);
}

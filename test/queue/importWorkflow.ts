import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import type { SavedWorkflow } from '../../sandbox/n8n/records';
import type { Cluster } from './cluster';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';

export interface ImportedLead extends IDataObject {
	name: string;
	email: string;
	company: string;
}

export interface Import {
	workflow: SavedWorkflow;
	/** Starts one execution over the given leads; resolves to n8n's answer's status as soon as it is queued. */
	start(leads: readonly ImportedLead[]): Promise<number>;
}

export function credentialOf({ credentials }: Cluster, type: string): NonNullable<INode['credentials']> {
	const found = credentials.find((credential) => credential.type === type);
	if (!found) throw new Error(`No demo credential of type ${type}`);
	return { [type]: { id: found.id, name: found.name } };
}

/** A workflow as users build it: a webhook brings leads, they are split into items, and SalesOS gets each. */
export async function activateImport(cluster: Cluster, operation: 'create' | 'upsert', options: INode['parameters'] = {}): Promise<Import> {
	const path = randomUUID();
	const nodes: INode[] = [
		nodeOf('Leads', 'n8n-nodes-base.webhook', 2, { path, httpMethod: 'POST', options: {} }),
		nodeOf('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.leads', options: {} }),
		{
			...nodeOf('SalesOS', `${PACKAGE}.salesOs`, 1, {
				authentication: 'oAuth2',
				resource: 'lead',
				operation,
				name: '={{ $json.name }}',
				email: '={{ $json.email }}',
				additionalFields: { company: '={{ $json.company }}' },
				options,
			}),
			credentials: credentialOf(cluster, 'salesOsOAuth2Api'),
		},
	];
	nodes[0].webhookId = path;
	const workflow = await cluster.session.createWorkflow({
		name: `Import (${operation})`,
		nodes,
		connections: { Leads: { main: [[{ node: 'Split', type: 'main', index: 0 }]] }, Split: { main: [[{ node: 'SalesOS', type: 'main', index: 0 }]] } },
	});
	await cluster.session.activateWorkflow(workflow.id);
	const [{ instance }] = cluster.webhooks;
	return {
		workflow,
		start: async (leads) => {
			const answer = await fetch(`${instance.origin}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ leads }),
			});
			await answer.text();
			return answer.status;
		},
	};
}

function nodeOf(name: string, type: string, typeVersion: number, parameters: INode['parameters']): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}

export function someLeads(count: number, label: string): ImportedLead[] {
	return Array.from({ length: count }, (_, index) => ({
		name: `Lead ${index} of ${label}`,
		email: `lead-${index}@${label}.example.com`,
		company: `Company ${index}`,
	}));
}

import { randomUUID } from 'node:crypto';
import type { INode, IWorkflowSettings } from 'n8n-workflow';
import type { WorkflowRecord } from '../../sandbox/n8n/records';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';

/** A failed execution stays in n8n's database, to be found at the end; of the others n8n keeps nothing. */
const SETTINGS: IWorkflowSettings = { saveDataSuccessExecution: 'none', saveDataErrorExecution: 'all', saveExecutionProgress: false };

type Credentials = NonNullable<INode['credentials']>;

function nodeOf(name: string, type: string, typeVersion: number, parameters: INode['parameters'], credentials?: Credentials): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...(credentials && { credentials }) };
}

function chain(name: string, nodes: INode[]): WorkflowRecord {
	const connections: WorkflowRecord['connections'] = {};
	nodes.slice(1).forEach((next, index) => {
		connections[nodes[index].name] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections, settings: SETTINGS };
}

/**
 * A webhook brings leads, and each is created, updated, read, and created or updated by email: four operations.
 * The answer is the last node's records.
 */
export function leadWorkflow(path: string, credentials: Credentials): WorkflowRecord {
	const lead = (name: string, operation: string, parameters: INode['parameters']) =>
		nodeOf(name, `${PACKAGE}.salesOs`, 1, { authentication: 'oAuth2', resource: 'lead', operation, ...parameters }, credentials);
	const leadId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
	const hook = { path, httpMethod: 'POST', responseMode: 'lastNode', responseData: 'allEntries', options: {} };
	return chain('Leads', [
		{ ...nodeOf('Leads', 'n8n-nodes-base.webhook', 2, hook), webhookId: path },
		nodeOf('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.leads', options: {} }),
		lead('Create', 'create', {
			name: '={{ $json.name }}',
			email: '={{ $json.email }}',
			additionalFields: { company: '={{ $json.company }}', source: 'soak' },
		}),
		lead('Update', 'update', {
			leadId,
			updateFields: { position: "={{ $('Split').item.json.position }}", status: 'contacted' },
		}),
		lead('Get', 'get', { leadId, simplify: false }),
		lead('Create or Update', 'upsert', {
			email: "={{ $('Split').item.json.secondEmail }}",
			name: '={{ $json.name }}',
			additionalFields: { company: "={{ $('Split').item.json.secondCompany }}", position: '={{ $json.position }}' },
		}),
	]);
}

/** Each of a trigger's events is reported by an execution of its own. */
export interface EventWorkflow {
	/** The path of the trigger's webhook below n8n's webhook URL. */
	path: string;
	record: WorkflowRecord;
}

function eventWorkflow(name: string, collectorUrl: string, eventId: string, trigger: INode): EventWorkflow {
	const report = nodeOf('Report', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: collectorUrl,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify({ eventId: ${eventId} }) }}`,
		options: {},
	});
	const webhookId = randomUUID();
	return { path: `${webhookId}/webhook`, record: chain(name, [{ ...trigger, webhookId }, report]) };
}

export function salesOsEvents(collectorUrl: string, credentials: Credentials): EventWorkflow {
	const parameters = { registration: 'automatic', authentication: 'oAuth2', events: ['deal.won'], options: { allowHttp: true } };
	return eventWorkflow('SalesOS events', collectorUrl, '$json.id', nodeOf('Trigger', `${PACKAGE}.salesOsTrigger`, 1, parameters, credentials));
}

export function syncEvents(collectorUrl: string, credentials: Credentials): EventWorkflow {
	const parameters = { source: 'syncMonitoring', events: ['sync.failed'], options: { allowHttp: true } };
	return eventWorkflow('Sync events', collectorUrl, '$json.id', nodeOf('Trigger', `${PACKAGE}.outboundSyncTrigger`, 1, parameters, credentials));
}

/** Forwarded events have no ID: their contact's address tells them apart. */
export function forwardedEvents(collectorUrl: string, credentials: Credentials): EventWorkflow {
	const parameters = { source: 'forwarded', events: ['EMAIL_REPLY'] };
	return eventWorkflow('Forwarded events', collectorUrl, '$json.email', nodeOf('Trigger', `${PACKAGE}.outboundSyncTrigger`, 1, parameters, credentials));
}

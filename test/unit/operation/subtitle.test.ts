import type { INode, INodeTypes } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { OutboundSync } from '../../../nodes/OutboundSync/OutboundSync.node';
import { OutboundSyncTrigger } from '../../../nodes/OutboundSync/OutboundSyncTrigger.node';
import { SalesOs } from '../../../nodes/SalesOs/SalesOs.node';
import { SalesOsTrigger } from '../../../nodes/SalesOs/SalesOsTrigger.node';

/** What n8n's editor shows below the node, found out as the editor does it. */
function subtitleOf(type: { description: { name: string; subtitle?: string } }, parameters: INode['parameters']): unknown {
	const node: INode = { id: '1', name: 'Node', type: type.description.name, typeVersion: 1, position: [0, 0], parameters };
	const nodeTypes = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return workflow.expression.getSimpleParameterValue(node, type.description.subtitle, 'internal', {});
}

test.each([
	[{ resource: 'deal', operation: 'getAll' }, 'Get Many: Deal'],
	[{ resource: 'lead', operation: 'upsert' }, 'Create or Update: Lead'],
	[{ resource: 'user', operation: 'create' }, 'Invite: User'],
	[{ resource: 'apiRequest', operation: 'request' }, 'Send: API Request'],
	[{ resource: 'lead', operation: 'of a later version' }, undefined],
])('SalesOS with %j is "%s"', (parameters, expected) => {
	expect(subtitleOf(new SalesOs(), parameters)).toBe(expected);
});

test.each([
	[{ resource: 'replyRelay', operation: 'getAll' }, 'Get Many: Reply Relay'],
	[{ resource: 'webhook', operation: 'rotateSecret' }, 'Rotate Secret: Webhook'],
])('OutboundSync with %j is "%s"', (parameters, expected) => {
	expect(subtitleOf(new OutboundSync(), parameters)).toBe(expected);
});

test.each([
	[{ events: ['lead.created', 'deal.stage_changed'] }, 'Lead Created, Deal Stage Changed'],
	[{ events: [], additionalEvents: 'team.created' }, 'Team Created'],
	[{ events: ['lead.created'], additionalEvents: 'team.created' }, 'Lead Created, Team Created'],
	[{}, ''],
])('SalesOS Trigger with %j is "%s"', (parameters, expected) => {
	expect(subtitleOf(new SalesOsTrigger(), parameters)).toBe(expected);
});

test.each([
	['syncMonitoring', 'Sync Monitoring'],
	['forwarded', 'Forwarded Outreach Events'],
	['polling', 'Polling'],
])('OutboundSync Trigger with source %s is "%s"', (source, expected) => {
	expect(subtitleOf(new OutboundSyncTrigger(), { source })).toBe(expected);
});

import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../shared/operation/itemInput';
import { integerId } from '../shared/operation/readers';

/** Fields that several operations of the node have. */

/** A record chosen from a list or given by its ID. */
function locator(label: string, parameter: string, searchListMethod: string, description: string, id = '101'): INodeProperties {
	return {
		displayName: label,
		name: parameter,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${id}` },
		],
	};
}

export const connectionLocator = locator('Connection', 'connectionId', 'searchConnections', 'The connection to a CRM');

export const sourceLocator = locator('Source', 'sourceId', 'searchSources', 'The source that a sequencer sends its events to');

export const destinationLocator = locator(
	'Destination',
	'destinationId',
	'searchDestinations',
	'The address that outreach events are forwarded to',
);

export const blocklistLocator: INodeProperties = {
	...locator('Blocklist', 'blocklistId', 'searchBlocklists', 'The blocklist to work on'),
	required: true,
};

export const webhookLocator: INodeProperties = {
	...locator('Webhook', 'webhookId', 'searchWebhooks', 'The webhook to work on', 'oswhk_1a2b3c'),
	required: true,
};

/** A range of time; see {@link file://./ranges.ts}. */
export const rangeFields: INodeProperties[] = [
	{
		displayName: 'From',
		name: 'from',
		type: 'dateTime',
		default: '',
		description: 'Start of the range. If empty, 24 hours before its end.',
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'dateTime',
		default: '',
		description: 'End of the range. If empty, now. A range of more than 31 days is read in several parts.',
	},
];

/** Filters by what a record belongs to. */
export const ownerBindings: Readonly<Record<'connectionId' | 'destinationId' | 'sourceId', Binding>> = {
	connectionId: { to: 'connectionId', read: integerId },
	destinationId: { to: 'destinationId', read: integerId },
	sourceId: { to: 'sourceId', read: integerId },
};

import type { INodeProperties } from 'n8n-workflow';

import { byLabel } from '../shared/operation/listFields';
import { notInTools } from '../shared/operation/toolFields';

/** Fields that several operations of the node have. */

/** A record chosen from a list or given by its ID. */
function locator(
	label: string,
	parameter: string,
	searchListMethod: string,
	description: string,
): INodeProperties {
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
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93',
			},
		],
	};
}

export const leadLocator: INodeProperties = {
	...locator('Lead', 'leadId', 'searchLeads', 'The lead to work on'),
	required: true,
};

export const dealLocator: INodeProperties = {
	...locator('Deal', 'dealId', 'searchDeals', 'The deal to work on'),
	required: true,
};

export const userLocator: INodeProperties = {
	...locator('User', 'userId', 'searchUsers', 'The user to work on'),
	required: true,
};

export const webhookLocator: INodeProperties = {
	...locator('Webhook', 'webhookId', 'searchWebhooks', 'The webhook to work on'),
	required: true,
};

export const ownerLocator = locator('Owner', 'ownerId', 'searchUsers', 'The user who is responsible');

export const teamLocator = locator('Team', 'teamId', 'searchTeams', 'The team that the owner belongs to');

export const stageLocator: INodeProperties = {
	displayName: 'Stage',
	name: 'stageId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The stage of the pipeline',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchStages', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Proposal' },
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93',
		},
	],
};

export const customFields: INodeProperties = {
	displayName: 'Custom Fields',
	name: 'customFields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Custom Field',
	default: {},
	description: 'Fields that your SalesOS account has in addition to the standard ones',
	options: [
		{
			displayName: 'Custom Field',
			name: 'pairs',
			values: [
				{
					displayName: 'Name',
					name: 'key',
					type: 'string',
					default: '',
					placeholder: 'e.g. industry',
					description: 'Key of the custom field in SalesOS',
				},
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
			],
		},
	],
};

export const tags: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	default: '',
	placeholder: 'e.g. inbound, webinar',
	description: 'Comma-separated, or a list from an expression',
};

/** Not in tools: it would let a model overwrite every other field. */
export const additionalBodyFields: INodeProperties = notInTools({
	// "(JSON)" behind it would be cut off: n8n gives a label in a collection half the panel.
	displayName: 'Additional Body Fields',
	name: 'additionalBodyFields',
	type: 'json',
	default: '{}',
	description:
		'JSON object that is merged into the request body and overrides the other fields. Use it for fields that the node does not know, or set a field to null to clear it. SalesOS does not publish the bodies of its writes.',
});

/** Fields in n8n's order, and last what is needed least. */
const withEscapeHatch = (fields: readonly INodeProperties[]) => [...byLabel(fields), additionalBodyFields];

export const additionalFieldsWith = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: withEscapeHatch(options),
});

export const updateFieldsWith = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: withEscapeHatch(options),
	description: 'What to change. Fields that are left empty stay as they are.',
});

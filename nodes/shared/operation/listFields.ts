import type { INodeProperties } from 'n8n-workflow';

import { alphabetical } from './alphabetical';
import { notInTools } from './toolFields';

/** Fields that lists of any vendor have; their names and texts are n8n's convention. */

export const listing: INodeProperties[] = [
	// A model has no use for records beyond a number, and pays for each.
	notInTools({
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	}),
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		// Not `show`: in a tool there is no Return All that could be off.
		displayOptions: { hide: { returnAll: [true] } },
	},
];

export const simplify: INodeProperties = notInTools({
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

export const filtersWith = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: byLabel(options),
});

/** Fields of a collection in the order in which n8n offers them. */
export function byLabel(fields: readonly INodeProperties[]): INodeProperties[] {
	return [...fields].sort((one, other) => alphabetical(one.displayName, other.displayName));
}

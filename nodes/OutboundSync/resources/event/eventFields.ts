import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { flag, textList } from '../../../shared/operation/readers';

/** Documented filters. An expression may name types that are not in the list. */
export const eventFilters: INodeProperties[] = [
	{
		displayName: 'Delivered',
		name: 'delivered',
		type: 'boolean',
		default: false,
		description: 'Whether to list only events that have reached at least one webhook; if turned off, only those that have not',
	},
	{
		displayName: 'Types',
		name: 'types',
		type: 'multiOptions',
		options: [
			{ name: 'Sync Failed', value: 'sync.failed' },
			{ name: 'Sync Recovered', value: 'sync.recovered' },
			{ name: 'Test Ping', value: 'test.ping' },
		],
		default: [],
		description: 'Only events of these types',
	},
];

export const eventFilterBindings: Readonly<Record<string, Binding>> = {
	delivered: { to: 'delivered', read: flag },
	types: { to: 'type', read: textList },
};

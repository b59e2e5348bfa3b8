import type { INodeProperties } from 'n8n-workflow';

import { notInTools } from '../../../shared/operation/toolFields';

/** Options of Create or Update alone, about runs of many items. */
export const BULK_OPTIONS: readonly INodeProperties[] = [
	notInTools({
		displayName: 'Add Report Item',
		name: 'addReportItem',
		type: 'boolean',
		default: true,
		description:
			'Whether to output one more item at the end, with the numbers of leads that were created, updated, unchanged, refused, of unknown outcome and postponed',
	}),
	notInTools({
		displayName: 'Match in Bulk',
		name: 'matchInBulk',
		type: 'options',
		options: [
			{
				name: 'Always',
				value: 'always',
				description: 'Read the list of all leads once, 100 leads per request',
			},
			{
				name: 'Automatically',
				value: 'automatic',
				description: 'Read the list of all leads where that takes fewer requests than searching for each email',
			},
			{
				name: 'Never',
				value: 'never',
				description: 'Search for each email right before it is written',
			},
		],
		default: 'automatic',
		description:
			'How to find out which emails already have a lead. Choose Never if other programs or other n8n processes write the same leads during the run.',
	}),
];

import { NodeHelpers, type INodeProperties } from 'n8n-workflow';

const EVERY_MINUTE = { item: [{ mode: 'everyMinute' }] };

const base = {
	displayName: 'Poll Times',
	name: 'pollTimes',
} as const;

/**
 * n8n adds Poll Times to nodes whose description has `polling`, for all they do. Declared here they
 * show for polling alone, and the hidden twin leaves n8n nothing to poll at for the other sources.
 */
export const pollTimesFields: INodeProperties[] = [
	{
		...base,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Poll Time' },
		default: EVERY_MINUTE,
		description: 'When to look for failed syncs',
		placeholder: 'Add Poll Time',
		options: NodeHelpers.cronNodeOptions,
		displayOptions: { show: { source: ['polling'] } },
	},
	{ ...base, type: 'hidden', default: {}, displayOptions: { hide: { source: ['polling'] } } },
];

import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { oneOf } from '../../../shared/operation/readers';

/** Documented results of forwarding an event. */
export const deliveryStatus: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'Error', value: 'error' },
		{ name: 'Success', value: 'success' },
	],
	default: 'error',
	description: 'Only deliveries with this status',
};

export const deliveryStatusBinding: Binding = { to: 'status', read: oneOf('error', 'success') };

import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { oneOf } from '../../../shared/operation/readers';

export const syncId: INodeProperties = {
	displayName: 'Sync ID',
	name: 'syncId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 20001',
	description: 'ID of the sync, from Get Many',
};

/** Documented results of a sync. */
export const syncStatus: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'Error', value: 'error', description: 'Can be retried if the CRM is HubSpot or Salesforce' },
		{ name: 'Success', value: 'success' },
		{ name: 'Warning', value: 'warning', description: 'OutboundSync does not publish what this status stands for' },
	],
	default: 'error',
	description: 'Only syncs with this status',
};

export const syncStatusBinding: Binding = { to: 'status', read: oneOf('error', 'success', 'warning') };

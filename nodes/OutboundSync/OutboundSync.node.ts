import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { SENDING_OPTIONS } from '../shared/operation/options';
import { operationProperties } from '../shared/operation/properties';
import { runOperation } from '../shared/operation/router';
import { operationSubtitle } from '../shared/operation/subtitle';
import { connect } from './connect';
import { listSearch } from './methods/listSearch';
import { OUTBOUND_SYNC_OPERATIONS, OUTBOUND_SYNC_RESOURCES } from './resources';
import { OUTBOUND_SYNC } from './service';

export class OutboundSync implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'OutboundSync',
		name: 'outboundSync',
		icon: { light: 'file:outboundSync.svg', dark: 'file:outboundSync.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: operationSubtitle(OUTBOUND_SYNC_RESOURCES, OUTBOUND_SYNC_OPERATIONS),
		description: 'Check prior outreach, and monitor and control the sync between sequencers and CRMs in OutboundSync',
		defaults: { name: 'OutboundSync' },
		usableAsTool: true,
		// Only there when the user asked for it; n8n hides it in the execution view.
		sensitiveOutputFields: ['signingSecret'],
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'outboundSyncApi', required: true }],
		properties: [
			...operationProperties(OUTBOUND_SYNC_RESOURCES, OUTBOUND_SYNC_OPERATIONS, 'account'),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: SENDING_OPTIONS,
			},
		],
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, { service: OUTBOUND_SYNC, operations: OUTBOUND_SYNC_OPERATIONS, connect });
	}
}

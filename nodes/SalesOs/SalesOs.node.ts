import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { SENDING_OPTIONS, UNKNOWN_OUTCOME_OPTION } from '../shared/operation/options';
import { operationProperties } from '../shared/operation/properties';
import { runOperation } from '../shared/operation/router';
import { operationSubtitle } from '../shared/operation/subtitle';
import { connect } from './connect';
import { listSearch } from './methods/listSearch';
import { BULK_OPTIONS } from './resources/lead/bulkOptions';
import { SALES_OS_OPERATIONS, SALES_OS_RESOURCES } from './resources';
import { SALES_OS } from './service';

export class SalesOs implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SalesOS',
		name: 'salesOs',
		icon: { light: 'file:salesOs.svg', dark: 'file:salesOs.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: operationSubtitle(SALES_OS_RESOURCES, SALES_OS_OPERATIONS),
		description: 'Work with leads, deals, users, activities and webhooks in SalesOS (Play2Sell)',
		defaults: { name: 'SalesOS' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'salesOsOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
			{
				name: 'salesOsSignedApi',
				required: true,
				displayOptions: { show: { authentication: ['signedApiKey'] } },
			},
		],
		properties: [
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{ name: 'OAuth2', value: 'oAuth2' },
					{ name: 'Signed API Key', value: 'signedApiKey' },
				],
				default: 'oAuth2',
			},
			...operationProperties(SALES_OS_RESOURCES, SALES_OS_OPERATIONS, 'lead'),
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					...BULK_OPTIONS.map((option) => ({
						...option,
						displayOptions: { ...option.displayOptions, show: { '/resource': ['lead'], '/operation': ['upsert'] } },
					})),
					...SENDING_OPTIONS.slice(0, 3),
					{
						...UNKNOWN_OUTCOME_OPTION,
						displayOptions: {
							...UNKNOWN_OUTCOME_OPTION.displayOptions,
							show: { '/resource': ['lead'], '/operation': ['create', 'upsert'] },
						},
					},
					...SENDING_OPTIONS.slice(3),
				],
			},
		],
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, { service: SALES_OS, operations: SALES_OS_OPERATIONS, connect });
	}
}

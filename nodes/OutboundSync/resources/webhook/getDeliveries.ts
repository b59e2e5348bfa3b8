import { path } from '../../../shared/http/request';
import { filtersWith, listing } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { oneOf } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { readPages, SMALL_PAGE } from '../../records';
import { withoutSecret } from './webhookFields';

export const getWebhookDeliveries: Operation = {
	resource: 'webhook',
	value: 'getDeliveries',
	name: 'Get Many Deliveries',
	action: 'Get many deliveries to a webhook',
	description: 'List the attempts to send events of sync monitoring to one webhook, newest first',
	endpoints: [
		endpoint('GET /webhooks/:id/deliveries', {
			published: 'that it is newest first, and fields of the deliveries',
			inferred: 'what the statuses FAILED and DEAD stand for',
		}),
	],
	fields: [
		webhookLocator,
		...listing,
		filtersWith({
			displayName: 'Status',
			name: 'status',
			type: 'options',
			options: [
				{ name: 'Dead', value: 'DEAD', description: 'No further attempt will be made' },
				{ name: 'Failed', value: 'FAILED', description: 'The last attempt failed' },
				{ name: 'Pending', value: 'PENDING' },
				{ name: 'Succeeded', value: 'SUCCEEDED' },
			],
			default: 'FAILED',
			description: 'Only deliveries with this status',
		}),
	],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		return readPages(input, {
			path: path`/api/v1/webhooks/${id}/deliveries`,
			query: input.query('filters', {
				status: { to: 'status', read: oneOf('DEAD', 'FAILED', 'PENDING', 'SUCCEEDED') },
			}),
			maxPageSize: SMALL_PAGE,
			shape: withoutSecret,
		});
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { sendForRecord } from '../../records';
import { withoutSecret } from './webhookFields';

export const getWebhook: Operation = {
	resource: 'webhook',
	value: 'get',
	name: 'Get',
	action: 'Get a webhook',
	description: 'Retrieve one webhook. The output shows whether it is active, and whether it was disabled after failed deliveries.',
	endpoints: [endpoint('GET /webhooks/:id')],
	fields: [webhookLocator],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		return sendForRecord({ method: 'GET', path: path`/api/v1/webhooks/${id}` }, withoutSecret);
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { sendDelete } from '../../records';

export const deleteWebhook: Operation = {
	resource: 'webhook',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a webhook',
	description: 'Delete a webhook permanently. To pause it, use Update and turn Active off instead.',
	endpoints: [endpoint('DELETE /webhooks/:id')],
	fields: [webhookLocator],
	prepare(input) {
		return sendDelete(path`/api/v1/webhooks/${input.required('webhookId', webhookId)}`);
	},
};

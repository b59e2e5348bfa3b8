import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { webhookLocator } from '../../fields';
import { sendDelete } from '../../records';

export const deleteWebhook: Operation = {
	resource: 'webhook',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a webhook',
	description: 'Delete a webhook permanently. If it belongs to an active SalesOS Trigger node, it is registered again the next time that workflow is published (activated).',
	endpoints: [
		{ method: 'DELETE', path: '/v1/webhooks/:id', scope: 'webhooks:write', mark: 'documented', inferred: 'the status of the answer; scope' },
	],
	fields: [webhookLocator],
	prepare(input) {
		return sendDelete(path`/v1/webhooks/${input.required('webhookId', uuid)}`);
	},
};

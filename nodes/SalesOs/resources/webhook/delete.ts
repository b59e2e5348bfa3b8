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
	description: 'Remove a webhook for good. One that an active SalesOS Trigger node uses is registered again when its workflow is next published (activated).',
	endpoints: [
		{ method: 'DELETE', path: '/v1/webhooks/:id', scope: 'webhooks:write', mark: 'documented', inferred: 'the status of the answer; scope' },
	],
	fields: [webhookLocator],
	prepare(input) {
		return sendDelete(path`/v1/webhooks/${input.required('webhookId', uuid)}`);
	},
};

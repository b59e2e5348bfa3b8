import { path } from '../../../shared/http/request';
import { byLabel } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { requireChange, sendForRecord } from '../../records';
import { enabledEvents, isActive, webhookBindings, webhookDescription, webhookUrl, withoutSecret } from './webhookFields';

export const updateWebhook: Operation = {
	resource: 'webhook',
	value: 'update',
	name: 'Update',
	action: 'Update a webhook',
	description: 'Change the URL, events or description of a webhook, pause it, or reactivate it after OutboundSync has disabled it',
	endpoints: [endpoint('PATCH /webhooks/:id', { inferred: 'that the answer is the webhook' })],
	fields: [
		webhookLocator,
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: byLabel([enabledEvents, isActive, webhookDescription, webhookUrl]),
			description: 'What to change. Fields that are left empty stay as they are.',
		},
	],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		const body = requireChange(input, input.collection('updateFields', webhookBindings));
		return sendForRecord({ method: 'PATCH', path: path`/api/v1/webhooks/${id}`, body }, withoutSecret);
	},
};

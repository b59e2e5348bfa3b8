import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { sendForRecord } from '../../records';
import { withoutSecret } from './webhookFields';

export const testWebhook: Operation = {
	resource: 'webhook',
	value: 'test',
	name: 'Test',
	action: 'Send a test event to a webhook',
	description: 'Queue a test.ping event for a webhook and output the ID of the event',
	endpoints: [endpoint('POST /webhooks/:id/test')],
	fields: [webhookLocator],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		// A second ping does no harm, and outboundsync/skills advises to try again after a 502.
		return sendForRecord({ method: 'POST', path: path`/api/v1/webhooks/${id}/test`, repeatable: true }, withoutSecret);
	},
};

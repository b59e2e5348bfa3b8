import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookId } from '../../ids';
import { secretFields, sendForSecret } from './webhookFields';

export const rotateWebhookSecret: Operation = {
	resource: 'webhook',
	value: 'rotateSecret',
	name: 'Rotate Secret',
	action: 'Rotate the secret of a webhook',
	description: 'Give a webhook a new signing secret. The old one stops working at once: the receiver refuses deliveries until it knows the new one.',
	endpoints: [endpoint('POST /webhooks/:id/rotate-secret', { inferred: 'that the answer is the webhook with its secret, and its status' })],
	fields: [webhookLocator, ...secretFields],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		// Whichever secret comes last is valid: rotating once more is what there is to do after an answer that was
		// lost. But one that is still under way would then come last, and its secret is told to nobody.
		return sendForSecret(input, { method: 'POST', path: path`/api/v1/webhooks/${id}/rotate-secret`, repeatable: 'unlessLate' });
	},
};

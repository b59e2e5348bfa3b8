import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { webhookLocator } from '../../fields';
import { webhookDeliveryId, webhookId } from '../../ids';
import { sendForRecord } from '../../records';
import { withoutSecret } from './webhookFields';

export const replayWebhookDelivery: Operation = {
	resource: 'webhook',
	value: 'replay',
	name: 'Replay Delivery',
	action: 'Replay a delivery to a webhook',
	description: 'Send an event of sync monitoring to a webhook again',
	endpoints: [endpoint('POST /webhooks/:id/deliveries/:deliveryId/replay', { inferred: 'answer' })],
	fields: [
		webhookLocator,
		{
			displayName: 'Delivery ID',
			name: 'deliveryId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. oswhd_1a2b3c',
			description: 'ID of the delivery, from Get Many Deliveries',
		},
	],
	prepare(input) {
		const id = input.required('webhookId', webhookId);
		const deliveryId = input.required('deliveryId', webhookDeliveryId);
		return sendForRecord({ method: 'POST', path: path`/api/v1/webhooks/${id}/deliveries/${deliveryId}/replay` }, withoutSecret);
	},
};

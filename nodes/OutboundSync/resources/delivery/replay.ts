import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { destinationLocator } from '../../fields';
import { sendForRecord } from '../../records';

export const replayDelivery: Operation = {
	resource: 'delivery',
	value: 'replay',
	name: 'Replay',
	action: 'Replay a delivery to a destination',
	description: 'Queue a delivery to be sent to its destination again, whether it succeeded or failed',
	endpoints: [
		endpoint('POST /destinations/:id/deliveries/:deliveryId/replay', {
			published: 'that a delivery of any status can be replayed',
			inferred: 'status of the answer',
		}),
	],
	fields: [
		{ ...destinationLocator, required: true },
		{
			displayName: 'Delivery ID',
			name: 'deliveryId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 30001',
			description: 'ID of the delivery, from Get Many',
		},
	],
	prepare(input) {
		const id = input.required('destinationId', integerId);
		const deliveryId = input.required('deliveryId', integerId);
		return sendForRecord({ method: 'POST', path: path`/api/v1/destinations/${id}/deliveries/${deliveryId}/replay` });
	},
};

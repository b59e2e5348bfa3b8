import { listing } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readWhole } from '../../records';
import { withoutSecret } from './webhookFields';

export const getManyWebhooks: Operation = {
	resource: 'webhook',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'List the webhooks that receive events of sync monitoring',
	endpoints: [endpoint('GET /webhooks', { inferred: 'name of the list in the answer' })],
	fields: listing,
	prepare(input) {
		return readWhole(input, '/api/v1/webhooks', {}, withoutSecret);
	},
};

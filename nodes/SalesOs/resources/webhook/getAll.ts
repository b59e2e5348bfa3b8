import type { Operation } from '../../../shared/operation/operation';
import { listing } from '../../../shared/operation/listFields';
import { readList, without } from '../../records';

export const getManyWebhooks: Operation = {
	resource: 'webhook',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'List the webhooks of the account. The SalesOS Trigger node registers and removes its own.',
	endpoints: [
		{
			method: 'GET',
			path: '/v1/webhooks',
			scope: 'webhooks:read',
			mark: 'documented',
			inferred:
				'that it is paged like the other lists; that its fields are those of the body that creates one, without the secret; scope',
		},
	],
	fields: listing,
	prepare(input) {
		// Whether the API shows the secret again is unknown; execution data is no place for it.
		return readList(input, '/v1/webhooks', {}, without('secret'));
	},
};

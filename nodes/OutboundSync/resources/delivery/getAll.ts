import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { destinationLocator, ownerBindings, rangeFields } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';
import { deliveryStatus, deliveryStatusBinding } from './deliveryFields';

const { destinationId } = ownerBindings;

export const getManyDeliveries: Operation = {
	resource: 'delivery',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many deliveries to destinations',
	description: 'List the attempts to forward outreach events in a range of time, newest first: to all destinations, or to one with the filter Destination',
	endpoints: [
		endpoint('GET /deliveries', {
			published: 'that it is newest first, and destinationUrl',
			inferred: 'fields other than id, status and destinationUrl',
		}),
	],
	fields: [...rangeFields, ...listing, simplify, filtersWith(deliveryStatus, destinationLocator)],
	prepare(input, session) {
		return readRange(input, session, {
			path: '/api/v1/deliveries',
			query: input.query('filters', { destinationId, status: deliveryStatusBinding }),
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};

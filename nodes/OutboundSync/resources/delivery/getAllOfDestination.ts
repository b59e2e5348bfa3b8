import { path } from '../../../shared/http/request';
import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { destinationLocator, rangeFields } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';
import { deliveryStatus, deliveryStatusBinding } from './deliveryFields';

export const getManyDeliveriesOfDestination: Operation = {
	resource: 'delivery',
	value: 'getAllOfDestination',
	name: 'Get Many of a Destination',
	action: 'Get many deliveries to one destination',
	description: 'List the attempts to forward outreach events to one destination, newest first. Use this where the destination must be set.',
	endpoints: [
		endpoint('GET /destinations/:id/deliveries', {
			published: 'that it is newest first, and destinationUrl',
			inferred: 'fields other than id, status and destinationUrl',
		}),
	],
	fields: [{ ...destinationLocator, required: true }, ...rangeFields, ...listing, simplify, filtersWith(deliveryStatus)],
	prepare(input, session) {
		return readRange(input, session, {
			path: path`/api/v1/destinations/${input.required('destinationId', integerId)}/deliveries`,
			query: input.query('filters', { status: deliveryStatusBinding }),
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { destinationLocator, rangeFields } from '../../fields';
import { readMetrics } from '../../records';

export const getDeliveryMetrics: Operation = {
	resource: 'delivery',
	value: 'getMetrics',
	name: 'Get Metrics',
	action: 'Get metrics of deliveries to a destination',
	description: 'Count the deliveries to one destination that succeeded or failed in a range of time',
	endpoints: [endpoint('GET /destinations/:id/deliveries/metrics', { published: 'answer' })],
	fields: [{ ...destinationLocator, required: true }, ...rangeFields],
	prepare(input, session) {
		const id = input.required('destinationId', integerId);
		return readMetrics(input, session, path`/api/v1/destinations/${id}/deliveries/metrics`);
	},
};

import { filtersWith } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { ownerBindings, rangeFields, sourceLocator } from '../../fields';
import { readMetrics } from '../../records';

const { sourceId } = ownerBindings;

export const getRequestMetrics: Operation = {
	resource: 'request',
	value: 'getMetrics',
	name: 'Get Metrics',
	action: 'Get metrics of requests from sequencers',
	description: 'Count the requests that sequencers have sent to OutboundSync in a range of time',
	endpoints: [endpoint('GET /requests/metrics', { published: 'answer' })],
	fields: [...rangeFields, filtersWith(sourceLocator)],
	prepare(input, session) {
		return readMetrics(input, session, '/api/v1/requests/metrics', input.query('filters', { sourceId }));
	},
};

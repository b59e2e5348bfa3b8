import { filtersWith } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { connectionLocator, ownerBindings, rangeFields, sourceLocator } from '../../fields';
import { readMetrics } from '../../records';

const { connectionId, sourceId } = ownerBindings;

export const getSyncMetrics: Operation = {
	resource: 'sync',
	value: 'getMetrics',
	name: 'Get Metrics',
	action: 'Get metrics of syncs to CRMs',
	description: 'Count the syncs in a range of time by their status: success, warning or error',
	endpoints: [endpoint('GET /syncs/metrics', { published: 'answer' })],
	fields: [...rangeFields, filtersWith(connectionLocator, sourceLocator)],
	prepare(input, session) {
		return readMetrics(input, session, '/api/v1/syncs/metrics', input.query('filters', { connectionId, sourceId }));
	},
};

import type { Operation } from '../../../shared/operation/operation';
import { filtersWith } from '../../../shared/operation/listFields';
import { endpoint } from '../../access';
import { connectionLocator, ownerBindings, rangeFields, sourceLocator } from '../../fields';
import { readMetrics } from '../../records';

const { connectionId, sourceId } = ownerBindings;

export const getAccountMetrics: Operation = {
	resource: 'account',
	value: 'getMetrics',
	name: 'Get Metrics',
	action: 'Get metrics of the account',
	description: 'Count the requests, syncs and deliveries of the whole account in a range of time',
	endpoints: [endpoint('GET /account/metrics', { published: 'answer, and that sourceId filters requests and syncs only' })],
	fields: [
		...rangeFields,
		filtersWith(connectionLocator, {
			...sourceLocator,
			description: 'The source that a sequencer sends its events to. It filters requests and syncs, not deliveries.',
		}),
	],
	prepare(input, session) {
		return readMetrics(input, session, '/api/v1/account/metrics', input.query('filters', { connectionId, sourceId }));
	},
};

import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { ownerBindings, rangeFields, sourceLocator } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';

const { sourceId } = ownerBindings;

export const getManyRequests: Operation = {
	resource: 'request',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many requests from sequencers',
	description: 'List the requests that sequencers have sent to OutboundSync in a range of time, newest first: to all sources, or to one with the filter Source',
	endpoints: [endpoint('GET /requests', { published: 'that it is newest first', inferred: 'fields other than id' })],
	fields: [...rangeFields, ...listing, simplify, filtersWith(sourceLocator)],
	prepare(input, session) {
		return readRange(input, session, {
			path: '/api/v1/requests',
			query: input.query('filters', { sourceId }),
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};

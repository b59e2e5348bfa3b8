import { filtersWith, listing } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readPages, SMALL_PAGE } from '../../records';
import { eventFilterBindings, eventFilters } from './eventFields';

export const getManyEvents: Operation = {
	resource: 'event',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many events of sync monitoring',
	description: 'List the events of sync monitoring, such as syncs that began to fail, newest first',
	endpoints: [endpoint('GET /events', { published: 'that it is newest first, and that delivered means to one webhook at least' })],
	fields: [...listing, filtersWith(...eventFilters)],
	prepare(input) {
		const query = input.query('filters', eventFilterBindings);
		return readPages(input, { path: '/api/v1/events', query, maxPageSize: SMALL_PAGE });
	},
};

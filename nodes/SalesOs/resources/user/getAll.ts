import type { Operation } from '../../../shared/operation/operation';
import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import { readList, unchanged } from '../../records';
import { simplifiedUser, userFilterBindings, userFilters } from './userFields';

export const getManyUsers: Operation = {
	resource: 'user',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many users',
	description: 'List the users of the account, filtered by role, status or team',
	endpoints: [{ method: 'GET', path: '/v1/users', scope: 'users:read', mark: 'documented', inferred: 'which fields search looks in; scope' }],
	fields: [...listing, simplify, filtersWith(...userFilters)],
	prepare(input) {
		const query = input.query('filters', userFilterBindings);
		return readList(input, '/v1/users', query, input.flag('simplify') ? simplifiedUser : unchanged);
	},
};

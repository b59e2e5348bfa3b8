import type { Operation } from '../../../shared/operation/operation';
import { listing } from '../../../shared/operation/listFields';
import { readList } from '../../records';

export const getManyTeams: Operation = {
	resource: 'team',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many teams',
	description: 'List the teams of the account',
	endpoints: [
		{
			method: 'GET',
			path: '/v1/teams',
			scope: 'users:read',
			mark: 'documented',
			inferred: "that it is paged like the other lists; that its fields are those of a user's team; scope",
		},
	],
	fields: listing,
	prepare(input) {
		return readList(input, '/v1/teams', {});
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { userLocator } from '../../fields';
import { sendForRecord } from '../../records';

export const getUserStats: Operation = {
	resource: 'user',
	value: 'getStats',
	name: 'Get Stats',
	action: 'Get the sales figures of a user',
	description: 'Retrieve the performance figures of one user',
	endpoints: [
		{ method: 'GET', path: '/v1/users/:id/stats', scope: 'users:read', mark: 'documented', inferred: 'the figures, whose names are not published; scope' },
	],
	fields: [userLocator],
	prepare(input) {
		return sendForRecord({ method: 'GET', path: path`/v1/users/${input.required('userId', uuid)}/stats` });
	},
};

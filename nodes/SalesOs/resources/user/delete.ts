import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { userLocator } from '../../fields';
import { sendDelete } from '../../records';

export const deactivateUser: Operation = {
	resource: 'user',
	value: 'delete',
	name: 'Deactivate',
	action: 'Deactivate a user',
	description: 'Take away a user’s access. SalesOS keeps the user, with the status deactivated.',
	endpoints: [
		{ method: 'DELETE', path: '/v1/users/:id', scope: 'users:write', mark: 'documented', inferred: 'the status of the answer; scope' },
	],
	fields: [userLocator],
	prepare(input) {
		return sendDelete(path`/v1/users/${input.required('userId', uuid)}`);
	},
};

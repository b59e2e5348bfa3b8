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
	description: 'Deactivate a user. SalesOS keeps the user as deactivated, although the output is {"deleted": true}.',
	endpoints: [
		{ method: 'DELETE', path: '/v1/users/:id', scope: 'users:write', mark: 'documented', inferred: 'the status of the answer; scope' },
	],
	fields: [userLocator],
	prepare(input) {
		return sendDelete(path`/v1/users/${input.required('userId', uuid)}`);
	},
};

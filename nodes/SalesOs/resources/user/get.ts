import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { simplify } from '../../../shared/operation/listFields';
import { userLocator } from '../../fields';
import { sendForRecord, unchanged } from '../../records';
import { simplifiedUser } from './userFields';

export const getUser: Operation = {
	resource: 'user',
	value: 'get',
	name: 'Get',
	action: 'Get a user',
	description: 'Retrieve one user by ID',
	endpoints: [{ method: 'GET', path: '/v1/users/:id', scope: 'users:read', mark: 'documented', inferred: 'scope' }],
	fields: [userLocator, simplify],
	prepare(input) {
		const id = input.required('userId', uuid);
		return sendForRecord(
			{ method: 'GET', path: path`/v1/users/${id}` },
			input.flag('simplify') ? simplifiedUser : unchanged,
		);
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { updateFieldsWith, userLocator } from '../../fields';
import { requireChange, sendForRecord } from '../../records';
import { role, userBindings, userName, userTeam } from './userFields';

const { name, phone, role: roleBinding, teamId } = userBindings;

export const updateUser: Operation = {
	resource: 'user',
	value: 'update',
	name: 'Update',
	action: 'Update a user',
	description: 'Change fields of a user',
	endpoints: [
		{
			method: 'PATCH',
			path: '/v1/users/:id',
			scope: 'users:write',
			mark: 'documented',
			inferred: 'body: the names of the user object, with team_id; scope',
		},
	],
	fields: [
		userLocator,
		updateFieldsWith(
			userName,
			{ displayName: 'Phone', name: 'phone', type: 'string', default: '', placeholder: 'e.g. +55 11 91234-5678' },
			role,
			userTeam,
		),
	],
	prepare(input) {
		const id = input.required('userId', uuid);
		const body = requireChange(input, {
			...input.collection('updateFields', { name, phone, role: roleBinding, teamId }),
			...input.additionalBody('updateFields'),
		});
		return sendForRecord({ method: 'PATCH', path: path`/v1/users/${id}`, body });
	},
};

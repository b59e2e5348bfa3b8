import type { Operation } from '../../../shared/operation/operation';
import { email, text } from '../../../shared/operation/readers';
import { additionalFieldsWith } from '../../fields';
import { sendForRecord } from '../../records';
import { role, userBindings, userName, userRole, userTeam } from './userFields';

export const inviteUser: Operation = {
	resource: 'user',
	value: 'create',
	name: 'Invite',
	action: 'Invite a user by email',
	description: 'Create a user. SalesOS sends the person an invitation by email.',
	endpoints: [
		{ method: 'POST', path: '/v1/users', scope: 'users:write', mark: 'documented', inferred: 'that role is required; that the answer is the user, with 201; scope' },
	],
	fields: [
		{ ...userName, required: true },
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. name@example.com',
			description: 'Address that the invitation is sent to',
		},
		{ ...role, required: true },
		additionalFieldsWith(userTeam),
	],
	prepare(input) {
		const body = {
			name: input.required('name', text),
			email: input.required('email', email),
			role: input.required('role', userRole),
			...input.collection('additionalFields', { teamId: userBindings.teamId }),
			...input.additionalBody('additionalFields'),
		};
		return sendForRecord({ method: 'POST', path: '/v1/users', body });
	},
};

import type { Operation } from '../../../shared/operation/operation';
import { email, text } from '../../../shared/operation/readers';
import { additionalFieldsWith } from '../../fields';
import { createLeadOnce } from './createOnce';
import { importHint } from '../../importHint';
import { emailField, leadBindings, leadDetails, name } from './leadFields';

export const createLead: Operation = {
	resource: 'lead',
	value: 'create',
	name: 'Create',
	action: 'Create a lead',
	description: 'Add a lead. SalesOS may keep several leads with the same email: use Create or Update to avoid a second one.',
	endpoints: [
		{
			method: 'POST',
			path: '/v1/leads',
			scope: 'leads:write',
			mark: 'documented',
			inferred: 'body: the names of the lead object; name and email required; that the answer is the lead, with 201',
		},
		{
			method: 'GET',
			path: '/v1/leads',
			scope: 'leads:read',
			mark: 'documented',
			inferred: 'that sort takes created_at; called to find out an unknown outcome alone',
		},
	],
	hint: importHint,
	fields: [{ ...name, required: true }, { ...emailField, required: true }, additionalFieldsWith(...leadDetails)],
	prepare(input) {
		const body = {
			name: input.required('name', text),
			email: input.required('email', email),
			...input.collection('additionalFields', leadBindings),
			...input.additionalBody('additionalFields'),
		};
		return async (session) => [await createLeadOnce(session, body)];
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { leadLocator, updateFieldsWith } from '../../fields';
import { requireChange, sendForRecord } from '../../records';
import { emailField, leadBindings, leadDetails, name } from './leadFields';

export const updateLead: Operation = {
	resource: 'lead',
	value: 'update',
	name: 'Update',
	action: 'Update a lead',
	description: 'Change fields of a lead',
	endpoints: [
		{
			method: 'PATCH',
			path: '/v1/leads/:id',
			scope: 'leads:write',
			mark: 'documented',
			inferred: 'body: the names of the lead object',
		},
	],
	fields: [leadLocator, updateFieldsWith(name, emailField, ...leadDetails)],
	prepare(input) {
		const id = input.required('leadId', uuid);
		const body = requireChange(input, {
			...input.collection('updateFields', leadBindings),
			...input.additionalBody('updateFields'),
		});
		return sendForRecord({ method: 'PATCH', path: path`/v1/leads/${id}`, body });
	},
};

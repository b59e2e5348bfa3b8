import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { leadLocator } from '../../fields';
import { sendDelete } from '../../records';

export const deleteLead: Operation = {
	resource: 'lead',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a lead',
	description: 'Remove a lead',
	endpoints: [{ method: 'DELETE', path: '/v1/leads/:id', scope: 'leads:write', mark: 'documented' }],
	fields: [leadLocator],
	prepare(input) {
		return sendDelete(path`/v1/leads/${input.required('leadId', uuid)}`);
	},
};

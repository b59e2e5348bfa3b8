import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { dealLocator } from '../../fields';
import { sendDelete } from '../../records';

export const deleteDeal: Operation = {
	resource: 'deal',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a deal',
	description: 'Remove a deal',
	endpoints: [
		{ method: 'DELETE', path: '/v1/deals/:id', scope: 'deals:write', mark: 'documented', inferred: 'the status of the answer; scope' },
	],
	fields: [dealLocator],
	prepare(input) {
		return sendDelete(path`/v1/deals/${input.required('dealId', uuid)}`);
	},
};

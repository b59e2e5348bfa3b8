import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { dealLocator, stageLocator, updateFieldsWith } from '../../fields';
import { requireChange, sendForRecord } from '../../records';
import { stageIdOf } from '../../stages';
import { dealBindings, dealDetails, dealName } from './dealFields';

export const updateDeal: Operation = {
	resource: 'deal',
	value: 'update',
	name: 'Update',
	action: 'Update a deal',
	description: 'Change fields of a deal',
	endpoints: [
		{
			method: 'PATCH',
			path: '/v1/deals/:id',
			scope: 'deals:write',
			mark: 'documented',
			inferred: 'body: the names of the deal object, with stage_id; scope',
		},
	],
	fields: [dealLocator, updateFieldsWith(dealName, ...dealDetails, stageLocator)],
	async prepare(input, session) {
		const id = input.required('dealId', uuid);
		const stage = input.entry('updateFields', 'stageId');
		const body = requireChange(input, {
			...input.collection('updateFields', dealBindings),
			...(stage && { stage_id: await stageIdOf(stage, input, session) }),
			...input.additionalBody('updateFields'),
		});
		return sendForRecord({ method: 'PATCH', path: path`/v1/deals/${id}`, body });
	},
};

import type { Operation } from '../../../shared/operation/operation';
import { text } from '../../../shared/operation/readers';
import { additionalFieldsWith, stageLocator } from '../../fields';
import { sendForRecord } from '../../records';
import { stageIdOf } from '../../stages';
import { dealBindings, dealDetails, dealName } from './dealFields';

export const createDeal: Operation = {
	resource: 'deal',
	value: 'create',
	name: 'Create',
	action: 'Create a deal',
	description: 'Add a deal to the pipeline',
	endpoints: [
		{
			method: 'POST',
			path: '/v1/deals',
			scope: 'deals:write',
			mark: 'documented',
			inferred: 'body: the names of the deal object, with stage_id; that the answer is the deal, with 201; scope',
		},
	],
	fields: [{ ...dealName, required: true }, additionalFieldsWith(...dealDetails, stageLocator)],
	async prepare(input, session) {
		const stage = input.entry('additionalFields', 'stageId');
		const body = {
			name: input.required('name', text),
			...input.collection('additionalFields', dealBindings),
			...(stage && { stage_id: await stageIdOf(stage, input, session) }),
			...input.additionalBody('additionalFields'),
		};
		return sendForRecord({ method: 'POST', path: '/v1/deals', body });
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { text, uuid } from '../../../shared/operation/readers';
import { additionalFieldsWith, dealLocator, stageLocator } from '../../fields';
import { sendForRecord } from '../../records';
import { stageIdOf } from '../../stages';

export const moveDeal: Operation = {
	resource: 'deal',
	value: 'move',
	name: 'Move to Stage',
	action: 'Move a deal to another stage',
	description: 'Move a deal to another stage. Your SalesOS admins may require certain fields for a stage.',
	endpoints: [
		{
			method: 'POST',
			path: '/v1/deals/:id/move',
			scope: 'deals:write',
			mark: 'documented',
			inferred: 'body: stage_id; that the answer is the deal; scope',
		},
	],
	fields: [dealLocator, { ...stageLocator, required: true }, additionalFieldsWith()],
	async prepare(input, session) {
		const id = input.required('dealId', uuid);
		const stage = { mode: input.modeOf('stageId'), value: input.required('stageId', text) };
		const body = {
			stage_id: await stageIdOf(stage, input, session),
			...input.additionalBody('additionalFields'),
		};
		return sendForRecord({ method: 'POST', path: path`/v1/deals/${id}/move`, body });
	},
};

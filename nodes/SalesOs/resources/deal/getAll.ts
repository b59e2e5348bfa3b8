import type { Operation } from '../../../shared/operation/operation';
import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import { stageLocator } from '../../fields';
import { readList, unchanged } from '../../records';
import { stageIdOf } from '../../stages';
import { dealFilterBindings, dealFilters, simplifiedDeal } from './dealFields';

export const getManyDeals: Operation = {
	resource: 'deal',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many deals',
	description: 'List deals, filtered and sorted',
	endpoints: [
		{
			method: 'GET',
			path: '/v1/deals',
			scope: 'deals:read',
			mark: 'documented',
			inferred: 'that close_date_after and close_date_before are days; which fields search looks in',
		},
	],
	fields: [...listing, simplify, filtersWith(...dealFilters, { ...stageLocator, description: 'Only deals in this stage' })],
	async prepare(input, session) {
		const stage = input.entry('filters', 'stageId');
		const query = {
			...input.query('filters', dealFilterBindings),
			...(stage && { stage_id: await stageIdOf(stage, input, session) }),
		};
		return readList(input, '/v1/deals', query, input.flag('simplify') ? simplifiedDeal : unchanged);
	},
};

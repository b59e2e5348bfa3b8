import type { Operation } from '../../../shared/operation/operation';
import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import { readList, unchanged } from '../../records';
import { leadFilterBindings, leadFilters, simplifiedLead } from './leadFields';

export const getManyLeads: Operation = {
	resource: 'lead',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many leads',
	description: 'List leads, filtered and sorted',
	endpoints: [
		{
			method: 'GET',
			path: '/v1/leads',
			scope: 'leads:read',
			mark: 'documented',
			inferred:
				'which fields sort takes; whether the bounds of created_after and created_before count in; all of updated_after, which one page of the vendor names',
		},
	],
	fields: [...listing, simplify, filtersWith(...leadFilters)],
	prepare(input) {
		const query = input.query('filters', leadFilterBindings);
		return readList(input, '/v1/leads', query, input.flag('simplify') ? simplifiedLead : unchanged);
	},
};

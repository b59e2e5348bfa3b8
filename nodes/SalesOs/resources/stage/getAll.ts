import type { Operation } from '../../../shared/operation/operation';
import { listing } from '../../../shared/operation/listFields';
import { readList } from '../../records';

export const getManyStages: Operation = {
	resource: 'stage',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many stages',
	description: 'List the stages of the pipeline with their probabilities',
	endpoints: [
		{
			method: 'GET',
			path: '/v1/stages',
			scope: 'deals:read',
			mark: 'documented',
			inferred: "that it is paged like the other lists; that its fields are those of a deal's stage; scope",
		},
	],
	fields: listing,
	prepare(input) {
		return readList(input, '/v1/stages', {});
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { simplify } from '../../../shared/operation/listFields';
import { dealLocator } from '../../fields';
import { sendForRecord, unchanged } from '../../records';
import { simplifiedDeal } from './dealFields';

export const getDeal: Operation = {
	resource: 'deal',
	value: 'get',
	name: 'Get',
	action: 'Get a deal',
	description: 'Retrieve one deal by its ID',
	endpoints: [{ method: 'GET', path: '/v1/deals/:id', scope: 'deals:read', mark: 'documented' }],
	fields: [dealLocator, simplify],
	prepare(input) {
		const id = input.required('dealId', uuid);
		return sendForRecord(
			{ method: 'GET', path: path`/v1/deals/${id}` },
			input.flag('simplify') ? simplifiedDeal : unchanged,
		);
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { uuid } from '../../../shared/operation/readers';
import { simplify } from '../../../shared/operation/listFields';
import { leadLocator } from '../../fields';
import { sendForRecord, unchanged } from '../../records';
import { simplifiedLead } from './leadFields';

export const getLead: Operation = {
	resource: 'lead',
	value: 'get',
	name: 'Get',
	action: 'Get a lead',
	description: 'Retrieve one lead by its ID',
	endpoints: [{ method: 'GET', path: '/v1/leads/:id', scope: 'leads:read', mark: 'documented' }],
	fields: [leadLocator, simplify],
	prepare(input) {
		const id = input.required('leadId', uuid);
		return sendForRecord(
			{ method: 'GET', path: path`/v1/leads/${id}` },
			input.flag('simplify') ? simplifiedLead : unchanged,
		);
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { amount, date, text, uuid } from '../../../shared/operation/readers';
import { additionalFieldsWith, leadLocator, ownerLocator, stageLocator } from '../../fields';
import { sendForRecord } from '../../records';
import { stageIdOf } from '../../stages';
import { expectedCloseDate, value } from '../deal/dealFields';

export const convertLead: Operation = {
	resource: 'lead',
	value: 'convert',
	name: 'Convert to Deal',
	action: 'Convert a lead to a deal',
	description: 'Convert a lead to a deal in the pipeline',
	endpoints: [
		{
			method: 'POST',
			path: '/v1/leads/:id/convert',
			scope: 'leads:write',
			mark: 'documented',
			inferred: 'body: name, value, stage_id, owner_id, expected_close_date, all optional; that the answer is the deal, with 201',
		},
	],
	fields: [
		leadLocator,
		additionalFieldsWith(
			{
				displayName: 'Deal Name',
				name: 'name',
				type: 'string',
				default: '',
				placeholder: 'e.g. ACME, 50 seats',
				description: 'Name of the new deal',
			},
			expectedCloseDate,
			ownerLocator,
			stageLocator,
			value,
		),
	],
	async prepare(input, session) {
		const id = input.required('leadId', uuid);
		const stage = input.entry('additionalFields', 'stageId');
		const body = {
			...input.collection('additionalFields', {
				name: { to: 'name', read: text },
				expectedCloseDate: { to: 'expected_close_date', read: date },
				ownerId: { to: 'owner_id', read: uuid },
				value: { to: 'value', read: amount },
			}),
			...(stage && { stage_id: await stageIdOf(stage, input, session) }),
			...input.additionalBody('additionalFields'),
		};
		return sendForRecord({ method: 'POST', path: path`/v1/leads/${id}/convert`, body });
	},
};

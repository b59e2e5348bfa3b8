import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { amount, oneOf, text, uuid } from '../../../shared/operation/readers';
import { additionalFieldsWith, dealLocator } from '../../fields';
import { sendForRecord } from '../../records';
import { value } from './dealFields';

export const closeDeal: Operation = {
	resource: 'deal',
	value: 'close',
	name: 'Close',
	action: 'Close a deal as won or lost',
	description: 'Mark a deal as won or lost',
	endpoints: [
		{
			method: 'POST',
			path: '/v1/deals/:id/close',
			scope: 'deals:write',
			mark: 'documented',
			inferred: 'body: status, loss_reason when lost, value when won; that the answer is the deal; scope',
		},
	],
	fields: [
		dealLocator,
		{
			displayName: 'Outcome',
			name: 'outcome',
			type: 'options',
			options: [
				{ name: 'Lost', value: 'lost' },
				{ name: 'Won', value: 'won' },
			],
			default: 'won',
			description: 'How the deal ended',
		},
		{
			displayName: 'Loss Reason',
			name: 'lossReason',
			type: 'string',
			default: '',
			placeholder: 'e.g. Price',
			description: 'Why the deal was lost',
			displayOptions: { show: { outcome: ['lost'] } },
		},
		additionalFieldsWith({
			...value,
			description: 'Final amount of the deal, as a plain number without a currency',
			displayOptions: { show: { '/outcome': ['won'] } },
		}),
	],
	prepare(input) {
		const id = input.required('dealId', uuid);
		const outcome = input.required('outcome', oneOf('lost', 'won'));
		const lossReason = outcome === 'lost' ? input.optional('lossReason', text) : undefined;
		const body = {
			status: outcome,
			...(lossReason !== undefined && { loss_reason: lossReason }),
			...(outcome === 'won' && input.collection('additionalFields', { value: { to: 'value', read: amount } })),
			...input.additionalBody('additionalFields'),
		};
		return sendForRecord({ method: 'POST', path: path`/v1/deals/${id}/close`, body });
	},
};

import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { email, text } from '../../../shared/operation/readers';
import { additionalFieldsWith } from '../../fields';
import { recordOf } from '../../records';
import { createLeadLocked } from './createOnce';
import { findByEmail, oneByEmail } from './findByEmail';
import { emailField, leadBindings, leadDetails, name } from './leadFields';

export const upsertLead: Operation = {
	resource: 'lead',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a lead',
	description: 'Create a new lead, or update the current one if it already exists (upsert)',
	endpoints: [
		{ method: 'GET', path: '/v1/leads', scope: 'leads:read', mark: 'documented' },
		{ method: 'PATCH', path: '/v1/leads/:id', scope: 'leads:write', mark: 'documented', inferred: 'body: the names of the lead object' },
		{ method: 'POST', path: '/v1/leads', scope: 'leads:write', mark: 'documented', inferred: 'body: the names of the lead object; name and email required' },
	],
	fields: [
		{ ...emailField, required: true, description: 'The lead with this email is updated; if there is none, one is created' },
		{ ...name, required: true },
		additionalFieldsWith(...leadDetails),
	],
	prepare(input) {
		const address = input.required('email', email);
		const fields = {
			name: input.required('name', text),
			...input.collection('additionalFields', leadBindings),
			...input.additionalBody('additionalFields'),
		};
		return async (session) => [
			await session.lock.run(session.client.lockKey(address), async () => {
				const existing = oneByEmail(input, await findByEmail(session, address), address);
				if (existing === undefined) return await createLeadLocked(session, { email: address, ...fields });
				const answer = await session.client.send({
					method: 'PATCH',
					path: path`/v1/leads/${String(existing.id)}`,
					body: fields,
				});
				return recordOf(answer);
			}),
		];
	},
};

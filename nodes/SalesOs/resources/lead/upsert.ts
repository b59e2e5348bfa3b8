import type { IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http/request';
import type { ItemInput } from '../../../shared/operation/itemInput';
import type { Operation } from '../../../shared/operation/operation';
import { email, text } from '../../../shared/operation/readers';
import type { Session } from '../../../shared/operation/session';
import { additionalFieldsWith } from '../../fields';
import { recordOf, WRITTEN } from '../../records';
import { createLeadLocked } from './createOnce';
import { ExistingLeads, type BulkMatching } from './existingLeads';
import { oneByEmail } from './findByEmail';
import { importHint } from '../../importHint';
import { emailField, leadBindings, leadDetails, name } from './leadFields';
import { RECENT_LEAD_WRITES } from './recentWrites';
import { isUnchanged } from './unchanged';

/** What was done for an item, kept beside its record, which is the vendor's. */
type Deed = 'created' | 'unchanged' | 'updated';

const DEEDS = new WeakMap<IDataObject, Deed>();

const EXISTING_LEADS = new WeakMap<Session, ExistingLeads>();

export const upsertLead: Operation = {
	resource: 'lead',
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a lead by email',
	description: 'Create a new lead, or update the current one if it already exists (upsert)',
	endpoints: [
		{ method: 'GET', path: '/v1/leads', scope: 'leads:read', mark: 'documented', inferred: 'that sort takes created_at' },
		{ method: 'PATCH', path: '/v1/leads/:id', scope: 'leads:write', mark: 'documented', inferred: 'body: the names of the lead object' },
		{
			method: 'POST',
			path: '/v1/leads',
			scope: 'leads:write',
			mark: 'documented',
			inferred: 'body: the names of the lead object; name and email required; that the answer is the lead, with 201',
		},
	],
	fields: [
		{ ...emailField, required: true, description: 'The lead with this email is updated; if there is none, one is created' },
		{ ...name, required: true },
		additionalFieldsWith(...leadDetails),
	],
	hint: importHint,
	prepare(input, session) {
		const address = input.required('email', email);
		const fields = {
			name: input.required('name', text),
			...input.collection('additionalFields', leadBindings),
			...input.additionalBody('additionalFields'),
		};
		existingLeads(session).want(address);
		return async () => [await upsert(session, input, address, fields)];
	},
	report(session, { done, failedCount, postponedCount, unknownCount }) {
		if (session.options.addReportItem !== true) return undefined;
		const count = (deed: Deed) => done.filter((record) => DEEDS.get(record) === deed).length;
		return {
			report: {
				created: count('created'),
				updated: count('updated'),
				unchanged: count('unchanged'),
				refused: failedCount,
				unknown: unknownCount,
				postponed: postponedCount,
			},
		};
	},
};

function existingLeads(session: Session): ExistingLeads {
	const known = EXISTING_LEADS.get(session);
	if (known) return known;
	const leads = new ExistingLeads(session, (session.options.matchInBulk ?? 'automatic') as BulkMatching);
	EXISTING_LEADS.set(session, leads);
	return leads;
}

/** The lock of the email is taken before anything is awaited, so that items with the same email go in input order. */
async function upsert(session: Session, input: ItemInput, address: string, fields: IDataObject): Promise<IDataObject> {
	const lockKey = session.client.lockKey(address);
	return await session.lock.run(lockKey, async () => {
		const leads = existingLeads(session);
		const existing = oneByEmail(input, await leads.withEmail(address), address);
		if (existing && isUnchanged(existing, fields)) return withDeed('unchanged', existing);
		const lead = existing
			? // SalesOS may answer a write with nothing; then what was sent is what is known.
				{ ...existing, ...fields, ...(await update(session, existing.id, fields, lockKey)) }
			: await createLeadLocked(session, { email: address, ...fields });
		// The additional body fields may have changed the email too.
		if (!('email' in fields)) leads.settle(address, lead);
		return withDeed(existing ? 'updated' : 'created', lead);
	}, () => session.client.isCancelled());
}

async function update({ client }: Session, id: unknown, body: IDataObject, lockKey: string): Promise<IDataObject> {
	try {
		return recordOf(await client.send({ method: 'PATCH', path: path`/v1/leads/${String(id)}`, body, expects: WRITTEN }));
	} finally {
		RECENT_LEAD_WRITES.note(lockKey);
	}
}

/** A copy, because two items may be about the same lead. */
function withDeed(deed: Deed, lead: IDataObject): IDataObject {
	const record = { ...lead };
	DEEDS.set(record, deed);
	return record;
}

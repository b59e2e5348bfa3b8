import type { IDataObject } from 'n8n-workflow';

import { plainText } from '../../../shared/http/json';
import type { ItemInput } from '../../../shared/operation/itemInput';
import { Problem } from '../../../shared/operation/readers';
import type { Session } from '../../../shared/operation/session';
import { listRecords } from '../../records';

/**
 * All leads with exactly this email. The documented `search` filter also looks in name and
 * company and matches parts, so the answer is compared once more; case does not count.
 */
export async function findByEmail(session: Pick<Session, 'client'>, email: string): Promise<IDataObject[]> {
	const found = await listRecords(session, '/v1/leads', { search: email, sort: 'created_at' }, Infinity);
	return found.filter((lead) => sameEmail(lead.email, email));
}

export function sameEmail(one: unknown, other: unknown): boolean {
	return plainText(one).toLowerCase() === plainText(other).toLowerCase();
}

/** @throws NodeOperationError when several leads have the email: which one is meant is not ours to guess */
export function oneByEmail(input: ItemInput, leads: readonly IDataObject[], email: string): IDataObject | undefined {
	if (leads.length < 2) return leads[0];
	const ids = leads.map(({ id }) => plainText(id)).join(', ');
	return input.fail(
		'email',
		new Problem(
			`belongs to ${leads.length} leads: ${email}`,
			`Update the right one by its ID, or remove the others first. The leads are ${ids}.`,
		),
	);
}

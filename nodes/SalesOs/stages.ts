import type { IDataObject } from 'n8n-workflow';

import { plainText } from '../shared/http/json';
import type { ItemInput } from '../shared/operation/itemInput';
import { Problem, text, uuid } from '../shared/operation/readers';
import type { Session } from '../shared/operation/session';
import { listRecords } from './records';

/** All stages; documented as `GET /v1/stages`. Accounts have a handful, so they are read once. */
export async function loadStages(session: Pick<Session, 'client' | 'once'>): Promise<IDataObject[]> {
	return await session.once('stages', async () => await listRecords(session, '/v1/stages', {}, Infinity));
}

/**
 * The ID of the stage that a resource locator names.
 * @param found the locator's mode and value
 * @throws NodeOperationError when no stage, or more than one, has the given name
 */
export async function stageIdOf(
	found: { readonly mode?: string; readonly value: unknown },
	input: ItemInput,
	session: Session,
): Promise<string> {
	const entered = text(found.value);
	if (entered instanceof Problem) return input.fail('stageId', entered);
	if (found.mode !== 'name') {
		const id = uuid(entered);
		return id instanceof Problem ? input.fail('stageId', id) : id;
	}
	const stages = await loadStages(session);
	const wanted = entered.toLocaleLowerCase();
	const matches = stages.filter(({ name }) => plainText(name).toLocaleLowerCase() === wanted);
	if (matches.length === 1) return plainText(matches[0].id);
	const names = stages.map(({ name }) => plainText(name)).join(', ');
	return input.fail(
		'stageId',
		matches.length === 0
			? new Problem(`is unknown: "${entered}"`, `The stages of this account are: ${names}.`)
			: new Problem(`is ambiguous: ${matches.length} stages are named "${entered}"`, 'Choose the stage from the list or by its ID.'),
	);
}

import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { plainText } from '../../shared/http/json';
import { path } from '../../shared/http/request';
import type { HookApi, HookFields } from '../../shared/webhook/hookKeeper';
import type { Hook } from '../../shared/webhook/lifecycle';
import { removeHook, settled } from '../../shared/webhook/trigger';
import { listRecords, recordOf } from '../records';

/** Far above what an account needs; a person or n8n's start waits while the list is read. */
const MOST_HOOKS = 1_000;

/**
 * SalesOS's webhook endpoints: POST, GET, PATCH and DELETE on `/v1/webhooks` (documented), with a
 * secret that the caller chooses.
 */
export function salesOsHookApi(client: ApiClient, secret: string): HookApi {
	const body = ({ description, events, url }: HookFields): IDataObject => ({
		url,
		events: [...events],
		description,
		secret,
		active: true,
	});
	return {
		async list() {
			const hooks = await listRecords({ client }, '/v1/webhooks', {}, MOST_HOOKS);
			if (hooks.length === MOST_HOOKS) {
				// Ours may stand behind them, and another one would be registered each time.
				throw new Error(`SalesOS lists ${MOST_HOOKS} webhooks or more, too many to find this trigger's among them. Remove those that are no longer needed.`);
			}
			return hooks.map(hookOf);
		},
		async create(fields) {
			const result = await client.trySend({ method: 'POST', path: '/v1/webhooks', body: body(fields) });
			if (result.ok) {
				const { id } = recordOf(result.answer);
				// An answer that cannot be read: the list tells.
				return typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : undefined;
			}
			if (result.failure.kind === 'unknown') return await settled(client, result.failure);
			throw client.errorFor(result.failure);
		},
		async update(id, fields) {
			// Sets every field, so that repeating it ends in the same state.
			await client.send({ method: 'PATCH', path: path`/v1/webhooks/${id}`, body: body(fields), repeatable: true });
		},
		async remove(id) {
			await removeHook(client, path`/v1/webhooks/${id}`);
		},
	};
}

function hookOf({ active, description, events, id, url }: IDataObject): Hook {
	return {
		id: plainText(id),
		url: plainText(url),
		events: Array.isArray(events) ? events.map(plainText) : [],
		active: active !== false,
		description: typeof description === 'string' ? description : undefined,
	};
}

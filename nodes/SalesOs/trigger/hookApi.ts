import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { plainText } from '../../shared/http/json';
import { path } from '../../shared/http/request';
import type { HookApi, HookFields } from '../../shared/webhook/hookKeeper';
import type { Hook } from '../../shared/webhook/lifecycle';
import { removeHook } from '../../shared/webhook/trigger';
import { listRecords, recordOf } from '../records';

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
			return (await listRecords({ client }, '/v1/webhooks', {}, Infinity)).map(hookOf);
		},
		async create(fields) {
			const result = await client.trySend({ method: 'POST', path: '/v1/webhooks', body: body(fields) });
			if (result.ok) {
				const { id } = recordOf(result.answer);
				// An answer that cannot be read: the list tells.
				return typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : undefined;
			}
			if (result.failure.kind === 'unknown') return undefined;
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

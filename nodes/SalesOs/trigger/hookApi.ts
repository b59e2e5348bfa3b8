import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { path } from '../../shared/http/request';
import type { HookApi, HookFields } from '../../shared/webhook/hookKeeper';
import type { Hook } from '../../shared/webhook/lifecycle';
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
			if (result.ok) return { id: String(recordOf(result.answer).id) };
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

/** A 404 means that it is gone already. @throws NodeApiError that names the webhook left behind */
export async function removeHook(client: ApiClient, hookPath: string): Promise<void> {
	const result = await client.trySend({ method: 'DELETE', path: hookPath });
	if (result.ok || result.failure.status === 404) return;
	const { failure } = result;
	throw client.errorFor({
		...failure,
		advice: `The webhook is still registered: remove it by hand (${hookPath}). ${failure.advice ?? ''}`.trim(),
	});
}

function hookOf({ active, description, events, id, url }: IDataObject): Hook {
	return {
		id: String(id),
		url: String(url),
		events: Array.isArray(events) ? events.map(String) : [],
		active: active !== false,
		description: typeof description === 'string' ? description : undefined,
	};
}

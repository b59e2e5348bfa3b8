import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { plainText } from '../../shared/http/json';
import { path } from '../../shared/http/request';
import { isRecord } from '../../shared/http/retryHint';
import type { HookApi, HookFields } from '../../shared/webhook/hookKeeper';
import type { Hook } from '../../shared/webhook/lifecycle';
import { removeHook, settled } from '../../shared/webhook/trigger';
import { wholeList } from '../records';

const WEBHOOKS = '/api/v1/webhooks';

/**
 * OutboundSync's platform webhooks: POST, GET, PATCH and DELETE on `/webhooks` and
 * `/webhooks/:id/rotate-secret` (documented). The vendor chooses the secret and tells it once.
 */
export function outboundSyncHookApi(client: ApiClient): HookApi {
	return {
		async list() {
			return (await wholeList(client, WEBHOOKS)).map(hookOf);
		},
		async create(fields) {
			const result = await client.trySend({ method: 'POST', path: WEBHOOKS, body: body(fields) });
			if (result.ok) {
				const { id, secret } = isRecord(result.answer.body) ? result.answer.body : {};
				// Without its secret it is found in the list, and gets a new one.
				return typeof secret === 'string' && secret !== '' ? { id: plainText(id), secret } : undefined;
			}
			if (result.failure.kind === 'unknown') return await settled(client, result.failure);
			throw client.errorFor(result.failure);
		},
		async update(id, fields) {
			// Documented: `isActive: true` also ends an automatic deactivation.
			const change = { ...body(fields), isActive: true };
			await client.send({ method: 'PATCH', path: path`/api/v1/webhooks/${id}`, body: change, repeatable: true });
		},
		async rotateSecret(id) {
			// Whichever secret comes last is valid, so rotating twice does no harm unless the first is still under way.
			const request = { method: 'POST', path: path`/api/v1/webhooks/${id}/rotate-secret`, repeatable: 'unlessLate' } as const;
			const first = await client.trySend(request);
			if (!first.ok && first.failure.kind !== 'unknown') throw client.errorFor(first.failure);
			if (!first.ok) await settled(client, first.failure);
			const { body: answer } = first.ok ? first.answer : await client.send(request);
			if (isRecord(answer) && typeof answer.secret === 'string' && answer.secret !== '') return answer.secret;
			throw new Error('OutboundSync rotated the secret of the webhook and did not tell the new one');
		},
		async remove(id) {
			await removeHook(client, path`/api/v1/webhooks/${id}`);
		},
	};
}

function body({ description, events, url }: HookFields): IDataObject {
	return { url, description, enabledEvents: [...events] };
}

function hookOf({ autoDisabledAt, description, enabledEvents, id, isActive, url }: IDataObject): Hook {
	return {
		id: plainText(id),
		url: plainText(url),
		events: Array.isArray(enabledEvents) ? enabledEvents.map(plainText) : [],
		active: isActive !== false && (autoDisabledAt ?? null) === null,
		description: typeof description === 'string' ? description : undefined,
	};
}

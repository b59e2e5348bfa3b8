import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../shared/http/request';
import { isRecord } from '../shared/http/retryHint';
import type { Task } from '../shared/operation/operation';

/** A task that sends one request whose answer is the record itself. */
export function sendForBody(request: ApiRequest): Task {
	return async ({ client }) => {
		const { body } = await client.send(request);
		return [isRecord(body) ? (body as IDataObject) : {}];
	};
}

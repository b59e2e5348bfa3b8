import type { IHttpRequestOptions } from 'n8n-workflow';

import { removeHook, triggerClient } from '../../../nodes/shared/webhook/trigger';
import { OWN_SERVICE } from '../operation/ownNode';

/** A client in a context of n8n that answers as a test tells it to. */
function clientFor(answer: (options: IHttpRequestOptions) => unknown) {
	const sent: IHttpRequestOptions[] = [];
	const context = {
		getNode: () => ({ id: 'n', name: 'Own Trigger', type: 'own', typeVersion: 1, position: [0, 0], parameters: {} }),
		helpers: {
			async httpRequestWithAuthentication(_credential: string, options: IHttpRequestOptions) {
				sent.push(options);
				return await Promise.resolve(answer(options));
			},
		},
	};
	const client = triggerClient(context, OWN_SERVICE, { credentialType: 'ownApi', baseUrl: 'https://api.example.com', accountDigest: 'own' });
	return { client, sent };
}

/** As n8n throws what the server refuses. */
function refuse(status: number, message: string): never {
	throw Object.assign(new Error('refused'), { cause: { response: { status, headers: {}, data: JSON.stringify({ message }) } } });
}

describe('removing a webhook', () => {
	it('is one request', async () => {
		const { client, sent } = clientFor(() => ({ statusCode: 204, headers: {}, body: '' }));
		await removeHook(client, '/webhooks/7');
		expect(sent).toMatchObject([{ method: 'DELETE', url: 'https://api.example.com/webhooks/7' }]);
	});

	it('is done where the webhook is gone already', async () => {
		const { client } = clientFor(() => refuse(404, 'no such webhook'));
		await expect(removeHook(client, '/webhooks/7')).resolves.toBeUndefined();
	});

	it('that fails names the webhook left behind', async () => {
		const { client } = clientFor(() => refuse(403, 'not yours'));
		await expect(removeHook(client, '/webhooks/7')).rejects.toMatchObject({
			name: 'NodeApiError',
			message: 'The webhook /webhooks/7 could not be removed and is still registered: Own refused the request: not yours',
		});
	});
});

it('a trigger waits half a minute for an answer', async () => {
	const { client, sent } = clientFor(() => ({ statusCode: 200, headers: {}, body: '{}' }));
	await client.send({ method: 'GET', path: '/webhooks' });
	expect(sent[0].timeout).toBe(30_000);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { answerDelivery } from '../../../nodes/shared/webhook/respond';

it.each([
	['accepted', 200, { received: true }],
	['postponed', 503, { error: 'Service Unavailable' }],
	['refused', 401, { error: 'Unauthorized' }],
] as const)('%s is answered over HTTP with %d and a short body', async (answer, status, body) => {
	const told: unknown[] = [];
	const server = createServer((_, response) => told.push(answerDelivery(response, answer)));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const { port } = server.address() as AddressInfo;
		const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' });
		expect(response.status).toBe(status);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toEqual(body);
		// n8n answers by itself unless it is told that it has been done.
		expect(told).toEqual([{ noWebhookResponse: true }]);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});

import { gzipSync } from 'node:zlib';

import { HostileBench, secretsIn, type Sender } from '../faults/hostile/bench';
import { allTextOf } from '../support/allTextOf';
import { startHostileServer, type Behaviour, type HostileServer } from '../support/hostileServer';

/** What was sent is known from the error that n8n throws, which is another one on each line of n8n. */

let bench: HostileBench;
let server: HostileServer;
beforeAll(async () => {
	bench = await HostileBench.start();
	server = await startHostileServer('');
});
afterAll(async () => {
	await server.stop();
	await bench.stop();
});

const REQUEST = { resource: 'apiRequest', operation: 'request', method: 'GET', path: '/v1/leads', options: { maxRetries: 0 } };

function echo(status: number, encoding: 'gzip' | 'identity', what: (authorization: string) => string): Behaviour {
	return (request, response) => {
		const said = `You sent ${what(request.headers.authorization ?? '')}`;
		const body = JSON.stringify({ error: { message: said }, message: said });
		response
			.writeHead(status, { 'content-type': 'application/json', 'content-encoding': encoding })
			.end(encoding === 'gzip' ? gzipSync(body) : body);
	};
}

describe.each<Sender>(['salesOs', 'salesOsSigned', 'outboundSync'])('%s', (sender) => {
	it.each([400, 401, 500])('hides every part of the header that a refusal of status %d repeats', async (status) => {
		server.behave(echo(status, 'identity', (sent) => `${sent} or ${sent.split(' ')[1]}`));
		const { error, raw } = await bench.run(sender, server.origin, REQUEST);
		expect(error?.message).toMatch(/refused the request: You sent .*\[hidden\] or \[hidden\]/);
		expect(secretsIn(allTextOf(error))).toEqual([]);
		expect(secretsIn(allTextOf(raw.data.resultData))).toEqual([]);
	});

	it('hides the whole header that a packed refusal repeats', async () => {
		server.behave(echo(400, 'gzip', (sent) => sent));
		const { error, raw } = await bench.run(sender, server.origin, REQUEST);
		expect(error?.message).toMatch(/refused the request: You sent .*\[hidden\]|status 400/);
		expect(secretsIn(allTextOf(error))).toEqual([]);
		expect(secretsIn(allTextOf(raw.data.resultData))).toEqual([]);
	});
});

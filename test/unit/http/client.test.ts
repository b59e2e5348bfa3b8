import { ApiClient, type SendContext } from '../../../nodes/shared/http/client';
import type { ApiRequest } from '../../../nodes/shared/http/request';
import { RunReport } from '../../../nodes/shared/http/runReport';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from './virtualClock';

const REQUEST: ApiRequest = { method: 'GET', path: '/v1/leads' };

/** A client whose requests end as the given function does. */
function clientOver(clock: VirtualClock, exchange: () => Promise<unknown>): ApiClient {
	const context: SendContext = {
		getNode: () => ({ id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} }),
		helpers: { httpRequestWithAuthentication: async () => await exchange() },
	};
	return new ApiClient(context, {
		service: {
			name: 'Tested',
			maxRequestBytes: 1_000_000,
			quotasFor: () => [
				{ key: 'plan', label: 'the plan', limit: 100, windowMs: 60_000, followsHeaders: true, followsUser: true },
			],
			isAbout: () => true,
			readError: () => ({ details: [] }),
			advise: () => undefined,
		},
		connection: { credentialType: 'test', baseUrl: 'https://api.example.com', accountDigest: 'account' },
		settings: { wish: { share: 1, maxConcurrency: 4 }, maxRetries: 0, maxWaitMs: 300_000, timeoutMs: 60_000 },
		report: new RunReport(clock),
		clock,
		turns: new TurnKeeper(clock),
	});
}

/** An error that cannot even be looked at. */
function untouchableError(): unknown {
	return new Proxy({}, {
		get: () => {
			throw new Error('Do not touch');
		},
	});
}

describe('the client', () => {
	it('gives its turn back when a request ends in something that cannot be read', async () => {
		const clock = new VirtualClock();
		let isBroken = true;
		const client = clientOver(clock, async () => {
			await clock.sleep(10);
			if (isBroken) throw untouchableError();
			return { statusCode: 200, headers: {}, body: '{}' };
		});
		// A quota begins with one request at a time: one turn that is never ended would be the last.
		await expect(clock.run(client.trySend(REQUEST), 1000)).rejects.toThrow('Do not touch');
		isBroken = false;
		await expect(clock.run(client.trySend(REQUEST), 1000)).resolves.toMatchObject({ ok: true });
	});
});

import { startBench, type TestBench } from '../support/bench';

/** The pipeline must read an error the same way on both lines of n8n, which throw it differently. */
describe('what n8n throws', () => {
	let bench: TestBench;
	beforeAll(async () => {
		bench = await startBench();
	});
	afterAll(async () => await bench.stop());

	const getLead = { resource: 'lead', operation: 'get', leadId: '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93' };

	test('a 404 is sent once and told with its status, text and request ID', async () => {
		const { error } = await bench.salesOs(getLead);
		expect(error?.httpCode).toBe('404');
		expect(error?.message).toMatch(/^SalesOS refused the request: /);
		expect(error?.description).toMatch(/request ID \S+/);
		expect(bench.sandbox.journal.count({ vendor: 'salesOs', path: '/v1/leads/:id' })).toBe(1);
	});

	test('a 429 waits as long as Retry-After says', async () => {
		bench.sandbox.faults.add({
			vendor: 'salesOs',
			method: 'GET',
			kind: 'tooManyRequests',
			retryAfter: 'seconds',
			retryAfterSeconds: 2,
		});
		bench.sandbox.journal.clear();
		const { error } = await bench.salesOs({ resource: 'stage', operation: 'getAll' });
		expect(error).toBeUndefined();
		const [refused, served] = bench.sandbox.journal.list({ vendor: 'salesOs' });
		expect(refused.status).toBe(429);
		expect(served.at - refused.at).toBeGreaterThanOrEqual(2_000);
	});

	test('a connection that breaks off is told from one that was never made', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/deals', kind: 'resetBeforeWork' });
		const broken = await bench.salesOs({ resource: 'deal', operation: 'create', name: 'A deal' });
		expect(broken.error?.message).toMatch(/^It is not known whether SalesOS carried out the request: the connection broke off/);
		expect(bench.sandbox.journal.count({ vendor: 'salesOs', method: 'POST', path: '/v1/deals' })).toBe(1);

		await bench.stop();
		const refused = await bench.salesOs({ resource: 'deal', operation: 'create', name: 'A deal', options: { maxRetries: 1 } });
		expect(refused.error?.message).toBe('SalesOS could not be reached: the server refuses connections');
		bench = await startBench();
	}, 30_000);
});

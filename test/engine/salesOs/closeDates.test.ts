import { startBench, type TestBench } from '../../support/bench';
import { jsonOf, requests } from './support';

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());

describe('filters by close date', () => {
	it('are days, so that a deal of that day is found whatever the time zone', async () => {
		const { addDeal } = bench.sandbox.salesOs;
		for (const day of ['2027-03-30', '2027-03-31', '2027-04-01']) addDeal({ name: day, expected_close_date: day });
		const { error, items } = await bench.salesOs({
			resource: 'deal',
			operation: 'getAll',
			filters: { closeDateAfter: '2027-03-31T09:00:00-03:00', closeDateBefore: '2027-03-31T00:00:00' },
		});
		expect(error).toBeUndefined();
		expect(jsonOf(items).map(({ name }) => name)).toEqual(['2027-03-31']);
		expect(requests(bench.sandbox, 'GET', '/v1/deals')[0].query).toMatchObject({
			close_date_after: '2027-03-31',
			close_date_before: '2027-03-31',
		});
	});
});

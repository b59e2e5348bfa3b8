import { startBench, type TestBench } from '../../support/bench';

let bench: TestBench;
beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());

test('checking thousands of items leaves the thread to others in between', async () => {
	const items = Array.from({ length: 4_000 }, (_, index) => ({ index, email: `person${index}@example.com` }));
	// The last item is wrong, so that all are checked and nothing is sent.
	items[items.length - 1].email = 'nobody';
	let turnsOfOthers = 0;
	const others = setInterval(() => (turnsOfOthers += 1), 1);
	const startMs = Date.now();
	const { error } = await bench.salesOs(
		{ resource: 'lead', operation: 'create', name: '={{ "Person " + $json.index }}', email: '={{ $json.email }}' },
		{ items },
	);
	const elapsedMs = Date.now() - startMs;
	clearInterval(others);
	expect(error?.message).toBe('Email is not an email address: "nobody"');
	// One turn for every stretch of 50 ms, and some for a slow machine.
	expect(turnsOfOthers).toBeGreaterThan(elapsedMs / 50 / 4);
}, 60_000);

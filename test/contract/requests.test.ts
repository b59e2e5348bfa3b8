import { startContractBench, type ContractBench } from './contractBench';
import { NODES } from './examples';
import { nameOf, parametersOf } from './examples/example';
import { CONTRACTS } from './openApi';

let bench: ContractBench;

beforeAll(async () => {
	bench = await startContractBench();
});
afterEach(async () => await bench.disconnect());
afterAll(async () => await bench.stop());

describe.each(NODES)('$folder', ({ examples, operations, vendor }) => {
	it('has an example of every operation and of nothing else', () => {
		expect(Object.keys(examples(bench.sandbox)).sort()).toEqual(operations.map(nameOf).sort());
	});

	describe.each(operations.map((operation) => ({ operation, name: nameOf(operation) })))('$name', ({ name, operation }) => {
		const authentications = vendor === 'salesOs' ? (['oAuth2', 'signedApiKey'] as const) : (['oAuth2'] as const);

		it.each(authentications)('keeps to the contract in both directions (%s)', async (authentication) => {
			const wire = await bench.connect(vendor, authentication);
			const calls = operation.endpoints.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
			for (let at = 0; at < examples(bench.sandbox)[name].length; at += 1) {
				// Anew each time: one example may use up what the next one needs.
				const example = examples(bench.sandbox)[name][at];
				example.prepare?.();
				const { error } = await wire.run(parametersOf(operation, example), { items: example.items });
				expect(error).toBeUndefined();
			}
			expect(wire.proxy.problems()).toEqual([]);
			const called = wire.proxy.exchanges.map((exchange) => `${exchange.method} ${exchange.operation?.path}`);
			// What a node says that it calls, it calls. An API request calls whatever its user wants.
			expect(called).toEqual(expect.arrayContaining(calls));
			expect(called.length).toBeGreaterThan(0);
		});
	});

	it.each(operations.map((operation) => ({ operation, name: nameOf(operation) })))(
		'$name is marked and scoped as the contract has it',
		({ operation }) => {
			for (const { inferred, mark, method, path, published, scope } of operation.endpoints) {
				const template = path.replace(/:(\w+)/g, '{$1}');
				const described = CONTRACTS[vendor].operations.find((one) => one.method === method && one.path === template);
				expect(described).toMatchObject({ mark, scope });
				if (described?.scopeMark !== 'documented') expect(inferred).toMatch(/scope/);
				// SalesOS' bodies are all inferred, and each of its operations says which of them it has.
				if (vendor === 'outboundSync') {
					expect({ inferred, published }).toEqual({ inferred: described?.node['x-inferred'], published: described?.node['x-published'] });
				}
			}
		},
	);
});

import type { Endpoint } from '../../nodes/shared/operation/operation';
import { startContractBench, type ContractBench } from './contractBench';
import { NODES } from './examples';
import { nameOf, parametersOf } from './examples/example';
import { CONTRACTS, type Described, type VendorName } from './openApi';

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
			for (const endpoint of operation.endpoints) {
				const { inferred, mark, published, scope } = endpoint;
				const described = descriptionOf(vendor, endpoint);
				expect(described).toMatchObject({ mark, scope });
				// Of a list in which a write looks something up, it uses few of the parameters.
				const isLookUp = endpoint.method === 'GET' && operation.endpoints.length > 1;
				if (!isLookUp) expect(factsOf(vendor, described)).toContainEqual({ inferred, published });
			}
		},
	);

	it('lets one operation at least say each of the facts', () => {
		const own = operations.flatMap(({ endpoints }) => endpoints);
		const said = own.map(({ inferred }) => inferred);
		const facts = own.flatMap((endpoint) => factsOf(vendor, descriptionOf(vendor, endpoint))).map(({ inferred }) => inferred);
		expect(facts.filter((fact) => !said.includes(fact))).toEqual([]);
	});
});

interface Facts {
	readonly inferred: string | undefined;
	readonly published: string | undefined;
}

function descriptionOf(vendor: VendorName, { method, path }: Endpoint): Described {
	const template = path.replace(/:(\w+)/g, '{$1}');
	const described = CONTRACTS[vendor].operations.find((one) => one.method === method && one.path === template);
	if (described === undefined) throw new Error(`${method} ${path} is not in the contract`);
	return described;
}

/** What an operation may say of where a call is known from: one text, or one for each body that the call takes. */
function factsOf(vendor: VendorName, { node, scopeMark }: Described): Facts[] {
	const ofBodies = CONTRACTS[vendor].bodies(node).map((body) => body['x-inferred']);
	const scope = scopeMark === 'documented' ? undefined : 'scope';
	return ofBodies.map((ofBody) => {
		const inferred = [ofBody, node['x-inferred'], scope].filter((fact) => fact !== undefined).join('; ');
		return { inferred: inferred === '' ? undefined : inferred, published: node['x-published'] as string | undefined };
	});
}

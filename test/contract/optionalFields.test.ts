import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';

import { startContractBench, type ContractBench } from './contractBench';
import { NODES } from './examples';
import { nameOf, parametersOf, type Example } from './examples/example';
import { optionalParameters } from './optionalFields';

/** So few that no connection meets a quota of its node, which is 120 requests a minute at the least. */
const RUNS = 25;
const RUNS_OF_A_CONNECTION = 20;

let bench: ContractBench;

beforeAll(async () => {
	bench = await startContractBench();
});
afterEach(async () => await bench.disconnect());
afterAll(async () => await bench.stop());

/** What an example must give: its required fields. */
function bare({ parameters }: Example, names: ReadonlySet<string>): INodeParameters {
	return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.has(name)));
}

describe.each(NODES)('$folder', ({ examples, operations, vendor }) => {
	const varied = operations.flatMap((operation) => {
		// What a user makes up altogether has no fields to vary.
		if (operation.resource === 'apiRequest') return [];
		const optional = new Set(operation.fields.filter(({ required }) => required !== true).map(({ name }) => name));
		const arbitrary = optionalParameters(operation.fields);
		return arbitrary ? [{ name: nameOf(operation), operation, optional, arbitrary }] : [];
	});

	it.each(varied)('$name keeps to the contract with any of its optional fields', async ({ arbitrary, name, operation, optional }) => {
		let wire = await bench.connect(vendor);
		let runs = 0;
		let sent = 0;
		await fc.assert(
			fc.asyncProperty(arbitrary, async (parameters) => {
				runs += 1;
				if (runs % RUNS_OF_A_CONNECTION === 0) wire = await bench.connect(vendor);
				const [example] = examples(bench.sandbox)[name];
				const own = { ...bare(example, optional), ...parameters };
				const before = wire.proxy.exchanges.length;
				const { error } = await wire.run(parametersOf(operation, { parameters: own }), { items: example.items });
				// A check of the node may refuse a combination, and then nothing is written.
				const exchanges = wire.proxy.exchanges.slice(before);
				if (error) {
					expect(error.message).toMatch(REFUSALS);
					expect(exchanges.filter(({ method }) => method !== 'GET')).toEqual([]);
				} else {
					sent += 1;
				}
				expect(exchanges.flatMap(({ answerProblems, requestProblems }) => [...requestProblems, ...answerProblems])).toEqual([]);
				expect(exchanges.filter(({ status }) => status >= 400)).toEqual([]);
			}),
			{ numRuns: RUNS },
		);
		expect(sent).toBeGreaterThan(RUNS / 2);
	});
});

/** What the nodes refuse before they send: nothing to change, and nobody to look up. */
const REFUSALS = /has nothing to change|is empty, and so is Profile URLs/;

import Ajv2020 from 'ajv/dist/2020';
import { loadOutputSchema, PackageDirectoryLoader } from 'n8n-core';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { startContractBench, type ContractBench } from '../contractBench';
import { NODES } from '../examples';
import { runExamples, schemaFiles, type OperationOutputs } from './outputs';
import { fieldTypesIn, schemaOf, type OutputSchema } from './outputSchema';

const ROOT = path.resolve(__dirname, '../../..');

let bench: ContractBench;
let all: OperationOutputs[];

beforeAll(async () => {
	bench = await startContractBench();
	all = await runExamples(bench);
});
afterAll(async () => await bench.stop());

function committed(): Map<string, string> {
	const files = NODES.flatMap(({ folder }) => {
		const base = path.join('nodes', folder, '__schema__');
		return readdirSync(path.join(ROOT, base), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.json'))
			.map((name) => path.join(base, name));
	});
	return new Map(files.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

/** A preview does not say what may be null. */
function orNull({ items, properties, type }: OutputSchema): object {
	return {
		type: [type, 'null'],
		...(items && { items: orNull(items) }),
		...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, orNull(inner)])) }),
	};
}

describe('output schemas', () => {
	it('are what "npm run schemas" writes, one for each operation', () => {
		const files = committed();
		expect([...files.keys()].sort()).toEqual(all.map(({ schemaFile }) => schemaFile).sort());
		expect(Object.fromEntries(files)).toEqual(Object.fromEntries(schemaFiles(all)));
	});

	it('fit whatever the operations put out', () => {
		const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
		const misfits = all.flatMap(({ outputs, schemaFile }) => {
			const schema = JSON.parse(readFileSync(path.join(ROOT, schemaFile), 'utf8')) as OutputSchema;
			const fits = ajv.compile(orNull(schema));
			return outputs.flatMap((items) => items.flatMap((item) => (fits(item) ? [] : [`${schemaFile}: ${ajv.errorsText(fits.errors)}`])));
		});
		expect(misfits).toEqual([]);
		// An output without items would fit anything.
		expect(all.filter(({ outputs }) => outputs.some((items) => items.length === 0)).map(({ schemaFile }) => schemaFile)).toEqual([]);
	});

	it('are found where n8n looks for them', async () => {
		const loader = new PackageDirectoryLoader(ROOT);
		await loader.loadAll();
		for (const { node, operation, schemaFile } of all) {
			const { sourcePath } = loader.known.nodes[node.vendor];
			const found = loadOutputSchema({
				nodeDir: path.dirname(path.resolve(ROOT, sourcePath)),
				version: 1,
				resource: operation.resource,
				operation: operation.value,
			});
			expect({ schemaFile, found }).toEqual({ schemaFile, found: JSON.parse(readFileSync(path.join(ROOT, schemaFile), 'utf8')) as unknown });
		}
	});

	it('offer no field that only the sandbox knows, and no secret', () => {
		const text = [...committed().values()].join('\n');
		for (const name of ['attempts', 'components', 'contactEmail', 'httpStatus', 'closed_at', 'revenue_won', 'secret', 'signingSecret']) {
			expect(text).not.toContain(`"${name}"`);
		}
	});
});

describe('the schema of values', () => {
	const of = (...values: unknown[]) => schemaOf(values, fieldTypesIn(values));

	it('has every field of any of them, and the type of a null from where it is none', () => {
		expect(of({ id: 1, note: null }, { id: 2.5, note: 'yes', owner: { id: 'a' } })).toEqual({
			type: 'object',
			properties: {
				id: { type: 'number' },
				note: { type: 'string' },
				owner: { type: 'object', properties: { id: { type: 'string' } } },
			},
		});
	});

	it('names no fields of what holds anything', () => {
		expect(of({ custom_fields: { industry: 'Retail' }, tags: ['a'] })).toEqual({
			type: 'object',
			properties: { custom_fields: { type: 'object' }, tags: { type: 'array', items: { type: 'string' } } },
		});
	});

	it('is refused where examples tell no type, or several', () => {
		expect(() => of({ id: null })).toThrow(/id needs an example of one type, not of 0/);
		expect(() => of({ id: 1 }, { id: 'a' })).toThrow(/id needs an example of one type, not of 2/);
	});
});

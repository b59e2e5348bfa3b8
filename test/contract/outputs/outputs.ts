import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../../nodes/shared/operation/operation';
import type { ContractBench } from '../contractBench';
import { NODES, type NodeUnderContract } from '../examples';
import { nameOf, parametersOf } from '../examples/example';
import { withoutUnknownFields } from './knownFields';
import { fieldTypesIn, schemaOf } from './outputSchema';

/** Node versions are 1 alone, which n8n looks for under this name. */
const VERSION_FOLDER = 'v1.0.0';

/** What an operation puts out, by example. */
export interface OperationOutputs {
	readonly node: NodeUnderContract;
	readonly operation: Operation;
	/** From the root of the project. */
	readonly schemaFile: string;
	/** The items of each of its examples. */
	readonly outputs: ReadonlyArray<readonly IDataObject[]>;
}

/** Runs all examples of all operations against the sandbox. */
export async function runExamples(bench: ContractBench): Promise<OperationOutputs[]> {
	const all: OperationOutputs[] = [];
	for (const node of NODES) {
		for (const operation of node.operations) {
			const name = nameOf(operation);
			const wire = await bench.connect(node.vendor);
			const outputs: IDataObject[][] = [];
			for (let at = 0; at < node.examples(bench.sandbox)[name].length; at += 1) {
				const example = node.examples(bench.sandbox)[name][at];
				example.prepare?.();
				const { error, items } = await wire.run(parametersOf(operation, example), { items: example.items });
				if (error) throw error;
				outputs.push(items.map(({ json }) => json));
			}
			await bench.disconnect();
			const { resource, value } = operation;
			const schemaFile = `nodes/${node.folder}/__schema__/${VERSION_FOLDER}/${resource}/${value}.json`;
			all.push({ node, operation, schemaFile, outputs });
		}
	}
	return all;
}

/** The schemas of the usual outputs, in n8n's form, by the files that hold them. */
export function schemaFiles(all: readonly OperationOutputs[]): Map<string, string> {
	const files = new Map<string, string>();
	for (const node of NODES) {
		const own = all.filter((one) => one.node === node);
		const fieldTypes = fieldTypesIn(own.map(({ outputs }) => outputs));
		for (const { operation, outputs, schemaFile } of own) {
			const schema = withoutUnknownFields(schemaOf(usualOutput(operation, outputs), fieldTypes), node.vendor, operation);
			files.set(schemaFile, `${JSON.stringify({ type: schema.type, properties: schema.properties, version: 1 }, null, '\t')}\n`);
		}
	}
	return files;
}

/** An API request may put out anything, so nothing can be said of it. */
function usualOutput({ resource }: Operation, [usual]: OperationOutputs['outputs']): readonly IDataObject[] {
	return resource === 'apiRequest' ? [{}] : usual;
}

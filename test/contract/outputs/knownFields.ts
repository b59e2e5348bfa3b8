import type { Operation } from '../../../nodes/shared/operation/operation';
import { CONTRACTS, type Contract, type Mark, type VendorName } from '../openApi';
import type { OutputSchema } from './outputSchema';

type Json = Record<string, unknown>;

/** A schema of the contract, with the mark that holds for what it says. */
interface Marked {
	readonly node: Json;
	readonly mark: Mark;
}

/**
 * Leaves out the fields whose names nobody but the sandbox knows: a preview that offers them for
 * mapping would be taken for a promise of the vendor. Fields that the node adds itself stay.
 */
export function withoutUnknownFields(schema: OutputSchema, vendor: VendorName, { endpoints }: Operation): OutputSchema {
	const contract = CONTRACTS[vendor];
	const described = endpoints.length > 0 ? recordOf(contract, endpoints[0]) : undefined;
	// An output without a known field is still an object, and says so.
	return { properties: {}, ...prune(contract, schema, described) };
}

function prune(contract: Contract, schema: OutputSchema, described: Marked | undefined): OutputSchema {
	const pruned: OutputSchema = { type: schema.type };
	const properties = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
		// What a look-up answered as a whole, beside what the node made of it.
		if (name === 'record') return [[name, prune(contract, inner, described)] as const];
		const field = described && propertyOf(contract, described, name);
		return field?.mark === 'unknown' ? [] : [[name, prune(contract, inner, field && contentOf(contract, field))] as const];
	});
	if (properties.length > 0) pruned.properties = Object.fromEntries(properties);
	if (schema.items) pruned.items = prune(contract, schema.items, described && itemsOf(contract, described));
	return pruned;
}

/** A field under its name: its mark says whether that name is known. */
function propertyOf(contract: Contract, described: Marked, name: string): Marked | undefined {
	const alternatives = ((described.node.oneOf ?? []) as Json[]).map((node) => contentOf(contract, inherit(node, described.mark)));
	for (const { mark, node } of [described, ...alternatives]) {
		const properties = (node.properties ?? {}) as Record<string, Json>;
		if (name in properties) return inherit(properties[name], mark);
	}
	return undefined;
}

/** What a field holds, which may have a mark of its own. */
function contentOf(contract: Contract, { mark, node }: Marked): Marked {
	return typeof node.$ref === 'string' ? contentOf(contract, inherit(contract.at(node.$ref), mark)) : { node, mark };
}

function itemsOf(contract: Contract, { mark, node }: Marked): Marked | undefined {
	return node.items === undefined ? undefined : contentOf(contract, inherit(node.items as Json, mark));
}

function inherit(node: Json, mark: Mark): Marked {
	return { node, mark: (node['x-mark'] as Mark | undefined) ?? mark };
}

/** The record that a call answers with, or that its list is made of. */
function recordOf(contract: Contract, { method, path }: Operation['endpoints'][number]): Marked | undefined {
	const template = path.replace(/:(\w+)/g, '{$1}');
	const operation = contract.operations.find((one) => one.method === method && one.path === template);
	const [success] = Object.entries((operation?.node.responses ?? {}) as Record<string, Json>).filter(([status]) => status.startsWith('2'));
	if (!operation || success === undefined) return undefined;
	const response = contentOf(contract, inherit(success[1], operation.mark));
	const content = response.node.content as Record<string, { schema: Json }> | undefined;
	if (content === undefined) return undefined;
	const answer = contentOf(contract, inherit(content['application/json'].schema, response.mark));
	const names = Object.keys((answer.node.properties ?? {}) as Json);
	const wrapper = names.includes('data') && !names.includes('id') ? 'data' : names.length === 1 ? names[0] : undefined;
	const wrapped = wrapper === undefined ? undefined : propertyOf(contract, answer, wrapper);
	if (wrapped === undefined) return answer;
	const inner = contentOf(contract, wrapped);
	if (wrapper === 'data') return itemsOf(contract, inner) ?? inner;
	return itemsOf(contract, inner) ?? answer;
}

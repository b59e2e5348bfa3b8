import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { ItemInput } from '../../../nodes/shared/operation/itemInput';
import { Engine, LoadedTypes, type RecordedError } from '../../support/engine';

/** Parameters of every kind that the nodes have. */
export const FIELDS: INodeProperties[] = [
	{ displayName: 'Lead Name', name: 'name', type: 'string', default: '' },
	{ displayName: 'Hidden Name', name: 'hidden', type: 'string', default: 'never', displayOptions: { show: { name: ['show it'] } } },
	{ displayName: 'Simplify', name: 'simplify', type: 'boolean', default: true },
	{ displayName: 'Due', name: 'due', type: 'dateTime', default: '' },
	{
		displayName: 'Stage Name or ID',
		name: 'stageId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{ displayName: 'From List', name: 'list', type: 'list' },
			{ displayName: 'By ID', name: 'id', type: 'string' },
		],
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		default: {},
		options: [
			{ displayName: 'Contact Email', name: 'contactEmail', type: 'string', default: '' },
			{ displayName: 'Expected Close Date', name: 'expectedCloseDate', type: 'dateTime', default: '' },
			{
				displayName: 'Owner Name or ID',
				name: 'ownerId',
				type: 'resourceLocator',
				default: { mode: 'list', value: '' },
				modes: [{ displayName: 'By ID', name: 'id', type: 'string' }],
			},
			{ displayName: 'Additional Body Fields (JSON)', name: 'additionalBodyFields', type: 'json', default: '{}' },
		],
	},
];

type Read = (input: ItemInput) => unknown;

/** A node that reads its parameters and puts out what it has read. */
class InputNode implements INodeType {
	read: Read = () => undefined;

	description: INodeTypeDescription = {
		displayName: 'Input',
		name: 'input',
		group: ['transform'],
		version: 1,
		description: 'Reads parameters',
		defaults: { name: 'Input' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: FIELDS,
	};

	execute = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData().map((_, item) => ({
			json: { value: current.read(new ItemInput(this, item, FIELDS)) as string | undefined },
			pairedItem: { item },
		}));
		return await Promise.resolve([items]);
	};
}

const current = new InputNode();

/** Reads parameters through n8n's own engine: defaults, expressions and hidden parameters are as they are in n8n. */
export async function readInput(
	read: Read,
	parameters: INodeParameters,
	items: Array<Record<string, string>> = [{}],
): Promise<{ values: unknown[]; error?: RecordedError; hints: NodeExecutionHint[] }> {
	const types = new LoadedTypes('n8n-nodes-test');
	current.read = read;
	types.addNode(types.fullName('input'), current);
	const result = await new Engine(types).runNode({ type: 'input', parameters, items });
	return { values: result.items.map(({ json }) => json.value), error: result.error, hints: result.hints };
}

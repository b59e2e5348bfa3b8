import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { alphabetical } from './alphabetical';
import type { Operation } from './operation';
import { withoutEmptyCollection } from './toolFields';

/** A resource as the panel names it. */
export interface Resource {
	readonly label: string;
	readonly id: string;
}

/**
 * The Resource and Operation fields and every operation's own fields, each shown only where it
 * belongs.
 */
export function operationProperties(
	resources: readonly Resource[],
	operations: readonly Operation[],
	defaultResource: string,
): INodeProperties[] {
	const inUse = resources.filter(({ id }) => operations.some(({ resource }) => resource === id));
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: byName(inUse.map(({ id, label }) => ({ name: label, value: id }))),
			default: defaultResource,
		},
		...inUse.map(({ id }) => operationField(id, operations)),
		...operations.flatMap(ownFields),
	];
}

function operationField(resource: string, operations: readonly Operation[]): INodeProperties {
	const own = operations.filter((operation) => operation.resource === resource);
	const preferred = (own.find(({ value }) => value === 'getAll') ?? own[0]).value;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: byName(
			own.map(({ action, description, name, value }) => ({ name, value, action, description })),
		),
		default: preferred,
	};
}

function ownFields({ fields, resource, value }: Operation): INodeProperties[] {
	return fields.map(withoutEmptyCollection).map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, resource: [resource], operation: [value] },
		},
	}));
}

function byName(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort((one, other) => alphabetical(one.name, other.name));
}

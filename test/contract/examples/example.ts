import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Operation } from '../../../nodes/shared/operation/operation';

/** One run of an operation that must succeed. */
export interface Example {
	/** The operation's own parameters. */
	readonly parameters: INodeParameters;
	/** One empty item unless given. */
	readonly items?: ReadonlyArray<IDataObject | INodeExecutionData>;
	/** Sets something in the account that only this run needs. */
	prepare?(): void;
}

/** Runs of every operation of a node, by `resource operation`. The first of each is the usual one, as the panel offers it. */
export type Examples = Readonly<Record<string, readonly Example[]>>;

export function nameOf({ resource, value }: Operation): string {
	return `${resource} ${value}`;
}

/** A run as the two parameters that choose the operation, and the operation's own. */
export function parametersOf(operation: Operation, { parameters }: Example): INodeParameters {
	return { ...parameters, resource: operation.resource, operation: operation.value };
}

/** A resource locator as the editor saves it. */
export function byId(value: number | string): INodeParameters {
	return { __rl: true, mode: 'id', value: String(value) };
}

export function byName(value: string): INodeParameters {
	return { __rl: true, mode: 'name', value };
}

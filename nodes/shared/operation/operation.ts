import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { HttpMethod } from '../http/request';
import type { ItemInput } from './itemInput';
import type { Session } from './session';

/** One call that an operation can make, as the vendor's reference names it. */
export interface Endpoint {
	readonly method: HttpMethod;
	/** Path with its variable parts as `:name`. */
	readonly path: string;
	/** What the credential must be allowed to do, e.g. `leads:write`. */
	readonly scope?: string;
	/** Whether the vendor documents method and path, or we conclude them. */
	readonly mark: 'documented' | 'inferred';
	/** What is not documented about it, where something is not. */
	readonly inferred?: string;
}

/** The work that is left for an item once its input is known to be right. */
export type Task = (session: Session) => Promise<IDataObject[]>;

/**
 * One operation of a node: what the user sees, what is sent, and what comes out. The node's
 * panel, the router and the reference table in the docs are all made from these objects.
 */
export interface Operation {
	readonly resource: string;
	/** n8n's value for the operation, e.g. `getAll`. */
	readonly value: string;
	/** Title Case, as in the operation list. */
	readonly name: string;
	/** Sentence case, as in the node search. */
	readonly action: string;
	readonly description: string;
	readonly endpoints: readonly Endpoint[];
	readonly fields: INodeProperties[];
	/**
	 * Reads and checks the item's parameters. Runs for all items before the first write is sent,
	 * and sends nothing but reads that a check needs (such as the list of stages).
	 * @throws NodeOperationError that names the field and how to mend it
	 */
	prepare(input: ItemInput, session: Session): Promise<Task> | Task;
}

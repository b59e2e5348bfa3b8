import type { IBinaryKeyData, IDataObject, INodeProperties } from 'n8n-workflow';

import type { HttpMethod } from '../http/request';
import type { Batch } from './batch';
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
	/** What of it the vendor has published elsewhere than in its API documentation. */
	readonly published?: string;
	/** What the vendor says nowhere about it, where something is concluded. */
	readonly inferred?: string;
}

/** The work that is left for an item once its input is known to be right. */
export type Task = (session: Session) => Promise<IDataObject[] | RecordsWithFiles>;

/** The records of an item together with files, each under the name of its binary field. */
export interface RecordsWithFiles {
	readonly records: IDataObject[];
	readonly binary: IBinaryKeyData;
}

/** What the user sees of an operation, and what it calls. */
interface OperationFacts {
	readonly resource: string;
	/** n8n's value for the operation, e.g. `getAll`. */
	readonly value: string;
	/** Title Case, as in the operation list. */
	readonly name: string;
	/** Sentence case, as in the node search. AI agents read it too: it must tell the operation from its neighbours. */
	readonly action: string;
	readonly description: string;
	readonly endpoints: readonly Endpoint[];
	readonly fields: INodeProperties[];
	/** What the user should know about a run of so many items; shown in the output panel. */
	hint?(itemCount: number): string | undefined;
	/** What the user should know about what came out; shown in the output panel as a warning. */
	warning?(run: RunTally): string | undefined;
	/** One more record behind those of the items, about the run as a whole. */
	report?(session: Session, run: RunTally): IDataObject | undefined;
}

/** An operation that makes its requests for one item at a time. */
export interface ItemOperation extends OperationFacts {
	/**
	 * Reads and checks the item's parameters. Runs for all items before the first write is sent,
	 * and sends nothing but reads that a check needs (such as the list of stages).
	 * @throws NodeOperationError that names the field and how to mend it
	 */
	prepare(input: ItemInput, session: Session): Promise<Task> | Task;
}

/** An operation that sends many items in one request. */
export interface BatchOperation extends OperationFacts {
	/**
	 * Reads and checks the item's parameters, as {@link ItemOperation.prepare} does.
	 * @returns the item's entry in the request
	 */
	prepareEntry(input: ItemInput, session: Session): Promise<IDataObject> | IDataObject;
	readonly batch: Batch;
}

/**
 * One operation of a node: what the user sees, what is sent, and what comes out. The node's
 * panel, the router and the reference table in the docs are all made from these objects.
 */
export type Operation = BatchOperation | ItemOperation;

/** What became of the items of a run. */
export interface RunTally {
	/** The records of the items that are done, in the order of the input. */
	readonly done: readonly IDataObject[];
	/** How many items failed and were not carried out. */
	readonly failedCount: number;
	/** How many items may or may not have been carried out. */
	readonly unknownCount: number;
	/** How many items are left for later, because the wait would have been too long. */
	readonly postponedCount: number;
}

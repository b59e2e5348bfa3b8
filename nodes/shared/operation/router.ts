import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
} from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../http/client';
import { RunReport } from '../http/runReport';
import type { Connection, Service } from '../http/service';
import { ItemInput } from './itemInput';
import { KeyedLock } from './keyedLock';
import type { Operation, Task } from './operation';
import { settingsFrom } from './options';
import { createOnce, type Session } from './session';

/** What a node is made of, beside its description. */
export interface NodeParts {
	readonly service: Service;
	readonly operations: readonly Operation[];
	/** @throws NodeOperationError when the credential cannot be right */
	connect(context: IExecuteFunctions): Promise<Connection>;
}

type NodeError = NodeApiError | NodeOperationError;

/** What became of one item. */
type ItemResult =
	| { readonly kind: 'done'; readonly records: IDataObject[] }
	| { readonly kind: 'failed'; readonly error: NodeError }
	| { readonly kind: 'notStarted' };

/** Two executions that upsert the same email at once must not both create it. */
const PROCESS_LOCK = new KeyedLock();

/**
 * Runs the node's operation on all input items: first checks every item, then sends for several
 * items at once, and puts the results out in the order of the input.
 */
export async function runOperation(context: IExecuteFunctions, parts: NodeParts): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const operation = findOperation(context, parts.operations);
	const options = context.getNodeParameter('options', 0, {});
	const settings = settingsFrom(options);
	const report = new RunReport(REAL_CLOCK);
	const connection = await parts.connect(context);
	const session: Session = {
		client: new ApiClient(context as unknown as SendContext, { service: parts.service, connection, settings, report }),
		lock: PROCESS_LOCK,
		createdIds: new Set(),
		onUnknownOutcome: options.onUnknownOutcome === 'error' ? 'error' : 'lookUp',
		once: createOnce(),
	};

	const goesOn = context.continueOnFail();
	const results: ItemResult[] = items.map(() => ({ kind: 'notStarted' }));
	const tasks = await prepareAll(context, operation, session, results, goesOn);
	await runAll(context, tasks, session, results, settings.wish.maxConcurrency, goesOn);
	const hint = report.hint();
	if (hint !== undefined) context.addExecutionHints({ message: hint, location: 'outputPane' });
	return [collect(context, results, goesOn)];
}

function findOperation(context: IExecuteFunctions, operations: readonly Operation[]): Operation {
	const resource = context.getNodeParameter('resource', 0);
	const value = context.getNodeParameter('operation', 0);
	const found = operations.find((operation) => operation.resource === resource && operation.value === value);
	if (found) return found;
	throw new NodeOperationError(context.getNode(), `There is no operation "${value}" for "${resource}"`, {
		description: 'Choose another operation, or update the package if the workflow was made with a newer one.',
	});
}

/** Checks every item before anything is written; without "continue", one bad item stops all. */
async function prepareAll(
	context: IExecuteFunctions,
	operation: Operation,
	session: Session,
	results: ItemResult[],
	goesOn: boolean,
): Promise<Array<Task | undefined>> {
	const tasks: Array<Task | undefined> = [];
	for (const index of results.keys()) {
		const prepared = await attempt(context, index, async () =>
			await operation.prepare(new ItemInput(context, index, operation.fields), session),
		);
		if (prepared.ok) {
			tasks.push(prepared.value);
			continue;
		}
		results[index] = { kind: 'failed', error: prepared.error };
		tasks.push(undefined);
		if (!goesOn) throw prepared.error;
	}
	return tasks;
}

async function runAll(
	context: IExecuteFunctions,
	tasks: ReadonlyArray<Task | undefined>,
	session: Session,
	results: ItemResult[],
	maxConcurrency: number,
	goesOn: boolean,
): Promise<void> {
	const queue = tasks.entries();
	let stopped = false;
	const work = async (): Promise<void> => {
		for (const [index, task] of queue) {
			if (task === undefined) continue;
			const ran = await attempt(context, index, async () => await task(session));
			results[index] = ran.ok ? { kind: 'done', records: ran.value } : { kind: 'failed', error: ran.error };
			// Items under way are finished and counted; no new one is begun.
			if (!ran.ok && !goesOn) stopped = true;
			if (stopped) return;
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrency, tasks.length) }, work));
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: NodeError };

async function attempt<T>(context: IExecuteFunctions, itemIndex: number, run: () => Promise<T>): Promise<Attempt<T>> {
	try {
		return { ok: true, value: await run() };
	} catch (error) {
		const nodeError = asNodeError(context, error);
		nodeError.context.itemIndex = itemIndex;
		return { ok: false, error: nodeError };
	}
}

function asNodeError(context: IExecuteFunctions, error: unknown): NodeError {
	// By name, because two copies of n8n-workflow may be loaded.
	if (error instanceof Error && /^Node(Api|Operation)Error$/.test(error.name)) return error as NodeError;
	return new NodeOperationError(context.getNode(), error instanceof Error ? error : new Error(String(error)));
}

function collect(context: IExecuteFunctions, results: readonly ItemResult[], goesOn: boolean): INodeExecutionData[] {
	const firstError = results.find((result) => result.kind === 'failed')?.error;
	const doneCount = results.filter(({ kind }) => kind === 'done').length;
	if (firstError && !goesOn) {
		// After a wait that is too long, throwing would hide what is already written, and running
		// the node again would write it twice. So what is done is output, and the rest says when.
		if (!isTooLong(firstError) || doneCount === 0) throw withProgress(firstError, doneCount, results.length);
		context.addExecutionHints({
			message: `${doneCount} of ${results.length} items are done. ${firstError.message}. The others carry "details.retryAt".`,
			location: 'outputPane',
			type: 'warning',
		});
	}
	return results.flatMap((result, item): INodeExecutionData[] => {
		const pairedItem = { item };
		if (result.kind === 'done') return result.records.map((json) => ({ json, pairedItem }));
		const error = result.kind === 'failed' ? result.error : firstError;
		return error ? [failedItem(context, error, item)] : [];
	});
}

/**
 * An item that failed while others went on. n8n takes it for an error only with exactly these
 * keys. As the first item it would make "Retry On Fail" run the whole node again, finished writes
 * included; there the error stands beside `json`, where only the error output looks.
 */
function failedItem(context: IExecuteFunctions, error: NodeError, item: number): INodeExecutionData {
	const details = detailsOf(error);
	const pairedItem = { item };
	if (item === 0 && context.getNode().retryOnFail === true) {
		return { json: { message: error.message, details }, error, pairedItem };
	}
	return { json: { error: error.message, details }, pairedItem };
}

function detailsOf(error: NodeError): IDataObject {
	const details = error.context.details as IDataObject | undefined;
	return details ?? { description: error.description ?? undefined };
}

function isTooLong(error: NodeError): boolean {
	return detailsOf(error).retryAt !== undefined;
}

/** In a run that stops, the reader must know how much of it has happened. */
function withProgress(error: NodeError, doneCount: number, total: number): NodeError {
	if (total > 1 && doneCount > 0) {
		const progress = `${doneCount} of the ${total} items were already done when this one failed. They are not part of the output: turn on "Continue" under Settings > On Error to keep them.`;
		error.description = error.description ? `${error.description}\n${progress}` : progress;
	}
	return error;
}

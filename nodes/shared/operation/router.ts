import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../http/client';
import { RunReport } from '../http/runReport';
import type { Connection, Service } from '../http/service';
import { divide, jsonBytes, sendBatch, type SentEntry } from './batch';
import { createBreather } from './breather';
import { finishedItemsOf, type FinishedItems } from './finishedItems';
import { ItemInput } from './itemInput';
import { KeyedLock } from './keyedLock';
import type { BatchOperation, ItemOperation, Operation } from './operation';
import { settingsFrom } from './options';
import { isUnknown, outputOf, type ItemResult, type NodeError, type RunResults } from './runOutput';
import { createOnce, type Session } from './session';

/** What a node is made of, beside its description. */
export interface NodeParts {
	readonly service: Service;
	readonly operations: readonly Operation[];
	/** @throws NodeOperationError when the credential cannot be right */
	connect(context: IExecuteFunctions): Promise<Connection>;
}

/** Work that is begun and ended as one: an item, or the items that one request carries. */
interface Unit {
	readonly items: readonly number[];
	/** @returns what became of each of the items, in their order */
	run(): Promise<ItemResult[]>;
}

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
	const finished = finishedItemsOf<ItemResult>(context);
	const session: Session = {
		client: new ApiClient(context as unknown as SendContext, { service: parts.service, connection, settings, report }),
		lock: PROCESS_LOCK,
		options,
		onUnknownOutcome: options.onUnknownOutcome === 'error' ? 'error' : 'lookUp',
		once: createOnce(),
	};

	const run: Run = {
		context,
		service: parts.service,
		session,
		goesOn: context.continueOnFail(),
		finished,
		results: items.map((_, index) => finished.get(index) ?? { kind: 'notStarted' }),
	};
	const finishedBefore = finished.size;
	const units = 'batch' in operation ? await prepareBatches(run, operation) : await prepareItems(run, operation);
	// Batches go one after the other: entries that are about the same thing keep their order.
	await runAll(run, units, 'batch' in operation ? 1 : settings.wish.maxConcurrency);
	for (const hint of [operation.hint?.(items.length), report.hint(), hintOfEarlierTries(finishedBefore)]) {
		if (hint !== undefined) context.addExecutionHints({ message: hint, location: 'outputPane' });
	}
	return [outputOf(run, operation)];
}

/** What the steps of one try of one node run share. */
interface Run extends RunResults {
	readonly service: Service;
	readonly finished: FinishedItems<ItemResult>;
	readonly results: ItemResult[];
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

async function prepareItems(run: Run, operation: ItemOperation): Promise<Unit[]> {
	const tasks = await prepareAll(run, operation, async (input) => await operation.prepare(input, run.session));
	return tasks.map(({ index, value }) => ({
		items: [index],
		run: async () => {
			const ran = await attempt(run.context, index, async () => await value(run.session));
			if (!ran.ok) return [{ kind: 'failed', error: ran.error }];
			return [{ kind: 'done', ...(Array.isArray(ran.value) ? { records: ran.value } : ran.value) }];
		},
	}));
}

async function prepareBatches(run: Run, operation: BatchOperation): Promise<Unit[]> {
	const { batch } = operation;
	const entries = await prepareAll(run, operation, async (input) => await operation.prepareEntry(input, run.session));
	const divided = divide(
		entries.map(({ value }) => jsonBytes(value)),
		{
			maxEntries: batch.maxEntries,
			maxBytes: run.service.maxRequestBytes,
			envelopeBytes: jsonBytes(batch.request([]).body),
		},
	);
	return divided.map((positions) => {
		const own = positions.map((position) => entries[position]);
		return {
			items: own.map(({ index }) => index),
			run: async () => {
				const sent = await sendBatch(run.session.client, batch, own.map(({ value }) => value));
				return sent.map((entry, at) => resultOfEntry(run, entry, own[at].index));
			},
		};
	});
}

function resultOfEntry({ context, service, session }: Run, entry: SentEntry, itemIndex: number): ItemResult {
	switch (entry.kind) {
		case 'taken':
			return { kind: 'done', records: [entry.record] };
		case 'notTaken':
			return {
				kind: 'failed',
				error: new NodeOperationError(context.getNode(), `${service.name} did not take this item: ${entry.reason}`, { itemIndex }),
			};
		case 'failed':
			return { kind: 'failed', error: session.client.errorFor(entry.failure, itemIndex) };
	}
}

/**
 * Reads and checks every item before anything is written; without "continue", one bad item stops
 * all. Items that an earlier try has finished are left alone.
 */
async function prepareAll<T>(
	{ context, goesOn, results, session }: Run,
	{ fields }: Operation,
	prepare: (input: ItemInput) => Promise<T>,
): Promise<Array<{ readonly index: number; readonly value: T }>> {
	const prepared: Array<{ index: number; value: T }> = [];
	const breathe = createBreather(REAL_CLOCK);
	for (const [index, { kind }] of results.entries()) {
		if (kind !== 'notStarted') continue;
		await breathe();
		if (session.client.isCancelled()) break;
		const read = await attempt(context, index, async () => await prepare(new ItemInput(context, index, fields)));
		if (read.ok) {
			prepared.push({ index, value: read.value });
			continue;
		}
		results[index] = { kind: 'failed', error: read.error };
		if (!goesOn) throw read.error;
	}
	return prepared;
}

async function runAll({ finished, goesOn, results }: Run, units: readonly Unit[], maxConcurrency: number): Promise<void> {
	const queue = units.values();
	let stopped = !goesOn && results.some(({ kind }) => kind === 'failed');
	const work = async (): Promise<void> => {
		for (const unit of queue) {
			if (stopped) return;
			const ran = await unit.run();
			for (const [at, item] of unit.items.entries()) {
				results[item] = ran[at];
				if (isSettled(ran[at])) finished.set(item, ran[at]);
				// Items under way are finished and counted; no new one is begun.
				if (ran[at].kind === 'failed' && !goesOn) stopped = true;
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrency, units.length) }, work));
}

/** Whether another try of the node must leave the item alone: it is done, or nobody knows whether it is. */
function isSettled(result: ItemResult): boolean {
	return result.kind === 'done' || (result.kind === 'failed' && isUnknown(result.error));
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

function hintOfEarlierTries(count: number): string | undefined {
	if (count === 0) return undefined;
	return `Retry On Fail ran this node again. ${count} items that an earlier try had settled were not sent a second time.`;
}

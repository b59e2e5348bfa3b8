import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import type { Operation, RunTally } from './operation';
import type { Session } from './session';

export type NodeError = NodeApiError | NodeOperationError;

/** What became of one item. */
export type ItemResult =
	| { readonly kind: 'done'; readonly records: IDataObject[]; readonly binary?: IBinaryKeyData }
	| { readonly kind: 'failed'; readonly error: NodeError }
	| { readonly kind: 'notStarted' };

/** What the output of a run is made from. */
export interface RunResults {
	readonly context: IExecuteFunctions;
	readonly session: Session;
	/** Whether a failed item lets the others go on (Settings > On Error). */
	readonly goesOn: boolean;
	/** What became of each item, in the order of the input. */
	readonly results: readonly ItemResult[];
}

/**
 * The output of a run, in the order of the input, each record paired with its item, and the
 * operation's record about the whole run last.
 * @throws the error that a run without "continue" stops with
 */
export function outputOf(run: RunResults, operation: Operation): INodeExecutionData[] {
	const tally = tallyOf(run.results);
	const warning = operation.warning?.(tally);
	if (warning !== undefined) run.context.addExecutionHints({ message: warning, location: 'outputPane', type: 'warning' });
	return [...collect(run), ...reportItem(run, operation, tally)];
}

function collect({ context, goesOn, results }: RunResults): INodeExecutionData[] {
	const errors = results.flatMap((result) => (result.kind === 'failed' ? [result.error] : []));
	const doneCount = results.filter(({ kind }) => kind === 'done').length;
	const tooLong = errors.find(isTooLong);
	if (errors.length > 0 && !goesOn) {
		// After a wait that is too long, throwing would hide what is already written, and running
		// the node again would write it twice. So what is done is output, and the rest says when.
		const other = errors.find((error) => !isTooLong(error) && !isUnknown(error));
		if (tooLong === undefined || other !== undefined || doneCount === 0) {
			throw withProgress(other ?? errors[0], doneCount, results.length);
		}
		context.addExecutionHints({
			message: `${doneCount} of ${results.length} items are done. ${tooLong.message}. The others carry "details.retryAt".`,
			location: 'outputPane',
			type: 'warning',
		});
	}
	return results.flatMap((result, item): INodeExecutionData[] => {
		const pairedItem = { item };
		switch (result.kind) {
			case 'done':
				return result.records.map((record) => ({ json: doneRecord(record), ...(result.binary && { binary: result.binary }), pairedItem }));
			case 'failed':
				return [{ json: failedRecord(context, result.error.message, detailsOf(result.error)), pairedItem }];
			case 'notStarted':
				return tooLong ? [{ json: notStartedRecord(context, tooLong), pairedItem }] : [];
		}
	});
}

/** n8n takes a first item with a field `error` for a failed run: a vendor's field of that name gets another one. */
function doneRecord(record: IDataObject): IDataObject {
	if (!Object.hasOwn(record, 'error') || Object.hasOwn(record, 'errorMessage')) return record;
	return Object.fromEntries(Object.entries(record).map(([name, value]) => [name === 'error' ? 'errorMessage' : name, value]));
}

/**
 * An item that failed while others went on. n8n knows one by the names in its record, and sends it
 * to the error output only if there are no others: `error` and `details` since 2.34, in all
 * versions `error` and `message`. So on the way to an error output the details go by that name.
 */
function failedRecord(context: IExecuteFunctions, error: string, details: IDataObject): IDataObject {
	return context.getNode().onError === 'continueErrorOutput' ? { error, message: details } : { error, details };
}

/** What keeps an item back is another item's failure, of which only the time concerns it. */
function notStartedRecord(context: IExecuteFunctions, cause: NodeError): IDataObject {
	return failedRecord(context, `Not started: ${cause.message}`, {
		description: 'Nothing was sent for this item. Run it again then, or raise the option Max Wait.',
		retryAt: detailsOf(cause).retryAt,
	});
}

/** The record about the whole run, paired with all items, where the operation and the user want one. */
function reportItem({ results, session }: RunResults, operation: Operation, tally: RunTally): INodeExecutionData[] {
	const json = operation.report?.(session, tally);
	return json ? [{ json, pairedItem: results.map((_, item) => ({ item })) }] : [];
}

function tallyOf(results: readonly ItemResult[]): RunTally {
	const failed = results.flatMap((result) => (result.kind === 'failed' ? [result.error] : []));
	const isPostponed = (error: NodeError) => !isUnknown(error) && isTooLong(error);
	return {
		done: results.flatMap((result) => (result.kind === 'done' ? result.records : [])),
		failedCount: failed.filter((error) => !isPostponed(error) && !isUnknown(error)).length,
		unknownCount: failed.filter(isUnknown).length,
		postponedCount: failed.filter(isPostponed).length + results.filter(({ kind }) => kind === 'notStarted').length,
	};
}

function detailsOf(error: NodeError): IDataObject {
	const details = error.context.details as IDataObject | undefined;
	return details ?? { description: error.description ?? undefined };
}

function isTooLong(error: NodeError): boolean {
	return detailsOf(error).retryAt !== undefined;
}

export function isUnknown(error: NodeError): boolean {
	return detailsOf(error).outcome === 'unknown';
}

/** In a run that stops, the reader must know how much of it has happened. */
function withProgress(error: NodeError, doneCount: number, total: number): NodeError {
	if (doneCount === 0) return error;
	const progress = `${doneCount} of the ${total} items were already done when this one failed. They are not part of the output: turn on "Continue" under Settings > On Error to keep them.`;
	// A try that is repeated may come to the same error object again.
	if (error.description?.includes(progress) === true) return error;
	error.description = error.description ? `${error.description}\n${progress}` : progress;
	return error;
}

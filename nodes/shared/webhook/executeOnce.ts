import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { SEEN_FOR_MS } from './replayGuard';

/**
 * The second guard against an event that comes twice. n8n's processes share no memory, and a restart
 * loses it; what they share is n8n's table of processed data, which a node reaches in its `execute`
 * alone. n8n calls that of a trigger at the beginning of every execution, in whichever process.
 */

/** Beside an item's `json`, where no workflow sees it: which event the item is, from `webhook` to `execute`. */
const IDENTITY = 'eventIdentity';

/** The item with which a delivery starts its execution. */
export function startingItem(json: IDataObject, identity: string): INodeExecutionData {
	return { json, [IDENTITY]: identity };
}

/**
 * What came in, without the events that an execution has begun with before. An execution that a user
 * retries, a test and a poll are no deliveries, and get all of it.
 */
export async function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const isDelivery = context.getMode() === 'webhook';
	const output: INodeExecutionData[] = [];
	for (const { [IDENTITY]: identity, ...item } of context.getInputData()) {
		if (isDelivery && typeof identity === 'string' && (await wasExecuted(context, identity))) {
			context.addExecutionHints({
				message: 'The vendor has sent this event before, and another execution has begun with it. This one ends here.',
				location: 'outputPane',
			});
		} else output.push(item as INodeExecutionData);
	}
	return output;
}

/** n8n keeps no times. An entry names half a day instead, and is asked for in that one and the next: 12 to 24 h. */
const PERIOD_MS = SEEN_FOR_MS / 2;
/** n8n writes the whole list for every event, so it is a short one: three entries each of the last 300 events. */
const OPTIONS = { mode: 'entries', maxEntries: 900 } as const;

async function wasExecuted(context: IExecuteFunctions, identity: string): Promise<boolean> {
	const trigger = `${String(context.getWorkflow().id)}/${context.getNode().id}`;
	try {
		return await inTurn(trigger, async () => await checkAndRecord(trigger, context, identity));
	} catch (error) {
		const problem = error instanceof Error ? error.message : String(error);
		// Better an event executed twice than one never.
		context.logger.warn(`${context.getNode().name}: it could not be checked whether an event came before: ${problem}`);
		return false;
	}
}

/** What this process has written of late, in the lists of all triggers; the oldest first. */
const WRITTEN: Array<{ readonly trigger: string; readonly entries: readonly string[]; readonly atMs: number }> = [];
const MOST_WRITTEN = 100;
const REWRITTEN_FOR_MS = 60_000;
/** How often a list is written at most for one event, where other processes write over it. */
const MOST_WRITES = 5;

/** Whether an event is in the list; from now on it is. */
async function checkAndRecord(trigger: string, context: IExecuteFunctions, identity: string): Promise<boolean> {
	const nowMs = Date.now();
	const period = Math.floor(nowMs / PERIOD_MS);
	const event = [`${period} ${identity}`, `${period - 1} ${identity}`];
	// n8n 1 begins an execution again whose worker has died, which must not take itself for another one.
	const execution = `execution ${context.getExecutionId()}`;
	const entries = [...event, execution];
	const isAnother = (known: readonly unknown[]): boolean => event.some((entry) => known.includes(entry)) && !known.includes(execution);
	const written = WRITTEN.filter((one) => one.trigger === trigger && nowMs - one.atMs < REWRITTEN_FOR_MS).flatMap((one) => one.entries);
	if (isAnother(written)) return true;
	// A process that has read the list before this one writes it, and writes it after, writes it without this event.
	// So what was written of late is written again where it is gone, and the last of it until it stays.
	const write = async () => await context.helpers.checkProcessedAndRecord([...new Set([...written, ...entries])], 'node', OPTIONS);
	// Two processes may have begun the list at the same moment: then it is there at the second try.
	const first = await write().catch(write);
	if (isAnother(first.processed)) {
		// An event that keeps coming would otherwise never be executed again.
		const added = entries.filter((entry) => first.new.includes(entry));
		await context.helpers.removeProcessed(added, 'node', OPTIONS);
		return true;
	}
	WRITTEN.push({ trigger, entries, atMs: nowMs });
	if (WRITTEN.length > MOST_WRITTEN) WRITTEN.shift();
	for (let writes = 1; writes < MOST_WRITES && (await write()).new.length > 0; writes += 1);
	return false;
}

/** The end of the last turn of each trigger. */
const TURNS = new Map<string, Promise<unknown>>();

/** One after the other: n8n reads the whole list, and writes it anew, so that of two at once one would be lost. */
async function inTurn<Result>(trigger: string, work: () => Promise<Result>): Promise<Result> {
	const turn = (TURNS.get(trigger) ?? Promise.resolve()).then(work);
	const end = turn.catch(() => undefined);
	TURNS.set(trigger, end);
	try {
		return await turn;
	} finally {
		if (TURNS.get(trigger) === end) TURNS.delete(trigger);
	}
}

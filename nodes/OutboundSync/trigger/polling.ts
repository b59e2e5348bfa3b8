import type { IDataObject, IPollFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { rangeQuery, splitRange, type TimeRange } from '../ranges';
import { cursorRecords, LARGE_PAGE } from '../records';
import { outboundSyncClient } from './registration';

const SYNCS = '/api/v1/syncs';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * How far each poll reads back before the end of the last one: when a sync gets its status after it
 * was created is not documented, and clocks differ.
 */
const OVERLAP_MS = 15 * 60 * 1000;
const SAMPLE_SIZE = 10;
/** Documented: the longest range of one request. */
const SAMPLE_RANGE_MS = 31 * DAY_MS;

/** What of the node's static data belongs to polling. */
interface PollMemory {
	/** Until when failed syncs have been read; epoch milliseconds of the server's clock. */
	polledUntilMs?: number;
	/** When polling began: nothing older is ever output. */
	pollingSinceMs?: number;
	/** Failed syncs within the overlap that have been output, as text. */
	polledIds?: string[];
}

/**
 * Failed syncs since the last poll, the oldest first; undefined when there are none. The first poll
 * only notes the time, after a request that shows whether the key may read syncs at all.
 *
 * The memory changes only after everything was read, so a poll that fails is repeated in full. n8n
 * saves it with each execution that a poll starts; after a restart in between, the next poll reads
 * again from there.
 */
export async function pollFailedSyncs(context: IPollFunctions): Promise<IDataObject[] | undefined> {
	const client = await outboundSyncClient(context);
	const memory = context.getWorkflowStaticData('node') as PollMemory;
	const { pollingSinceMs, polledUntilMs } = memory;
	if (pollingSinceMs === undefined || polledUntilMs === undefined) {
		await readFailedSyncs(client, { fromMs: client.clock.now() - DAY_MS, toMs: client.clock.now() }, 1);
		memory.pollingSinceMs = memory.polledUntilMs = serverNowMs(client);
		return undefined;
	}
	const range = {
		fromMs: Math.max(pollingSinceMs, polledUntilMs - OVERLAP_MS),
		toMs: Math.max(client.clock.now(), polledUntilMs),
	};
	const found = await readFailedSyncs(client, range, Infinity);
	const known = new Set(memory.polledIds);
	const fresh = found.filter(({ id }) => !known.has(String(id)));
	// The answers have told the server's clock: what it calls the future was not read.
	const untilMs = Math.max(polledUntilMs, Math.min(range.toMs, serverNowMs(client)));
	memory.polledUntilMs = untilMs;
	memory.polledIds = found.filter((sync) => mayComeAgain(sync, untilMs)).map(({ id }) => String(id));
	return fresh.length > 0 ? fresh.reverse() : undefined;
}

/** The latest failed syncs, for trying a workflow; changes nothing. */
export async function sampleFailedSyncs(context: Parameters<typeof outboundSyncClient>[0]): Promise<IDataObject[]> {
	const client = await outboundSyncClient(context);
	const toMs = client.clock.now();
	return await readFailedSyncs(client, { fromMs: toMs - SAMPLE_RANGE_MS, toMs }, SAMPLE_SIZE);
}

/** Newest first, each once. */
async function readFailedSyncs(client: ApiClient, range: TimeRange, limit: number): Promise<IDataObject[]> {
	const seen = new Set<unknown>();
	const records: IDataObject[] = [];
	for (const part of splitRange(range)) {
		if (records.length >= limit) break;
		const list = { path: SYNCS, query: { ...rangeQuery(part), status: 'error' }, maxPageSize: LARGE_PAGE };
		for (const record of await cursorRecords({ client }, list, limit - records.length, seen)) records.push(record);
	}
	return records;
}

/** Whether a later poll may read a sync again, so that it has to be remembered. */
function mayComeAgain({ createdAt }: IDataObject, untilMs: number): boolean {
	const createdMs = typeof createdAt === 'string' ? Date.parse(createdAt) : Number.NaN;
	// What has no readable time is remembered to be sure.
	return !(createdMs < untilMs - OVERLAP_MS);
}

function serverNowMs(client: ApiClient): number {
	return client.clock.now() + (client.serverAheadMs ?? 0);
}

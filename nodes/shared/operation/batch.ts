import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../http/client';
import type { Failure } from '../http/failure';
import type { ApiAnswer, ApiRequest } from '../http/request';

/** How a vendor takes many entries in one request. */
export interface Batch {
	/** The most entries that one request may carry. */
	readonly maxEntries: number;
	/** The request that carries the given entries. */
	request(entries: readonly IDataObject[]): ApiRequest;
	/** What the answer says of each entry, in the order of the entries. */
	read(answer: ApiAnswer, entries: readonly IDataObject[]): readonly EntryOutcome[];
}

/** What an accepted request did with one of its entries: the item's output, or why it was not taken. */
export type EntryOutcome =
	| { readonly kind: 'taken'; readonly record: IDataObject }
	| { readonly kind: 'notTaken'; readonly reason: string };

/** What became of one entry of a batch. */
export type SentEntry = EntryOutcome | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Divides entries into batches, in order, by the vendor's limits on count and on size.
 * An entry that is too large on its own gets a batch of its own, so that only it is refused.
 * @param sizes the entries' sizes in bytes as JSON
 * @param envelopeBytes size of the request without entries
 * @returns the indexes of each batch
 */
export function divide(
	sizes: readonly number[],
	limits: { readonly maxEntries: number; readonly maxBytes: number; readonly envelopeBytes: number },
): number[][] {
	const batches: number[][] = [];
	let bytes = 0;
	for (const [index, size] of sizes.entries()) {
		const current = batches.at(-1);
		// One byte for the comma in front of it.
		if (current && current.length < limits.maxEntries && bytes + 1 + size <= limits.maxBytes) {
			current.push(index);
			bytes += 1 + size;
		} else {
			batches.push([index]);
			bytes = limits.envelopeBytes + size;
		}
	}
	return batches;
}

/** Size of a value in a request body, in bytes. */
export function jsonBytes(value: ApiRequest['body']): number {
	return Buffer.byteLength(JSON.stringify(value ?? {}));
}

/** A server that names one bad entry at a time must not use up the quota of everybody else. */
const MOST_ROUNDS = 20;

/**
 * Sends one batch. A request that is refused because of certain entries is sent again without
 * them, so that one bad entry does not hold up the others. After {@link MOST_ROUNDS} the entries that
 * are left fail with the last refusal; nothing of them was taken.
 */
export async function sendBatch(
	client: Pick<ApiClient, 'trySend'>,
	batch: Batch,
	entries: readonly IDataObject[],
): Promise<SentEntry[]> {
	const sent: SentEntry[] = [];
	let left = [...entries.keys()];
	for (let round = 1; left.length > 0; round += 1) {
		const carried = left.map((index) => entries[index]);
		const result = await client.trySend(batch.request(carried));
		if (result.ok) {
			for (const [at, outcome] of batch.read(result.answer, carried).entries()) sent[left[at]] = outcome;
			break;
		}
		const { failure } = result;
		const problems = problemsByEntry(failure, left.length);
		const isAboutAll = problems.size === 0;
		for (const [at, index] of left.entries()) {
			const own = problems.get(at);
			if (own) sent[index] = { kind: 'failed', failure: failureOfEntry(failure, own) };
			else if (isAboutAll || round === MOST_ROUNDS) sent[index] = { kind: 'failed', failure };
		}
		left = isAboutAll || round === MOST_ROUNDS ? [] : left.filter((_, at) => !problems.has(at));
	}
	return sent;
}

/** What a refusal says of which entry; empty when it is about the request as a whole. */
function problemsByEntry({ kind, vendor }: Failure, count: number): Map<number, string[]> {
	const problems = new Map<number, string[]>();
	if (kind !== 'refused') return problems;
	for (const { index, problem } of vendor?.entryProblems ?? []) {
		if (index >= count) continue;
		problems.set(index, [...(problems.get(index) ?? []), problem]);
	}
	return problems;
}

function failureOfEntry(failure: Failure, problems: readonly string[]): Failure {
	return { ...failure, vendor: { ...failure.vendor, message: problems.join('; '), details: problems } };
}

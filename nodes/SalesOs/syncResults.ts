import type { IDataObject } from 'n8n-workflow';

import type { ApiAnswer } from '../shared/http/request';
import { plainText } from '../shared/http/json';
import type { EntryOutcome } from '../shared/operation/batch';
import type { RunTally } from '../shared/operation/operation';
import { countOf, recordOf } from './records';

/**
 * What the integration endpoint's answer says of each entry. Documented are counts and a list of
 * texts, `errors`; which entry is meant by which is not. So an entry gets a result of its own
 * where the counts leave no choice, and otherwise one that says as much as is known:
 *
 * | `result` | means |
 * |---|---|
 * | `fresh` word, e.g. `processed` | it was taken and is new |
 * | `known` word, e.g. `duplicate` | SalesOS had it before; after a repeated request that may be the first sending's doing |
 * | `skipped` | SalesOS left it out |
 * | `accepted` | it was taken, and is either new or known |
 * | `undetermined` | nothing more than the counts is known, and some entries were not taken |
 *
 * The last two carry the counts of the request as `batch`, with the first of its error texts.
 */
export interface SyncWords {
	/** The documented count of new entries, and the result of one. */
	readonly fresh: { readonly count: string; readonly result: string };
	/** The same for those that SalesOS had before. */
	readonly known: { readonly count: string; readonly result: string };
	/** The entry's field by which SalesOS recognises a repetition. */
	readonly matchedBy: string;
	/** The entry's fields that the output repeats, so that results can be told apart. */
	readonly identity: readonly string[];
}

export function syncResults(answer: ApiAnswer, entries: readonly IDataObject[], words: SyncWords): EntryOutcome[] {
	const batch = recordOf(answer);
	const freshCount = countOf(batch[words.fresh.count]) ?? Number.NaN;
	const knownCount = countOf(batch[words.known.count]) ?? Number.NaN;
	const skippedCount = countOf(batch.skipped) ?? 0;
	const errors = Array.isArray(batch.errors) ? batch.errors.map(textOf) : [];
	const counts = Array.isArray(batch.errors) ? { ...batch, errors: first(errors) } : batch;
	const notTakenCount = entries.length - freshCount - knownCount;

	const taken = (entry: IDataObject, result: string, more: IDataObject = {}): EntryOutcome => ({
		kind: 'taken',
		record: { ...Object.fromEntries(words.identity.map((field) => [field, entry[field]])), result, ...more },
	});
	const unclear = (result: string) => entries.map((entry) => taken(entry, result, { batch: counts }));
	const notTaken = (entry: IDataObject, reason: string): EntryOutcome =>
		skippedCount > 0 ? taken(entry, 'skipped', { reason }) : { kind: 'notTaken', reason };

	// Covers counts that are missing, too.
	if (!(notTakenCount >= 0)) return unclear('undetermined');
	const reasons = notTakenCount === entries.length ? reasonsForAll(entries, errors) : reasonsByEntry(entries, errors);
	const isEitherKind = skippedCount === 0 || skippedCount === notTakenCount;
	if (reasons.size !== notTakenCount || !isEitherKind) return unclear('undetermined');

	// An entry that repeats an earlier one of the same request is known by then.
	const repeated = repetitions(entries, reasons, words.matchedBy);
	const resultOf = (index: number): string | undefined => {
		if (knownCount === 0) return words.fresh.result;
		if (freshCount === 0) return words.known.result;
		if (knownCount !== repeated.size) return undefined;
		return repeated.has(index) ? words.known.result : words.fresh.result;
	};
	return entries.map((entry, index) => {
		const reason = reasons.get(index);
		if (reason !== undefined) return notTaken(entry, reason);
		const result = resultOf(index);
		return result === undefined ? taken(entry, 'accepted', { batch: counts }) : taken(entry, result);
	});
}

/** Every entry of a request may carry them, and each is stored with the execution. */
const LONGEST_ERROR = 300;
const MOST_ERRORS = 10;

function textOf(error: unknown): string {
	const text = plainText(error);
	return text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR)}…` : text;
}

function first(errors: readonly string[]): string[] {
	const more = errors.length - MOST_ERRORS;
	return [...errors.slice(0, MOST_ERRORS), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Some of these were not taken: a run that is green must not hide it. */
export function undeterminedWarning({ done }: RunTally): string | undefined {
	const count = done.filter(({ result }) => result === 'undetermined').length;
	if (count === 0) return undefined;
	return `SalesOS did not take all of the items and did not say which ones: ${count} items have the result "undetermined", with the counts of their request in "batch".`;
}

function reasonsForAll(entries: readonly IDataObject[], errors: readonly string[]): Map<number, string> {
	const own = reasonsByEntry(entries, errors);
	const common = errors.length > 0 ? first([...new Set(errors)]).join('; ') : 'SalesOS gave no reason';
	return new Map(entries.map((_, index) => [index, own.get(index) ?? common]));
}

/**
 * The entries that the error texts name by their external ID, or else by their email. Whether this
 * is all of them, the counts must confirm. An ID of digits alone may be a number of another kind.
 */
function reasonsByEntry(entries: readonly IDataObject[], errors: readonly string[]): Map<number, string> {
	const named = new Map<string, number[]>();
	for (const [index, { collaborator_email: activityEmail, email, external_id: externalId }] of entries.entries()) {
		for (const name of [externalId, activityEmail ?? email]) {
			const key = String(name).toLowerCase();
			if (!/^\d*$/.test(key)) named.set(key, [...(named.get(key) ?? []), index]);
		}
	}
	const reasons = new Map<number, string>();
	for (const error of errors) {
		const found = wordsOf(error).map((word) => named.get(word) ?? []).filter(({ length }) => length > 0);
		const fewest = Math.min(...found.map(({ length }) => length));
		for (const index of found.find(({ length }) => length === fewest) ?? []) reasons.set(index, error);
	}
	return reasons;
}

function wordsOf(text: string): string[] {
	return text
		.toLowerCase()
		.split(/[\s"'`()[\]{}<>,;:=]+/)
		.map((word) => word.replace(/[.!?]+$/, ''));
}

/** The entries, without those that were not taken, whose key an earlier one has. */
function repetitions(
	entries: readonly IDataObject[],
	notTaken: ReadonlyMap<number, unknown>,
	matchedBy: string,
): Set<number> {
	const seen = new Set<string>();
	const repeated = new Set<number>();
	for (const [index, entry] of entries.entries()) {
		if (notTaken.has(index)) continue;
		const key = String(entry[matchedBy]).toLowerCase();
		if (seen.has(key)) repeated.add(index);
		seen.add(key);
	}
	return repeated;
}

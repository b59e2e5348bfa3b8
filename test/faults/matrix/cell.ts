import type { JournalEntry, Vendor } from '../../../sandbox/http/journal';
import type { NodeRunResult, RecordedError } from '../../support/engine';
import { changesBetween, countByCall, credentialsFor, finishedEntries, quietSandbox, recordsOf, sharedEngine, windowEndMs, type TableChange } from './bench';
import { faultOf, SLOW_TIMEOUT_SECONDS, type FaultName, type FaultRow, type Service } from './faults';
import { operationOf, serviceOf, type Operation, type OperationName } from './operations';
import { TABLES, wordFor, type Duration, type Word } from './outcomes';
import { causeFor, expectTimeNear, headlines, laterPattern } from './texts';

export interface Cell {
	readonly duration: Duration;
	readonly fault: FaultName;
	readonly name: OperationName;
}

/** What is to be seen of an operation that met a fault. */
export interface Seen extends Pick<NodeRunResult, 'error'> {
	readonly output: unknown[];
	/** What the operation should put out if it is done, as the sandbox has it now. */
	readonly wanted: unknown[];
	/** Requests to this vendor, in the order of their arrival. */
	readonly entries: readonly JournalEntry[];
	readonly changes: Readonly<Record<string, TableChange>>;
	readonly endedAtMs: number;
}

/** Runs one operation in a sandbox of its own, under one fault. */
export async function runCell({ duration, fault, name }: Cell, signal: AbortSignal): Promise<Seen> {
	const [engine, sandbox] = [await sharedEngine(), await quietSandbox()];
	try {
		const operation = operationOf(name);
		const row = faultOf(fault);
		const { options = {}, ...parameters } = operation.prepare(sandbox);
		const before = recordsOf(sandbox);
		strike(sandbox, operation, row, duration);
		const { error, items } = await engine.runNode({
			type: operation.sender === 'outboundSync' ? 'outboundSync' : 'salesOs',
			parameters: {
				...parameters,
				...(operation.sender === 'salesOsSigned' && { authentication: 'signedApiKey' }),
				options: {
					...(options as object),
					...(duration === 'lasting' && { maxRetries: MAX_RETRIES }),
					...(row.strike.kind === 'slow' && { timeout: SLOW_TIMEOUT_SECONDS }),
				},
			},
			credentials: credentialsFor(engine, sandbox),
			signal,
		});
		const endedAtMs = Date.now();
		const entries = await finishedEntries(sandbox, vendorOf(operation), row.strike.kind === 'slow' ? row.strike.delayMs : 0);
		const word = wordFor(duration, fault, name);
		return {
			error,
			output: items.map(({ json }) => json),
			wanted: isDone(word) ? outputOf(fault, operation)(sandbox, word === 'again' && row.isCarriedOut && row.strike.kind !== 'slow') : [],
			entries,
			changes: changesBetween(before, recordsOf(sandbox)),
			endedAtMs,
		};
	} finally {
		await sandbox.stop();
	}
}

function outputOf(fault: FaultName, { output, withoutBody }: Operation): Operation['output'] {
	return fault === 'an empty body' ? (withoutBody ?? output) : output;
}

type Striking = Parameters<Awaited<ReturnType<typeof quietSandbox>>['faults']['add']>[0];

function strike({ faults }: Awaited<ReturnType<typeof quietSandbox>>, operation: Operation, { strike: kind }: FaultRow, duration: Duration): void {
	const [method, path] = operation.call.split(' ');
	const fault: Striking = { vendor: vendorOf(operation), method, path, ...kind };
	if (operation.nth === undefined) faults.add({ ...fault, count: duration === 'once' ? 1 : Infinity });
	// Each strikes the second request that it sees and no other one: together they strike all from the second on.
	else for (let strikes = 0; strikes < (duration === 'once' ? 1 : 4); strikes += 1) faults.add({ ...fault, everyNth: operation.nth, count: 1 });
}

function vendorOf(operation: Operation): Vendor {
	return operation.sender === 'outboundSync' ? 'outboundSync' : 'salesOs';
}

export function isDone(word: Word): boolean {
	return ['again', 'believed', 'done', 'found'].includes(word);
}

/** Max Retries where a fault lasts; it bounds the creations of a lead as well. */
const MAX_RETRIES = 1;

function sendsOf(word: Word): number {
	if (word === 'again') return 2;
	return word === 'gives up' || word === 'not created' ? MAX_RETRIES + 1 : 1;
}

/** Holds what was seen against the tables: outcome, requests, records and text. */
export function expectCell({ duration, fault, name }: Cell, seen: Seen): void {
	const operation = operationOf(name);
	const row = faultOf(fault);
	const word = wordFor(duration, fault, name);
	expectOutcome(word, { operation, row }, seen);
	expectRequests(word, { duration, fault, operation, row }, seen);
	const isCarriedOut = (isDone(word) && word !== 'believed') || (row.isCarriedOut && !operation.call.startsWith('GET '));
	expectChanges(seen.changes, isCarriedOut ? operation.changes : {});
	expectNothingTwice(operation, seen.entries);
	expectWaits(row, operation, seen.entries);
}

function expectOutcome(word: Word, { operation, row }: { operation: Operation; row: FaultRow }, { endedAtMs, error, output, wanted }: Seen): void {
	if (isDone(word)) {
		expect(error?.message).toBeUndefined();
		expect(output).toMatchObject(wanted);
		return;
	}
	expect(output).toEqual([]);
	if (!error) throw new Error('The node did not fail');
	const service = serviceOf(operation);
	// What holds a request back is the quota then, and no longer the answer.
	const status = word === 'later' ? undefined : row.status === 'own' ? (operation.status ?? 200) : row.status;
	const wordings: Partial<Record<Word, string>> = headlines(service, row, causeFor(service, row, operation.expects));
	if (word === 'later') expectTime(error, service, row.waitMs as number, endedAtMs);
	else expect(error.message).toBe(wordings[word]);

	const details = error.context?.details as Record<string, unknown>;
	const sends = sendsOf(word);
	expect(details).toMatchObject({ attempts: sends });
	expect(details.outcome).toBe(word === 'unknown' ? 'unknown' : undefined);
	expect(error.context?.itemIndex).toBe(0);
	expect(error.httpCode ?? undefined).toBe(status === undefined ? undefined : String(status));
	const [method, path] = operation.call.split(' ');
	const lines = (error.description ?? '').split('\n');
	expect(lines.at(-1)).toMatch(new RegExp(`^${method} ${path.replace(/:\w+/g, '[\\w-]+')}[,.]`));
	if (status !== undefined) expect(lines.at(-1)).toContain(`status ${status}`);
	if (sends > 1) expect(lines.at(-1)).toContain(`sent ${sends} times`);
	else expect(error.description).not.toContain('sent');
	const ADVICE: Partial<Record<Word, string>> = {
		unknown: 'The request was not repeated, because it might then be carried out twice. Look the record up before you run this item again.',
		later: 'Run the item again then, or raise the option Max Wait.',
		'not created': 'The lead was not created. Run this item again later.',
	};
	expect(error.description).toContain(ADVICE[word] ?? row.advice ?? '');
	if (status === 422 && service === 'SalesOS') expect(error.description).toContain('email: is not wanted.');
}

/** The time that the server stated, in the text and as data. */
function expectTime(error: RecordedError, service: Service, statedMs: number, endedAtMs: number): void {
	const { retryAt } = error.context?.details as { retryAt: string };
	expect(laterPattern(service).exec(error.message)?.[1]).toBe(retryAt);
	expectTimeNear(retryAt, statedMs, endedAtMs);
}

interface Circumstances {
	readonly duration: Duration;
	readonly fault: FaultName;
	readonly operation: Operation;
	readonly row: FaultRow;
}

function expectRequests(word: Word, { duration, fault, operation, row }: Circumstances, { entries }: Seen): void {
	const { after = {}, before = {}, call, column } = operation;
	// n8n itself sends what was answered with 401 once more, with a new token where there is one.
	const sends = row.status === 401 ? 2 : sendsOf(word);
	// A key that is revoked is refused before any fault.
	const strikes = duration === 'once' || (row.status === 401 && serviceOf(operation) === 'OutboundSync') ? 1 : sends;
	const wanted = sum(before, { [call]: sends }, isDone(word) ? after : {});
	const lookUps = column === 'lead' && TABLES[duration](fault, 'write') === 'unknown' ? lookUpsOf(entries, call) : [];
	for (const count of lookUps) expect(count).toBeGreaterThan(0);
	expect(lookUps).toHaveLength(lookUps.length > 0 ? unclearSends(word, sends) : 0);
	const lookedUp = lookUps.reduce((total, count) => total + count, 0);
	expect(countByCall(entries)).toEqual(sum(wanted, lookedUp > 0 ? { 'GET /v1/leads': lookedUp } : {}));
	expect(entries.filter(({ fault: met }) => met !== null)).toHaveLength(strikes);
}

/** How many sends of a lead left it unclear whether it was created. */
function unclearSends(word: Word, sends: number): number {
	return word === 'again' ? sends - 1 : sends;
}

/** How often it was searched after each creation. */
function lookUpsOf(entries: readonly JournalEntry[], call: string): number[] {
	const counts: number[] = [];
	for (const { method, route } of entries) {
		if (`${method} ${route}` === call) counts.push(0);
		else if (counts.length > 0) counts[counts.length - 1] += 1;
	}
	// After the last one nothing is left to be found out where it was answered well.
	return counts.at(-1) === 0 && counts.length > 1 ? counts.slice(0, -1) : counts;
}

function sum(...parts: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
	const total: Record<string, number> = {};
	for (const part of parts) {
		for (const [call, count] of Object.entries(part)) total[call] = (total[call] ?? 0) + count;
	}
	return total;
}

function expectChanges(changes: Seen['changes'], wanted: Operation['changes']): void {
	expect(Object.keys(changes).sort()).toEqual(Object.keys(wanted).sort());
	for (const [table, change] of Object.entries(wanted)) {
		expect(Object.keys(changes[table])).toEqual(Object.keys(change));
		expect(changes[table]).toMatchObject(change);
	}
}

/** The rule above all others: what may not be done twice was carried out once at most, whatever came of it. */
function expectNothingTwice({ column }: Operation, entries: readonly JournalEntry[]): void {
	if (column === 'deduped') return;
	const carriedOut = entries.filter(({ method, workDone }) => workDone && (method === 'POST' || method === 'PATCH'));
	expect(countByCall(carriedOut)).toEqual(Object.fromEntries(Object.keys(countByCall(carriedOut)).map((call) => [call, 1])));
}

/** No send comes before the time that the server has stated. */
function expectWaits({ waitMs }: FaultRow, { call }: Operation, entries: readonly JournalEntry[]): void {
	if (waitMs === undefined) return;
	const sends = entries.filter(({ method, route }) => `${method} ${route}` === call);
	for (const [index, entry] of sends.entries()) {
		const next = sends.at(index + 1);
		if (entry.fault === null || next === undefined) continue;
		const earliestMs = waitMs === 'window' ? windowEndMs(entries, entry) : entry.at + waitMs;
		expect(next.at).toBeGreaterThanOrEqual(earliestMs);
	}
}

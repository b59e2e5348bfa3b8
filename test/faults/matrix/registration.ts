import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { signDelivery } from '../../../nodes/shared/webhook/sign';
import type { JournalEntry } from '../../../sandbox/http/journal';
import { TriggerBench } from '../../support/engine/hooks';
import { changesBetween, countByCall, credentialsFor, finishedEntries, quietSandbox, recordsOf, sharedEngine, windowEndMs, type TableChange } from './bench';
import { faultOf, type FaultName, type FaultRow, type Service } from './faults';
import { OUTBOUND_SYNC_LIST, SALES_OS_LIST, STEPS, stepWordFor, type Calls, type Step, type StepDuration, type StepName, type StepWord } from './steps';
import { causeFor, expectTimeNear, headlines, laterPattern } from './texts';

export interface StepCell {
	readonly duration: StepDuration;
	readonly fault: FaultName;
	readonly name: StepName;
}

export interface StepSeen {
	readonly error?: Error;
	readonly entries: readonly JournalEntry[];
	readonly changes: Readonly<Record<string, TableChange>>;
	readonly endedAtMs: number;
	/** The webhooks that the vendor has in the end, and what the trigger remembers. */
	readonly hooks: ReadonlyArray<{ readonly id: string; readonly secret: string | null }>;
	readonly memory: IDataObject;
	/** Whether a delivery that is signed with the secret of the vendor's webhook starts the workflow. */
	readonly isTaken: boolean;
}

/** A registration waits up to 30 s for an answer. */
const SLOW_ANSWER_MS = 32_000;

export async function runStep({ duration, fault, name }: StepCell): Promise<StepSeen> {
	const [engine, sandbox] = [await sharedEngine(), await quietSandbox()];
	try {
		const { authentication, call, hook, prepare, service }: Step = STEPS[name];
		const vendor = service === 'SalesOS' ? 'salesOs' : 'outboundSync';
		const events = service === 'SalesOS' ? ['lead.created'] : ['sync.failed'];
		const node = engine.node(
			{ type: `${vendor}Trigger`, parameters: { events, ...(authentication && { authentication }) }, credentials: credentialsFor(engine, sandbox) },
			'Trigger',
		);
		const trigger = new TriggerBench(engine, { ...node, webhookId: randomUUID() });
		if (prepare) {
			await trigger.activate();
			prepare(trigger, sandbox);
			sandbox.journal.clear();
		}
		const before = recordsOf(sandbox);
		const [method, path] = call.split(' ');
		const { strike } = faultOf(fault);
		const kind = strike.kind === 'slow' ? { ...strike, delayMs: SLOW_ANSWER_MS } : strike;
		sandbox.faults.add({ vendor, method, path, ...kind, count: duration === 'once' ? 1 : Infinity });
		const error = await trigger.hook(hook).then(
			() => undefined,
			(reason: unknown) => reason as Error,
		);
		const endedAtMs = Date.now();
		const entries = await finishedEntries(sandbox, vendor, SLOW_ANSWER_MS);
		const changes = changesBetween(before, recordsOf(sandbox));
		const hooks = sandbox[vendor].state.webhooks.all();
		const memory = { ...trigger.staticData };
		return { error, entries, changes, endedAtMs, hooks, memory, isTaken: await takes(trigger, service, hooks.at(0)?.secret ?? '') };
	} finally {
		await sandbox.stop();
	}
}

async function takes(trigger: TriggerBench, service: Service, secret: string): Promise<boolean> {
	if (secret === '') return false;
	const type = service === 'SalesOS' ? 'lead.created' : 'sync.failed';
	const body = Buffer.from(JSON.stringify({ id: `evt_${randomUUID()}`, type, data: { id: '1' } }));
	const signing = { rawBody: body, secret, timestamp: Math.floor(Date.now() / 1000), signatureHeader: `${service}-Signature` };
	const headers =
		service === 'SalesOS'
			? signDelivery({ ...signing, scheme: 'prefixedBody', signatureHeader: 'X-SalesOS-Signature' })
			: signDelivery({ ...signing, scheme: 'timestamped', signatureHeader: 'OutboundSync-Signature' });
	const { items } = await trigger.deliver({ body, headers });
	return items?.length === 1;
}

/** As in the settings of the triggers. */
const MAX_SENDS = 4;
/** Of a creation whose outcome the list has to tell. */
const MAX_CREATES = 3;

const SENDS: Readonly<Record<StepWord, number>> = {
	done: 1,
	again: 2,
	adopted: 1,
	'listed, again': 2,
	believed: 1,
	fails: 1,
	later: 1,
	'gives up': MAX_SENDS,
	unclear: MAX_CREATES,
	untold: 1,
};

/** How often the list is read, at least, to find out about a creation. */
const LOOK_UPS: Partial<Record<StepWord, number>> = { adopted: 1, 'listed, again': 1, unclear: MAX_CREATES - 1 };

const isDone = (word: StepWord): boolean => ['adopted', 'again', 'believed', 'done', 'listed, again'].includes(word);

/** Holds what was seen against the tables: what n8n is told, requests, webhooks and secret. */
export function expectStep({ duration, fault, name }: StepCell, seen: StepSeen): void {
	const step: Step = STEPS[name];
	const row = faultOf(fault);
	const word = stepWordFor(duration, fault, name);
	expectError(word, step, row, seen);
	expectRequests(word, step, row, seen);
	expectHooks(word, step, row, seen);
	expectWaits(row, step, seen.entries);
}

function expectError(word: StepWord, { call, column, expects, service }: Step, row: FaultRow, { endedAtMs, entries, error }: StepSeen): void {
	if (isDone(word)) {
		expect(error?.message).toBeUndefined();
		return;
	}
	// All of it in the message: what n8n tells of a failed activation is that alone.
	const path = entries.find(({ method, route }) => `${method} ${route}` === call)?.path;
	const prefix = column === 'remove' ? `The webhook ${path} could not be removed and is still registered: ` : '';
	expect(error?.message.slice(0, prefix.length)).toBe(prefix);
	const message = error?.message.slice(prefix.length) ?? '';
	if (word === 'later') {
		expectTimeNear(laterPattern(service).exec(message)?.[1] ?? '', row.waitMs as number, endedAtMs);
		return;
	}
	const wordings: Partial<Record<StepWord, string>> = {
		...headlines(service, row, causeFor(service, row, expects)),
		unclear: 'It stayed unclear whether the webhook was created: the vendor broke off or failed each time. Try again later.',
		untold: 'OutboundSync rotated the secret of the webhook and did not tell the new one',
	};
	expect(message).toBe(wordings[word]);
}

function expectRequests(word: StepWord, { after = {}, before = {}, call, service }: Step, row: FaultRow, { entries }: StepSeen): void {
	// n8n itself sends what was answered with 401 once more, with a new token where there is one.
	const sends = row.status === 401 ? 2 : SENDS[word];
	const wanted: Record<string, number> = { ...before, [call]: sends + (before[call] ?? 0) };
	const add = (more: Calls) => Object.entries(more).forEach(([name, count]) => (wanted[name] = (wanted[name] ?? 0) + count));
	if (isDone(word)) add(after);
	if (word === 'adopted' && service === 'OutboundSync') add({ 'POST /api/v1/webhooks/:id/rotate-secret': 1 });
	const counts = countByCall(entries);
	const list = service === 'SalesOS' ? SALES_OS_LIST : OUTBOUND_SYNC_LIST;
	const lookUps = LOOK_UPS[word];
	if (lookUps !== undefined) {
		// A server that may still be at work has to be looked at more than once.
		expect(counts[list]).toBeGreaterThanOrEqual(wanted[list] + lookUps);
		wanted[list] = counts[list];
	}
	expect(counts).toEqual(wanted);
}

function expectHooks(word: StepWord, { call, changes, column }: Step, row: FaultRow, seen: StepSeen): void {
	// A look that is believed is not what the step is about: it goes on.
	const isCarriedOut = (isDone(word) && (word !== 'believed' || column === 'read')) || (row.isCarriedOut && !call.startsWith('GET '));
	const wanted = isCarriedOut ? changes : {};
	expect(seen.changes).toMatchObject(wanted);
	expect(Object.keys(seen.changes)).toEqual(Object.keys(wanted));
	// One webhook, whatever went wrong: none is registered twice, and none is lost.
	const isRegistered = column === 'remove' ? !isCarriedOut : column === 'update' || column === 'rotate' || isCarriedOut;
	expect(seen.hooks).toHaveLength(isRegistered ? 1 : 0);
	if (!isDone(word)) return;
	expect(seen.memory.hookId).toBe(column === 'remove' ? undefined : seen.hooks[0].id);
	// The secret that the vendor signs with is the one that the trigger verifies with.
	if (column !== 'remove') expect(seen.isTaken).toBe(true);
}

/** No send comes before the time that the server has stated. */
function expectWaits({ waitMs }: FaultRow, { call }: Step, entries: readonly JournalEntry[]): void {
	if (waitMs === undefined) return;
	const sends = entries.filter(({ method, route }) => `${method} ${route}` === call);
	for (const [index, entry] of sends.entries()) {
		const next = sends.at(index + 1);
		if (entry.fault === null || next === undefined) continue;
		expect(next.at).toBeGreaterThanOrEqual(waitMs === 'window' ? windowEndMs(entries, entry) : entry.at + waitMs);
	}
}

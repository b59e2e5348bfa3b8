import { randomUUID } from 'node:crypto';

import { TriggerBench } from '../../support/engine/hooks';
import { changesBetween, countByCall, credentialsFor, finishedEntries, quietSandbox, recordsOf, sharedEngine, type TableChange } from './bench';
import { FAULT_NAMES, faultOf, type FaultName } from './faults';
import { operationOf, type Operation, type OperationName } from './operations';
import { CellPool } from './pool';
import { readTable } from './tables';

/**
 * Every fault of the sandbox at SalesOS's authorization server, at the first token and at a renewal.
 * Nothing has been carried out then, so a fault that may pass is tried again whatever the operation
 * is, and no other one leaves an outcome unknown.
 */

jest.setTimeout(120_000);

/** Of the forms of a 429, one will do. */
const FAULTS = FAULT_NAMES.filter((name) => !/^429, [^s]|redirect/.test(name));

/**
 * - `done`, `again`, `fails` and `gives up` as in outcomes.ts, counted at the authorization server.
 * - `goes on`: n8n takes the answer for a token, and the API refuses that.
 */
const WORDS = ['done', 'again', 'fails', 'gives up', 'goes on'] as const;
const COLUMNS = ['first, once', 'renewal, once', 'first, lasting', 'renewal, lasting'] as const;

/**
 * n8n follows a redirect of the authorization server by itself; see docs/security.md. It waits up to
 * 300 s for its answer. Of a refusal in JSON it does not tell the status, so that a 429 cannot be told from the rest.
 */
const endingOf = readTable<FaultName, (typeof COLUMNS)[number], (typeof WORDS)[number]>(
	`
	| the authorization server | first, once | renewal, once | first, lasting | renewal, lasting |
	| ------------------------ | ----------- | ------------- | -------------- | ---------------- |
	| 429, seconds             | fails       | fails         | fails          | fails            |
	| 401                      | fails       | fails         | fails          | fails            |
	| 403                      | fails       | fails         | fails          | fails            |
	| 422                      | fails       | fails         | fails          | fails            |
	| 500                      | again       | again         | gives up       | gives up         |
	| 500 after the work       | again       | again         | gives up       | gives up         |
	| 502, HTML                | again       | again         | gives up       | gives up         |
	| 503                      | again       | again         | gives up       | gives up         |
	| 504                      | again       | again         | gives up       | gives up         |
	| reset before the work    | again       | again         | gives up       | gives up         |
	| reset after the work     | again       | again         | gives up       | gives up         |
	| too slow an answer       | done        | done          | done           | done             |
	| truncated JSON           | fails       | fails         | fails          | fails            |
	| not JSON                 | fails       | fails         | fails          | fails            |
	| an empty body            | fails       | fails         | fails          | fails            |
	| other JSON               | fails       | goes on       | fails          | goes on          |
	`,
	{ columns: COLUMNS, rows: FAULTS, words: WORDS },
);
const STAGES = ['first', 'renewal'] as const;
const DURATIONS = ['once', 'lasting'] as const;

const NAMES: readonly OperationName[] = ['get a lead', 'list leads, page 1', 'delete a lead', 'create a deal', 'update a lead', 'sync an activity', 'create a lead'];

interface Cell {
	readonly duration: (typeof DURATIONS)[number];
	readonly fault: FaultName;
	readonly name: OperationName | 'register a trigger';
	readonly stage: (typeof STAGES)[number];
}

interface Seen {
	readonly message?: string;
	readonly counts: Record<string, number>;
	readonly tokens: number;
	readonly changes: Record<string, TableChange>;
}

async function run({ duration, fault, name, stage }: Cell, signal: AbortSignal): Promise<Seen> {
	const [engine, sandbox] = [await sharedEngine(), await quietSandbox()];
	try {
		const credentials = credentialsFor(engine, sandbox);
		if (stage === 'renewal') {
			await engine.runNode({ type: 'salesOs', parameters: { resource: 'stage', operation: 'getAll' }, credentials, signal });
			sandbox.salesOs.revokeTokens();
		}
		const trigger = new TriggerBench(engine, { ...engine.node({ type: 'salesOsTrigger', parameters: { events: ['lead.created'] }, credentials }, 'Trigger'), webhookId: randomUUID() });
		const parameters = name === 'register a trigger' ? {} : operationOf(name).prepare(sandbox);
		const before = recordsOf(sandbox);
		sandbox.journal.clear();
		sandbox.faults.add({ vendor: 'salesOsAuth', path: '/oauth/token', ...faultOf(fault).strike, count: duration === 'once' ? 1 : Infinity });
		const message =
			name === 'register a trigger'
				? await trigger.hook('create').then(
						() => undefined,
						(reason: Error) => reason.message,
					)
				: (await engine.runNode({ type: 'salesOs', parameters: { ...parameters, options: { maxRetries: 1 } }, credentials, signal })).error?.message;
		return {
			message,
			counts: countByCall(await finishedEntries(sandbox, 'salesOs')),
			tokens: (await finishedEntries(sandbox, 'salesOsAuth', 4_000)).length,
			changes: changesBetween(before, recordsOf(sandbox)),
		};
	} finally {
		await sandbox.stop();
	}
}

const CELLS: readonly Cell[] = DURATIONS.flatMap((duration) =>
	STAGES.flatMap((stage) => FAULTS.flatMap((fault) => ([...NAMES, 'register a trigger'] as const).map((name) => ({ duration, fault, name, stage })))),
);
const pool = new CellPool(CELLS, run);
afterAll(async () => await pool.stop());

/** Max Retries is 1 in the operations, and 3 in a registration. */
const mostSends = (name: Cell['name']): number => (name === 'register a trigger' ? 4 : 2);

const REGISTRATION: Pick<Operation, 'after' | 'before' | 'call' | 'changes'> = { call: 'POST /v1/webhooks', before: { 'GET /v1/webhooks': 1 }, changes: { webhooks: { added: [{ active: true }] } } };

test.each(CELLS)('$stage token, $fault $duration: $name', async (cell) => {
	const { changes, counts, message, tokens } = await pool.result(cell);
	const { duration, fault, name, stage } = cell;
	const ending = endingOf(fault, `${stage}, ${duration}`);
	const isDone = ending === 'done' || ending === 'again';
	const row = faultOf(fault);
	const noToken = 'no access token could be obtained, because the authorization server ';
	const reason = row.status === undefined ? `could not be reached (${String(row.cause)})` : `answered with status ${row.status}`;
	const wordings = {
		fails: expect.stringMatching(/^No connection to SalesOS: no access token could be obtained, because /) as string,
		'gives up': `SalesOS could not be reached: ${noToken}${reason}`,
		'goes on': 'SalesOS refused the request: The token has been revoked',
	};
	if (isDone) expect(message).toBeUndefined();
	else expect(message).toEqual(wordings[ending]);
	if ([401, 403, 422].includes(Number(row.status))) expect(message).toBe(`No connection to SalesOS: ${noToken}refused the client`);
	expect(tokens).toBe(ending === 'again' ? 2 : ending === 'gives up' ? mostSends(name) : 1);

	const { after = {}, before = {}, call, changes: wanted }: typeof REGISTRATION = name === 'register a trigger' ? REGISTRATION : operationOf(name);
	const [first = call] = Object.keys(before);
	const calls: Record<string, number> = {};
	const add = (added: string, count: number) => (calls[added] = (calls[added] ?? 0) + count);
	// A renewal begins with a request that is answered with 401, each time.
	if (stage === 'renewal') add(first, tokens);
	if (ending === 'goes on') add(first, 1);
	if (isDone) for (const [added, count] of [...Object.entries(before), [call, 1] as const, ...Object.entries(after)]) add(added, count);
	expect(counts).toEqual(calls);
	expect(changes).toMatchObject(isDone ? wanted : {});
	expect(Object.keys(changes)).toEqual(isDone ? Object.keys(wanted) : []);
});

import type { Sandbox } from '../../../sandbox';
import type { FaultSpec } from '../../../sandbox/http/faults';
import type { JournalEntry } from '../../../sandbox/http/journal';
import type { NodeRunResult } from '../../support/engine';
import { credentialsFor, quietSandbox, sharedEngine } from './bench';
import { operationOf, type OperationName } from './operations';
import { CellPool } from './pool';

/**
 * How long a node waits that was told to: never less than it was told, and little more. The matrix
 * itself only asserts that no send comes early, because its cells compete for the processor.
 */

const STATED_SECONDS = 4;
const STATED_MS = STATED_SECONDS * 1000;
/** Below what is stated, so that the end of the window does not pass for it. */
const WINDOW_MS = 1_500;
/** One second for rounding, half a second to spread those who wait, a nap, and what a busy machine takes. */
const MOST_ADDED_MS = 1_000 + 500 + 250 + 2_000;

async function run(sandbox: Sandbox, name: OperationName): Promise<NodeRunResult> {
	const engine = await sharedEngine();
	const { prepare, sender } = operationOf(name);
	const isSigned = sender === 'salesOsSigned';
	return await engine.runNode({
		type: isSigned ? 'salesOs' : sender,
		parameters: { ...prepare(sandbox), ...(isSigned && { authentication: 'signedApiKey' }) },
		credentials: credentialsFor(engine, sandbox),
	});
}

function strike({ faults }: Sandbox, name: OperationName, kind: object): void {
	const { call, sender } = operationOf(name);
	const [method, path] = call.split(' ');
	faults.add({ vendor: sender === 'outboundSync' ? 'outboundSync' : 'salesOs', method, path, ...kind } as FaultSpec);
}

function requestsTo({ journal }: Sandbox): JournalEntry[] {
	return journal.list().filter(({ vendor }) => vendor !== 'salesOsAuth');
}

const SECONDS = { kind: 'tooManyRequests', retryAfter: 'seconds', retryAfterSeconds: STATED_SECONDS };
const DATE = { kind: 'tooManyRequests', retryAfter: 'date', retryAfterSeconds: STATED_SECONDS };
const BODY = { kind: 'tooManyRequests', retryAfter: 'body', retryAfterSeconds: STATED_SECONDS };
const NONE = { kind: 'tooManyRequests', retryAfter: 'none' };
const UNAVAILABLE = { kind: 'answer', status: 503, headers: { 'retry-after': String(STATED_SECONDS) }, body: '{}' };

/** What is told, and the least and the most wait that follow from it. */
const FORMS: ReadonlyArray<readonly [string, object, number, number]> = [
	['429, Retry-After in seconds', SECONDS, STATED_MS, STATED_MS],
	// Of whole seconds, rounded up.
	['429, Retry-After as a date', DATE, STATED_MS, STATED_MS + 1_000],
	['429, retry_after in the body', BODY, STATED_MS, STATED_MS],
	// The end of the window, told in whole seconds and read against a date of whole seconds.
	['429, no hint but the end of the window', NONE, WINDOW_MS, WINDOW_MS + 2_000],
	['503 with Retry-After', UNAVAILABLE, STATED_MS, STATED_MS],
];
const NAMES: readonly OperationName[] = ['get a lead', 'get a lead, signed', 'create a deal', 'create a lead', 'sync an activity', 'get the account', 'create a webhook'];

/** `retry_after` in the body is SalesOS's; OutboundSync does not have it. After a 503 not everything may be sent again. */
const isApt = (kind: object, name: OperationName): boolean => {
	const { column, sender } = operationOf(name);
	if (kind === UNAVAILABLE) return column === 'read' || column === 'deduped';
	return kind !== BODY || sender !== 'outboundSync';
};
const CASES = FORMS.flatMap(([form, kind, leastMs, mostMs]) =>
	NAMES.filter((name) => isApt(kind, name)).map((name) => ({ form, kind, leastMs, mostMs, name })),
);

interface Waited {
	readonly requests: JournalEntry[];
	readonly run: NodeRunResult;
}

const pool = new CellPool<(typeof CASES)[number], Waited>(
	CASES,
	async ({ kind, name }) => {
		const sandbox = await quietSandbox({ windowMs: WINDOW_MS });
		try {
			strike(sandbox, name, kind);
			const ran = await run(sandbox, name);
			return { requests: requestsTo(sandbox), run: ran };
		} finally {
			await sandbox.stop();
		}
	},
	// Few, so that they can be punctual.
	8,
);
afterAll(async () => await pool.stop());

const REASON: Readonly<Record<string, string>> = {
	429: 'the (rate limit of your SalesOS plan|hourly limit of your SalesOS key|rate limit of your OutboundSync account) and was told to slow down once \\(429\\)',
	503: 'a fault of the server and repeated 1 request after a fault',
};

test.each(CASES)('$form: $name', async (cell) => {
	const { requests, run: ran } = await pool.result(cell);
	expect(ran.error?.message).toBeUndefined();
	const [first, second, ...more] = requests;
	expect(more).toEqual([]);
	expect(first.fault).not.toBeNull();
	expect(second.at - first.at).toBeGreaterThanOrEqual(cell.leastMs);
	expect(second.at - first.at).toBeLessThan(cell.mostMs + MOST_ADDED_MS);
	expect(ran.hints[0].message).toMatch(new RegExp(`^The node waited \\d s because of ${REASON[String(first.status)]}\\. It sent 2 requests in all\\.$`));
});

test('a 429 stops everybody on the account, and nobody on another', async () => {
	const sandbox = await quietSandbox({ windowMs: WINDOW_MS });
	try {
		strike(sandbox, 'get a lead', SECONDS);
		const first = run(sandbox, 'get a lead');
		while (requestsTo(sandbox).every(({ status }) => status === null)) await nap(20);
		// The answer may still be on its way to the first one.
		await nap(300);
		const others = Array.from({ length: 5 }, async () => await run(sandbox, 'create a deal'));
		const ended = await Promise.all([first, run(sandbox, 'get the account'), ...others]);
		for (const { error } of ended) expect(error?.message).toBeUndefined();
		const [refused, ...later] = requestsTo(sandbox);
		const isLate = (vendor: string) => later.filter((entry) => entry.vendor === vendor).map(({ at }) => at - refused.at >= STATED_MS);
		expect(isLate('salesOs')).toEqual(Array(6).fill(true));
		expect(isLate('outboundSync')).toEqual([false]);
		expect(sandbox.salesOs.state.deals.size).toBe(5);
	} finally {
		await sandbox.stop();
	}
});

async function nap(ms: number): Promise<void> {
	await new Promise((resolve) => {
		setTimeout(resolve, ms);
	});
}

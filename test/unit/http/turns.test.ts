import type { QuotaNews, QuotaSpec } from '../../../nodes/shared/http/quota';
import { TurnKeeper, type Turn, type TurnRequest, type TurnResult } from '../../../nodes/shared/http/turns';
import { START_MS, VirtualClock } from './virtualClock';

const MINUTE_MS = 60_000;
const NAP_MS = 250;
const OK: QuotaNews = { sends: 1, answered: true, effect: 'grow' };

const spec = (key: string, limit = 100): QuotaSpec => ({
	key,
	label: `the limit of ${key}`,
	limit,
	windowMs: MINUTE_MS,
	followsHeaders: true,
	followsUser: true,
});
const A = spec('a');
const B = spec('b');

function keeper() {
	const clock = new VirtualClock();
	const turns = new TurnKeeper(clock);
	const take = async (request: Partial<TurnRequest> = {}): Promise<TurnResult> =>
		await turns.take({
			quotas: [A],
			wish: { share: 1, maxConcurrency: 10 },
			maxWaitMs: MINUTE_MS,
			isCancelled: () => false,
			...request,
		});
	const turnOf = (result: TurnResult): Turn => {
		if (result.kind !== 'granted') throw new Error(`The turn is not granted but ${result.kind}`);
		return result.turn;
	};
	return {
		clock,
		turns,
		take,
		taken: async (request?: Partial<TurnRequest>) => turnOf(await clock.run(take(request), MINUTE_MS)),
		turnOf,
	};
}

describe('a cold quota', () => {
	it('lets the first request go alone, and two more for every success', async () => {
		const { clock, take, turnOf } = keeper();
		const granted: number[] = [];
		const all = Promise.all(
			Array.from({ length: 7 }, async () => {
				const turn = turnOf(await take());
				granted.push(clock.elapsedMs);
				await clock.sleep(1000);
				turn.end(() => OK);
			}),
		);
		await clock.run(all, MINUTE_MS);
		expect(granted).toEqual([0, 1000, 1000, 2000, 2000, 2000, 2000]);
	});

	it('lets the second request go when the first has failed', async () => {
		const { taken } = keeper();
		(await taken()).end(() => ({ sends: 1, answered: false, effect: 'shrink' }));
		(await taken()).end(() => ({ sends: 0, answered: false, effect: 'keep' }));
		await taken();
	});
});

describe('a request on several quotas', () => {
	it('goes when every one of them lets it', async () => {
		const { clock, take, taken, turnOf } = keeper();
		const a = await taken({ quotas: [A] });
		const b = await taken({ quotas: [B] });
		const both = take({ quotas: [A, B] });
		await clock.pass(1000);
		a.end(() => OK);
		await clock.pass(1000);
		b.end(() => OK);
		turnOf(await clock.run(both, 0));
		expect(clock.elapsedMs).toBe(2000);
	});

	it('draws on each of them, and tells each its own news', async () => {
		const { clock, take, taken } = keeper();
		const told: string[] = [];
		(await taken({ quotas: [A, B] })).end(({ key }) => {
			told.push(key);
			return key === 'b' ? { ...OK, effect: 'shrink', pausedUntilMs: clock.now() + 5000 } : OK;
		});
		expect(told).toEqual(['a', 'b']);
		await taken({ quotas: [A] });
		expect(clock.elapsedMs).toBe(0);
		expect(await clock.run(take({ quotas: [B], maxWaitMs: 0 }), 0)).toEqual({
			kind: 'tooLong',
			label: B.label,
			resumeAtMs: START_MS + 6000,
		});
	});

	it.each([
		['the last', [A, B]],
		['the first', [B, A]],
	])('waits for the latest of their times, which is that of %s, and says whose it is', async (_which, quotas) => {
		const { clock, take, taken } = keeper();
		for (const [quota, waitMs] of [[A, 20_000], [B, 40_000]] as const) {
			(await taken({ quotas: [quota] })).end(() => ({ ...OK, effect: 'shrink', pausedUntilMs: clock.now() + waitMs }));
		}
		const waits: string[] = [];
		await clock.run(take({ quotas, onWait: (label) => waits.push(label) }), MINUTE_MS);
		expect(clock.elapsedMs).toBe(41_000);
		expect(new Set(waits)).toEqual(new Set([B.label]));
	});

	it('does not hold up one on other quotas while it waits', async () => {
		const { clock, take, taken } = keeper();
		(await taken({ quotas: [A] })).end(() => ({ ...OK, effect: 'shrink', pausedUntilMs: clock.now() + 30_000 }));
		const waiting = take({ quotas: [A, B] });
		const b = await clock.run(take({ quotas: [B] }), 0);
		expect([b.kind, clock.elapsedMs]).toEqual(['granted', 0]);
		if (b.kind === 'granted') b.turn.end(() => OK);
		await clock.run(waiting, MINUTE_MS);
		expect(clock.elapsedMs).toBe(31_000);
	});
});

describe('the order', () => {
	it('is that of the requests, within a quota', async () => {
		const { clock, take, turnOf } = keeper();
		const order: number[] = [];
		const all = Promise.all(
			Array.from({ length: 120 }, async (_, number) => {
				// Three windows of them.
				const turn = turnOf(await take({ quotas: [spec('a', 40)], maxWaitMs: 10 * MINUTE_MS }));
				order.push(number);
				await clock.sleep(50 + 100 * clock.random());
				turn.end(() => OK);
			}),
		);
		await clock.run(all, 10 * MINUTE_MS);
		expect(clock.elapsedMs).toBeGreaterThan(2 * MINUTE_MS);
		expect(order).toEqual(Array.from({ length: 120 }, (_, number) => number));
	});
});

describe('a wait beyond Max Wait', () => {
	it('ends at once and says when to go on', async () => {
		const { clock, take, taken } = keeper();
		const pausedUntilMs = START_MS + 90_000;
		(await taken()).end(() => ({ ...OK, effect: 'shrink', pausedUntilMs }));
		const result = await clock.run(take({ maxWaitMs: 90_999 }), 0);
		expect(result).toEqual({ kind: 'tooLong', label: A.label, resumeAtMs: pausedUntilMs + 1000 });
		expect((await clock.run(take({ maxWaitMs: 91_000 }), 2 * MINUTE_MS)).kind).toBe('granted');
		expect(clock.now()).toBe(pausedUntilMs + 1000);
	});

	it('ends those who wait already when a pause becomes too long for them', async () => {
		const { clock, take, taken } = keeper();
		const turn = await taken();
		const patient = take({ maxWaitMs: 20 * MINUTE_MS });
		const hasty = take({ maxWaitMs: MINUTE_MS });
		await clock.pass(100);
		turn.end(() => ({ ...OK, effect: 'shrink', pausedUntilMs: clock.now() + 10 * MINUTE_MS }));
		expect((await clock.run(hasty, 0)).kind).toBe('tooLong');
		expect((await clock.run(patient, 20 * MINUTE_MS)).kind).toBe('granted');
		expect(clock.elapsedMs).toBe(601_100);
	});

	it('is not one while only an answer is waited for', async () => {
		const { clock, take, taken } = keeper();
		const turn = await taken();
		const waits: string[] = [];
		const next = take({ maxWaitMs: 0, onWait: (label) => waits.push(label) });
		await clock.pass(MINUTE_MS);
		turn.end(() => OK);
		expect((await clock.run(next, 0)).kind).toBe('granted');
		expect(waits).toEqual([]);
	});
});

describe('a cancelled request', () => {
	it('ends within one nap, wherever it waits', async () => {
		const { clock, take, taken } = keeper();
		const turn = await taken();
		let isCancelled = false;
		const forAnAnswer = take({ isCancelled: () => isCancelled });
		await clock.pass(1111);
		isCancelled = true;
		expect((await clock.run(forAnAnswer, NAP_MS)).kind).toBe('cancelled');

		isCancelled = false;
		turn.end(() => ({ ...OK, effect: 'shrink', pausedUntilMs: clock.now() + 30_000 }));
		const forATime = take({ isCancelled: () => isCancelled });
		await clock.pass(1111);
		isCancelled = true;
		expect((await clock.run(forATime, NAP_MS)).kind).toBe('cancelled');
	});

	it('is never let go', async () => {
		const { clock, take, taken } = keeper();
		expect((await clock.run(take({ isCancelled: () => true }), 0)).kind).toBe('cancelled');

		const turn = await taken();
		let isCancelled = false;
		const waiting = take({ isCancelled: () => isCancelled });
		await clock.pass(100);
		isCancelled = true;
		turn.end(() => OK);
		expect((await clock.run(waiting, 0)).kind).toBe('cancelled');
	});

	it('leaves its place to the next', async () => {
		const { clock, take, taken } = keeper();
		await taken({ quotas: [B] });
		let isCancelled = false;
		const first = take({ quotas: [A, B], isCancelled: () => isCancelled });
		const second = take({ quotas: [A] });
		expect((await clock.run(second, 0)).kind).toBe('granted');
		isCancelled = true;
		expect((await clock.run(first, NAP_MS)).kind).toBe('cancelled');
	});
});

it('a window that ends is used although an answer from the one before is still out', async () => {
	const { clock, take, taken } = keeper();
	const tell = (remaining: number, resetInMs: number): QuotaNews => ({
		...OK,
		window: { limit: 100, remaining, resetAtMs: clock.now() + resetInMs },
	});
	const first = await taken();
	first.end(() => tell(1, 5000));
	await taken();
	await clock.run(take({ maxWaitMs: 0 }), 5000 + 2 * NAP_MS);
	expect(clock.elapsedMs).toBeLessThanOrEqual(5000 + 2 * NAP_MS);
});

describe('quotas', () => {
	it('are forgotten when they are idle, with the next turn', async () => {
		const { clock, taken, turns } = keeper();
		for (let account = 0; account < 50; account += 1) {
			(await taken({ quotas: [spec(`account ${account}`)] })).end(() => OK);
		}
		expect(turns.size).toBe(50);
		await clock.pass(MINUTE_MS + NAP_MS);
		await taken({ quotas: [] });
		expect(turns.size).toBe(0);
	});

	it('are kept while somebody waits for them or a request is under way', async () => {
		const { clock, take, taken, turns } = keeper();
		const turn = await taken({ quotas: [A] });
		const waiting = take({ quotas: [A, B] });
		await clock.pass(10 * MINUTE_MS);
		await taken({ quotas: [] });
		expect(turns.size).toBe(2);
		turn.end(() => OK);
		const result = await clock.run(waiting, 0);
		if (result.kind === 'granted') result.turn.end(() => OK);
		await clock.pass(MINUTE_MS + NAP_MS);
		await taken({ quotas: [] });
		expect(turns.size).toBe(0);
	});
});

describe('limits of their own', () => {
	it('do not hold up what draws on other quotas', async () => {
		const { clock, take, taken } = keeper();
		for (let sent = 0; sent < 2; sent += 1) (await taken()).end(() => OK);
		const strict = take({ quotas: [A, B], maxWaitMs: Infinity, wish: { limit: 2, share: 1, maxConcurrency: 10 } });
		const behind = take({ maxWaitMs: Infinity });
		await clock.pass(1000);
		const other = await clock.run(take({ quotas: [B] }), 0);
		expect([other.kind, clock.elapsedMs]).toEqual(['granted', 1000]);
		if (other.kind === 'granted') other.turn.end(() => OK);
		const first = await clock.run(strict, 2 * MINUTE_MS);
		expect([first.kind, clock.elapsedMs]).toEqual(['granted', MINUTE_MS + 250]);
		if (first.kind === 'granted') first.turn.end(() => OK);
		expect((await clock.run(behind, 0)).kind).toBe('granted');
	});

	it('keep those behind waiting no longer than they accept', async () => {
		const { clock, take, taken } = keeper();
		(await taken()).end(() => OK);
		const strict = take({ maxWaitMs: Infinity, wish: { limit: 1, share: 1, maxConcurrency: 10 } });
		expect(await clock.run(take({ maxWaitMs: 1000 }), 0)).toEqual({ kind: 'tooLong', label: A.label, resumeAtMs: START_MS + MINUTE_MS + 250 });
		const first = await clock.run(strict, 2 * MINUTE_MS);
		expect(first.kind).toBe('granted');
	});
});

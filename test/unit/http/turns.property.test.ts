import fc from 'fast-check';

import type { QuotaNews, QuotaSpec, QuotaWish } from '../../../nodes/shared/http/quota';
import { TurnKeeper, type TurnResult } from '../../../nodes/shared/http/turns';
import { START_MS, VirtualClock } from './virtualClock';

const NAP_MS = 250;
/** Beyond this a server's reset is not believed; see the quota. */
const LATEST_RESET_TOLERANCE_MS = 5000;
/** What the quota may add to a stated reset: margin and learnt lag. */
const LONGEST_ADDED_MS = 250 + 3000;
const LONGEST_RUN_MS = 24 * 3_600_000;

/** What a request finds out, and what the server says with it. */
interface Answer {
	readonly latencyMs: number;
	readonly kind: 'lost' | 'neverLeft' | 'overload' | 'rateLimited' | 'success';
	/** For `rateLimited`: the hint, and which of the request's quotas it is about (a bit each). */
	readonly hintMs: number;
	readonly about: number;
	readonly window?: { readonly limit: number; readonly remaining?: number; readonly resetInMs?: number };
}

interface Arrival {
	readonly atMs: number;
	/** Which quotas it draws on (a bit each). */
	readonly draws: number;
	/** Index of its wish. */
	readonly wish: number;
	readonly maxWaitMs: number;
	readonly cancelledAtMs?: number;
	readonly answer: Answer;
}

interface Scenario {
	readonly quotas: readonly QuotaSpec[];
	readonly wishes: readonly QuotaWish[];
	readonly arrivals: readonly Arrival[];
}

/** What happened to one arrival. */
interface Trace {
	readonly arrival: Arrival;
	readonly quotas: readonly QuotaSpec[];
	readonly wish: QuotaWish;
	result?: TurnResult;
	settledAtMs: number;
	endedAtMs: number;
	readonly news: Map<string, QuotaNews>;
}

const answers = (windows: fc.Arbitrary<Answer['window']>): fc.Arbitrary<Answer> =>
	fc.record({
		latencyMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 25_000 })),
		kind: fc.oneof(
			{ weight: 5, arbitrary: fc.constant('success' as const) },
			{ weight: 2, arbitrary: fc.constantFrom('lost', 'neverLeft', 'overload', 'rateLimited') },
		),
		hintMs: fc.integer({ min: 0, max: 15_000 }),
		about: fc.integer({ min: 1, max: 7 }),
		window: windows,
	});

const noHeaders = fc.constant(undefined);
const nonsense = fc.oneof(
	noHeaders,
	fc.record({
		limit: fc.integer({ min: 1, max: 8 }),
		remaining: fc.constantFrom(undefined, 0, 5),
		resetInMs: fc.oneof(
			fc.constant(undefined),
			fc.integer({ min: -100_000, max: 0 }),
			fc.integer({ min: 30_000, max: 1e9 }),
		),
	}),
);
const lies = fc.oneof(
	{ weight: 1, arbitrary: nonsense },
	{
		weight: 3,
		arbitrary: fc.record({
			limit: fc.integer({ min: 1, max: 8 }),
			remaining: fc.integer({ min: 0, max: 8 }),
			resetInMs: fc.integer({ min: 1, max: 20_000 }),
		}),
	},
);

function scenarios(windows: fc.Arbitrary<Answer['window']>): fc.Arbitrary<Scenario> {
	const quota = fc.record({
		limit: fc.integer({ min: 1, max: 6 }),
		windowMs: fc.constantFrom(10_000, 20_000),
		followsHeaders: fc.boolean(),
		followsUser: fc.boolean(),
	});
	const wish = fc.record(
		{
			limit: fc.integer({ min: 1, max: 8 }),
			share: fc.constantFrom(1, 1, 0.5, 0.3),
			maxConcurrency: fc.integer({ min: 1, max: 8 }),
		},
		{ requiredKeys: ['share', 'maxConcurrency'] },
	);
	const arrival = fc.record(
		{
			atMs: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 60_000 })),
			draws: fc.integer({ min: 1, max: 7 }),
			wish: fc.nat(1),
			maxWaitMs: fc.constantFrom(0, 5000, Infinity, Infinity, Infinity),
			cancelledAtMs: fc.integer({ min: 0, max: 90_000 }),
			answer: answers(windows),
		},
		{ requiredKeys: ['atMs', 'draws', 'wish', 'maxWaitMs', 'answer'] },
	);
	return fc.record({
		quotas: fc
			.array(quota, { minLength: 3, maxLength: 3 })
			.map((specs) => specs.map((spec, index) => ({ ...spec, key: `q${index}`, label: `limit ${index}` }))),
		wishes: fc.tuple(wish, wish),
		arrivals: fc.array(arrival, { minLength: 1, maxLength: 30 }),
	});
}

/** Plays a scenario to its end. @throws when something waits for ever */
async function play({ arrivals, quotas, wishes }: Scenario) {
	const clock = new VirtualClock();
	const turns = new TurnKeeper(clock);
	/** By the time at which they were let go. */
	const granted: Trace[] = [];
	const traces = arrivals
		.map((arrival): Trace => ({
			arrival,
			quotas: quotas.filter((_, index) => (arrival.draws >> index) % 2 === 1),
			wish: wishes[arrival.wish],
			settledAtMs: 0,
			endedAtMs: 0,
			news: new Map(),
		}))
		.sort((one, other) => one.arrival.atMs - other.arrival.atMs);
	const follow = async (trace: Trace): Promise<void> => {
		const { answer, atMs, cancelledAtMs = Infinity, maxWaitMs } = trace.arrival;
		await clock.sleep(atMs);
		const result = await turns.take({
			quotas: trace.quotas,
			wish: trace.wish,
			maxWaitMs,
			isCancelled: () => clock.elapsedMs >= cancelledAtMs,
		});
		trace.result = result;
		trace.settledAtMs = clock.now();
		if (result.kind !== 'granted') return;
		granted.push(trace);
		await clock.sleep(answer.latencyMs);
		trace.endedAtMs = clock.now();
		result.turn.end((spec) => {
			const news = newsOf(answer, (answer.about >> quotas.indexOf(spec)) % 2 === 1, clock.now());
			trace.news.set(spec.key, news);
			return news;
		});
	};
	await clock.run(Promise.all(traces.map(follow)), LONGEST_RUN_MS);
	return { clock, granted, traces, turns };
}

function newsOf({ hintMs, kind, window }: Answer, isAbout: boolean, nowMs: number): QuotaNews {
	const answered = kind !== 'lost' && kind !== 'neverLeft';
	return {
		sends: kind === 'neverLeft' ? 0 : 1,
		answered,
		window: answered && window
			? { ...window, resetAtMs: window.resetInMs === undefined ? undefined : nowMs + window.resetInMs }
			: undefined,
		pausedUntilMs: kind === 'rateLimited' && isAbout ? nowMs + hintMs : undefined,
		effect: kind === 'success' ? 'grow' : kind === 'neverLeft' ? 'keep' : 'shrink',
	};
}

/** The requests that drew on a quota, by the time at which they were let go. */
const sendsOn = (granted: readonly Trace[], { key }: QuotaSpec) =>
	granted.filter(({ quotas }) => quotas.some((quota) => quota.key === key));

const news = (trace: Trace, { key }: QuotaSpec) => trace.news.get(key);

/** The limit that holds for a request where the server tells no window. */
function effectiveLimit(spec: QuotaSpec, trace: Trace, sends: readonly Trace[]): number {
	const limitsToldAt = (endMs: number): number[] =>
		sends.flatMap((other) => (other.endedAtMs === endMs ? (news(other, spec)?.window?.limit ?? []) : []));
	const tellers = sends.filter((other) => news(other, spec)?.window && other.endedAtMs < trace.settledAtMs);
	const lastTold = limitsToldAt(Math.max(...tellers.map(({ endedAtMs }) => endedAtMs)));
	// What is told at the very moment of the send may be known or not, and what was told before the
	// quota was idle may be forgotten or not: the larger limit counts.
	const mayBeForgotten = lastTold.length === 0 || sends.slice(1, sends.indexOf(trace) + 1).some((send) => wasIdleBefore(spec, send, sends));
	const learnt = [...lastTold, ...(mayBeForgotten ? [spec.limit] : []), ...limitsToldAt(trace.settledAtMs)];
	const wished = spec.followsUser ? trace.wish.limit : undefined;
	const limit = wished ?? (spec.followsHeaders ? Math.max(...learnt) : spec.limit);
	return Math.max(1, Math.floor(limit * trace.wish.share));
}

/** All that went before is answered and out of the window, so the quota may have been dropped. */
function wasIdleBefore(spec: QuotaSpec, send: Trace, sends: readonly Trace[]): boolean {
	return sends
		.slice(0, sends.indexOf(send))
		.every(({ endedAtMs, settledAtMs }) => Math.max(endedAtMs, settledAtMs + spec.windowMs) <= send.settledAtMs);
}

/** Requests that are let go at one instant go in some order: the strictest first, if any can. */
function inStrictestOrder(spec: QuotaSpec, sends: readonly Trace[]): Trace[] {
	const limits = new Map(sends.map((trace) => [trace, effectiveLimit(spec, trace, sends)]));
	return [...sends].sort(
		(one, other) => one.settledAtMs - other.settledAtMs || (limits.get(one) ?? 0) - (limits.get(other) ?? 0),
	);
}

/** How many requests left in the window that ends with this one, itself included. */
function sendsInWindow(spec: QuotaSpec, trace: Trace, sends: readonly Trace[]): number {
	return sends.slice(0, sends.indexOf(trace) + 1).filter(
		(other) =>
			other.settledAtMs > trace.settledAtMs - spec.windowMs &&
			(other === trace || other.arrival.answer.kind !== 'neverLeft'),
	).length;
}

describe.each([
	['says nothing about its window', noHeaders, false],
	['says nonsense about its window', nonsense, false],
	['lies about its window', lies, true],
])('with a server that %s, whatever the interleaving', (_server, windows, hasPlausible) => {
	const assertFor = async (
		check: (played: Awaited<ReturnType<typeof play>>, scenario: Scenario) => Promise<void> | void,
	): Promise<void> => {
		await fc.assert(
			fc.asyncProperty(scenarios(windows), async (scenario) => await check(await play(scenario), scenario)),
			{ numRuns: 150 },
		);
	};

	it('every request is let go, cancelled, or told when to come again', async () => {
		await assertFor(({ traces }) => {
			for (const { arrival, result, settledAtMs } of traces) {
				if (result?.kind === 'granted') continue;
				if (result?.kind === 'cancelled') {
					expect(arrival.cancelledAtMs).toBeDefined();
				} else {
					expect(result?.kind).toBe('tooLong');
					if (result?.kind === 'tooLong') expect(result.resumeAtMs - settledAtMs).toBeGreaterThan(arrival.maxWaitMs);
				}
			}
		});
	});

	it('a cancelled request ends within one nap, and is not let go', async () => {
		await assertFor(({ traces }) => {
			for (const { arrival, result, settledAtMs } of traces) {
				const { atMs, cancelledAtMs = Infinity } = arrival;
				const cancelAtMs = START_MS + Math.max(atMs, cancelledAtMs);
				expect(settledAtMs).toBeLessThanOrEqual(cancelAtMs + NAP_MS);
				if (result?.kind === 'granted') expect(settledAtMs).toBeLessThan(START_MS + cancelledAtMs);
			}
		});
	});

	it('nobody is sent before a pause ends', async () => {
		await assertFor(({ granted }, { quotas }) => {
			for (const spec of quotas) {
				const sends = sendsOn(granted, spec);
				for (const refused of sends) {
					const pausedUntilMs = news(refused, spec)?.pausedUntilMs ?? -Infinity;
					const early = sends.filter(
						({ settledAtMs }) => settledAtMs > refused.endedAtMs && settledAtMs < pausedUntilMs,
					);
					expect(early).toEqual([]);
				}
			}
		});
	});

	it('the first request goes alone, and never more than the cap at once', async () => {
		await assertFor(({ granted }, { quotas, wishes }) => {
			const cap = Math.max(...wishes.map(({ maxConcurrency }) => maxConcurrency));
			for (const spec of quotas) {
				const sends = sendsOn(granted, spec);
				for (const [index, send] of sends.entries()) {
					const underWay = sends.slice(0, index).filter(({ endedAtMs }) => endedAtMs > send.settledAtMs);
					expect(underWay.length).toBeLessThan(cap);
					expect(underWay).not.toContain(sends[0]);
				}
			}
		});
	});

	it('requests that draw on the same quotas keep their order, whatever their limits', async () => {
		await assertFor(({ traces }) => {
			const lastOfDraws = new Map<number, number>();
			for (const { arrival, result, settledAtMs } of traces) {
				if (result?.kind !== 'granted') continue;
				const { draws } = arrival;
				expect(settledAtMs).toBeGreaterThanOrEqual(lastOfDraws.get(draws) ?? 0);
				lastOfDraws.set(draws, settledAtMs);
			}
		});
	});

	it('every send is within the window, or backed by what the server said of its own', async () => {
		await assertFor(({ granted }, { quotas }) => {
			for (const spec of quotas) {
				const sends = inStrictestOrder(spec, sendsOn(granted, spec));
				for (const trace of sends) {
					if (sendsInWindow(spec, trace, sends) <= effectiveLimit(spec, trace, sends)) continue;
					expect(hasPlausible && (isBacked(spec, trace, sends) || isLoneProbe(spec, trace, sends))).toBe(true);
				}
			}
		});
	});

	it('no quota is remembered when all windows and pauses are over', async () => {
		await assertFor(async ({ clock, turns }) => {
			await clock.pass(60_000);
			const request = { quotas: [], wish: { share: 1, maxConcurrency: 1 }, maxWaitMs: 0, isCancelled: () => false };
			await clock.run(turns.take(request), 0);
			expect(turns.size).toBe(0);
		});
	});
});

/** A statement that was live at the send left room for it. */
function isBacked(spec: QuotaSpec, trace: Trace, sends: readonly Trace[]): boolean {
	if (!spec.followsHeaders) return false;
	const before = sends.slice(0, sends.indexOf(trace) + 1);
	return before.some((teller) => {
		if (teller.endedAtMs === 0 || teller.endedAtMs > trace.settledAtMs) return false;
		const { remaining, resetAtMs = -Infinity } = news(teller, spec)?.window ?? {};
		const isLive =
			resetAtMs > teller.endedAtMs &&
			resetAtMs <= teller.endedAtMs + spec.windowMs + LATEST_RESET_TOLERANCE_MS &&
			trace.settledAtMs < resetAtMs + LONGEST_ADDED_MS;
		const sentSince = before.filter(({ settledAtMs }) => settledAtMs >= teller.endedAtMs);
		const neverLeft = sentSince.filter(({ arrival }) => arrival.answer.kind === 'neverLeft' && arrival !== trace.arrival);
		return isLive && sentSince.length - neverLeft.length <= (remaining ?? 0);
	});
}

/**
 * A window or a pause that the server stated is over, and this is the one request that finds out
 * what comes next: whatever else has left did so before that end.
 */
function isLoneProbe(spec: QuotaSpec, trace: Trace, sends: readonly Trace[]): boolean {
	const statedEnds = sends.flatMap((teller) => {
		const { pausedUntilMs, window } = teller.endedAtMs <= trace.settledAtMs ? (news(teller, spec) ?? {}) : {};
		return [pausedUntilMs, window?.resetAtMs].filter((time) => time !== undefined && time <= trace.settledAtMs);
	});
	const before = sends.slice(0, sends.indexOf(trace));
	// One probe for each stated end, and none that may have left is gone by already.
	const lastLeftAtMs = Math.max(
		...before.filter(({ arrival }) => arrival.answer.kind !== 'neverLeft').map(({ settledAtMs }) => settledAtMs),
		-Infinity,
	);
	return spec.followsHeaders && statedEnds.some((endMs) => endMs !== undefined && endMs >= lastLeftAtMs - LONGEST_ADDED_MS);
}

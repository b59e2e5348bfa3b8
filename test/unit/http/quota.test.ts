import { Quota, type QuotaNews, type QuotaSpec, type QuotaWish } from '../../../nodes/shared/http/quota';

const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
/** What is added to a window's end, because clocks and latencies differ. */
const MARGIN_MS = 250;
/** What is added to a pause, because times are told in whole seconds. */
const ROUNDING_MS = 1000;

const SPEC: QuotaSpec = {
	key: 'plan',
	label: 'the plan',
	limit: 3,
	windowMs: MINUTE_MS,
	followsHeaders: true,
	followsUser: true,
};
const WISH: QuotaWish = { share: 1, maxConcurrency: 8 };
const OK: QuotaNews = { sends: 1, answered: true, effect: 'grow' };

const told = (limit: number, remaining: number | undefined, resetInMs: number | undefined, nowMs: number): QuotaNews => ({
	...OK,
	window: { limit, remaining, resetAtMs: resetInMs === undefined ? undefined : nowMs + resetInMs },
});

/** A quota with the time at which it is looked at. */
function quotaAt(spec: Partial<QuotaSpec> = {}) {
	const quota = new Quota({ ...SPEC, ...spec });
	let nowMs = START_MS;
	return {
		quota,
		pass: (ms: number) => (nowMs += ms),
		/** How long a request has to wait: 0 for not at all, "answer" until a request under way ends. */
		waitMs(wish: QuotaWish = WISH) {
			const delay = quota.delay(nowMs, wish);
			if (delay === undefined) return 0;
			return delay.untilMs === undefined ? 'answer' : delay.untilMs - nowMs;
		},
		begin: () => quota.begin(nowMs),
		end: (send: ReturnType<Quota['begin']>, news: QuotaNews, wish = WISH) => quota.end(send, nowMs, news, wish),
		/** Sends and is answered at once. */
		send: (news: QuotaNews = OK, wish = WISH) => quota.end(quota.begin(nowMs), nowMs, news, wish),
		tell: (limit: number, remaining: number | undefined, resetInMs?: number) => told(limit, remaining, resetInMs, nowMs),
		refusal: (waitMs: number): QuotaNews => ({ ...OK, effect: 'shrink', pausedUntilMs: nowMs + waitMs }),
		isIdle: () => quota.isIdle(nowMs),
	};
}

describe('without headers', () => {
	it('never lets more than the limit go in any window', () => {
		const at = quotaAt();
		at.send();
		at.pass(10_000);
		at.send();
		at.send();
		expect(at.waitMs()).toBe(50_000 + MARGIN_MS);
		at.pass(50_000 + MARGIN_MS - 1);
		expect(at.waitMs()).toBe(1);
		at.pass(1);
		expect(at.waitMs()).toBe(0);
		at.send();
		expect(at.waitMs()).toBe(10_000);
	});

	it('counts a request from when it left, and one that n8n repeated twice', () => {
		const at = quotaAt();
		at.send({ ...OK, sends: 2 });
		expect(at.waitMs()).toBe(0);
		at.send();
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});

	it('takes back the very request that never left', () => {
		const at = quotaAt({ limit: 2 });
		at.send();
		at.pass(MINUTE_MS + MARGIN_MS);
		const never = at.begin();
		at.pass(30_000);
		at.send();
		at.end(never, { ...OK, sends: 0, answered: false, effect: 'keep' });
		at.send();
		// The two that left did so 30 s after the one that did not.
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});

	it('takes the limit from headers that tell no window', () => {
		const at = quotaAt();
		at.send(at.tell(5, undefined));
		for (let sent = 1; sent < 5; sent += 1) {
			expect(at.waitMs()).toBe(0);
			at.send();
		}
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});

	it.each([
		['is over', 0],
		['lies in the past', -1000],
		['lies further ahead than the window and a little is long', MINUTE_MS + 5001],
		['is not told', undefined],
	])('does not believe a window whose reset %s', (_case, resetInMs) => {
		const at = quotaAt();
		at.send(at.tell(3, 0, resetInMs));
		expect(at.waitMs()).toBe(0);
		at.send(at.tell(3, 3, resetInMs));
		at.send(at.tell(3, 3, resetInMs));
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});

	it('does not learn from headers that are about another quota', () => {
		const at = quotaAt({ followsHeaders: false });
		at.send(at.tell(500, 400, 10_000));
		at.send();
		at.send();
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});
});

describe('with live headers', () => {
	it('follows what the server says is left until its reset', () => {
		const at = quotaAt();
		at.send(at.tell(100, 2, 10_000));
		at.send();
		at.send();
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS);
	});

	it('believes the least remaining of a window, whatever the order of the answers', () => {
		const at = quotaAt();
		at.send();
		const [slow, fast] = [at.begin(), at.begin()];
		at.end(fast, at.tell(100, 1, 10_000));
		at.end(slow, at.tell(100, 2, 10_000));
		at.send();
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS);
	});

	it('counts requests under way as not yet in the remaining', () => {
		const at = quotaAt();
		for (const remaining of [4, 3, 2]) at.send(at.tell(100, remaining, 10_000));
		at.begin();
		expect(at.waitMs()).toBe(0);
		at.begin();
		expect(at.waitMs()).toBe('answer');
	});

	it.each([
		['nobody else', 1, 40, 40],
		// Two others for each one of ours, each of which counts twice: five places for each one under way.
		['two others', 3, 60, 12],
	])('counts what %s may have under way, by what is used up', (_others, usedByAll, left, mostUnderWay) => {
		const at = quotaAt({ limit: 100 });
		const wish = { share: 1, maxConcurrency: 64 };
		for (let sent = 0; sent <= 10; sent += 1) at.send(at.tell(100, left + usedByAll * (10 - sent), 30_000), wish);
		let underWay = 0;
		for (; at.waitMs(wish) === 0; underWay += 1) at.begin();
		expect([underWay, at.waitMs(wish)]).toEqual([mostUnderWay, 'answer']);
	});

	it('believes the earliest reset of a window, because every reading comes late', () => {
		const at = quotaAt();
		at.send(at.tell(100, 5, 10_900));
		at.send(at.tell(100, 0, 10_000));
		at.send(at.tell(100, 0, 10_500));
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS);
	});

	it('learns nothing from a late answer about the window before', () => {
		const at = quotaAt();
		at.send(at.tell(100, 100, 1000));
		at.pass(1000 + MARGIN_MS);
		const [late, probe] = [at.begin(), at.begin()];
		at.end(probe, at.tell(100, 50, MINUTE_MS));
		at.end(late, at.tell(100, 0, 500));
		expect(at.waitMs()).toBe(0);
	});

	it('sends one request alone when the window has ended, to learn the next', () => {
		const at = quotaAt();
		for (let time = 0; time < 3; time += 1) at.send(at.tell(100, 0, 10_000));
		at.pass(10_000 + MARGIN_MS);
		expect(at.waitMs()).toBe(0);
		const probe = at.begin();
		expect(probe.isProbe).toBe(true);
		expect(at.waitMs()).toBe('answer');
		at.end(probe, at.tell(100, 99, MINUTE_MS));
		expect(at.waitMs()).toBe(0);
		expect(at.begin().isProbe).toBe(false);
	});

	const LOST: QuotaNews = { sends: 1, answered: false, effect: 'shrink' };

	it('goes back to the sliding window when the answer to a probe is lost', () => {
		const at = quotaAt();
		at.send(at.tell(4, 0, 10_000));
		at.pass(10_000 + MARGIN_MS);
		at.send(LOST);
		at.send(LOST);
		at.send(LOST);
		expect(at.waitMs()).toBe(MINUTE_MS - 10_000);
	});

	it('sends the next probe when the first never left', () => {
		const at = quotaAt();
		at.send(at.tell(100, 0, 10_000));
		at.pass(10_000 + MARGIN_MS);
		at.send({ sends: 0, answered: false, effect: 'keep' });
		expect(at.begin().isProbe).toBe(true);
	});

	it('keeps the window that another answer told while a probe was lost', () => {
		const at = quotaAt();
		at.send(at.tell(100, 100, 1000));
		at.pass(1000 + MARGIN_MS - 1);
		const early = at.begin();
		at.pass(1);
		const probe = at.begin();
		at.end(early, at.tell(100, 2, MINUTE_MS));
		at.end(probe, LOST);
		at.send(at.tell(100, 0, MINUTE_MS));
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS);
	});

	it('goes back to the sliding window when the server stops telling', () => {
		const at = quotaAt();
		at.send(at.tell(4, 0, 10_000));
		at.pass(10_000 + MARGIN_MS);
		at.send();
		at.send();
		at.send();
		expect(at.waitMs()).toBe(MINUTE_MS - 10_000);
	});

	it('takes off what answers without headers have used', () => {
		const at = quotaAt();
		at.send(at.tell(100, 2, 10_000));
		at.send();
		at.send();
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS);
	});
});

describe('a window that ends later than stated', () => {
	const refusedProbe = (at: ReturnType<typeof quotaAt>, hintMs: number) => {
		at.send(at.tell(100, 0, 10_000));
		at.pass(10_000 + MARGIN_MS + 3000);
		at.send(at.refusal(hintMs));
		at.pass(hintMs + ROUNDING_MS);
		at.send(at.tell(100, 0, 10_000));
	};

	it('is given a second more from then on', () => {
		const at = quotaAt();
		refusedProbe(at, 800);
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS + 1000);
	});

	it('is given three seconds more at most', () => {
		const at = quotaAt();
		for (let time = 0; time < 6; time += 1) {
			refusedProbe(at, 800);
			at.pass(MINUTE_MS);
		}
		at.send(at.tell(100, 0, 10_000));
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS + 3000);
	});

	it('is not inferred when others have used up the next window', () => {
		const at = quotaAt();
		refusedProbe(at, 40_000);
		expect(at.waitMs()).toBe(10_000 + MARGIN_MS);
	});
});

describe('a 429', () => {
	it('pauses everybody until the stated time and the second that rounding may hide', () => {
		const at = quotaAt({ limit: 100 });
		at.send();
		at.send(at.refusal(5000));
		expect(at.waitMs()).toBe(5000 + ROUNDING_MS);
		at.pass(5000 + ROUNDING_MS - 1);
		expect(at.waitMs()).toBe(1);
		at.pass(1);
		expect(at.waitMs()).toBe(0);
		at.begin();
		expect(at.waitMs()).toBe('answer');
	});

	it('does not shorten a longer pause', () => {
		const at = quotaAt({ limit: 100 });
		at.send();
		const [first, second] = [at.begin(), at.begin()];
		at.end(first, at.refusal(5000));
		at.end(second, at.refusal(1000));
		expect(at.waitMs()).toBe(5000 + ROUNDING_MS);
	});

	it('makes void what the server says to requests that were sent before it', () => {
		const at = quotaAt({ limit: 100 });
		at.send(at.tell(100, 90, 30_000));
		const [refused, slow] = [at.begin(), at.begin()];
		at.pass(100);
		at.end(refused, at.refusal(500));
		at.pass(500 + ROUNDING_MS);
		at.end(slow, at.tell(100, 88, 28_000));
		expect(at.begin().isProbe).toBe(true);
		expect(at.waitMs()).toBe('answer');
	});

	it('pauses a quota that does not follow headers, too', () => {
		const at = quotaAt({ followsHeaders: false, limit: 100 });
		at.send(at.refusal(5000));
		expect(at.waitMs()).toBe(5000 + ROUNDING_MS);
	});

	it('without any headers leaves the sliding window in force', () => {
		const at = quotaAt({ limit: 2 });
		at.send();
		at.send(at.refusal(500));
		at.pass(500 + ROUNDING_MS);
		expect(at.waitMs()).toBe(MINUTE_MS + MARGIN_MS - 500 - ROUNDING_MS);
	});
});

describe('concurrency', () => {
	/** How many requests the quota lets be under way at once. */
	const concurrencyOf = (at: ReturnType<typeof quotaAt>) => {
		const sends = [];
		while (at.waitMs() === 0) sends.push(at.begin());
		for (const send of sends) at.end(send, { ...OK, sends: 0, answered: false, effect: 'keep' });
		return sends.length;
	};

	it('begins with one', () => {
		expect(concurrencyOf(quotaAt({ limit: 1000 }))).toBe(1);
	});

	it('doubles per success up to the cap, and halves on overload down to one', () => {
		const at = quotaAt({ limit: 1000 });
		const seen = [];
		for (const effect of ['grow', 'grow', 'grow', 'grow', 'keep', 'shrink', 'shrink', 'shrink', 'shrink', 'grow'] as const) {
			at.send({ ...OK, effect }, { ...WISH, maxConcurrency: 7 });
			seen.push(concurrencyOf(at));
		}
		expect(seen).toEqual([2, 4, 7, 7, 7, 3, 1, 1, 1, 2]);
	});

	it('is not taken from others by a request with a smaller cap', () => {
		const at = quotaAt({ limit: 1000 });
		for (let time = 0; time < 3; time += 1) at.send();
		at.send(OK, { ...WISH, maxConcurrency: 2 });
		expect(concurrencyOf(at)).toBe(8);
	});
});

describe('what the user sets', () => {
	it('a limit holds as a sliding window where the server says nothing', () => {
		const at = quotaAt();
		const wish = { ...WISH, limit: 1 };
		at.send(OK, wish);
		expect(at.waitMs(wish)).toBe(MINUTE_MS + MARGIN_MS);
		expect(at.waitMs()).toBe(0);
	});

	it('a limit above the presumed one counts, because the user knows the plan', () => {
		const at = quotaAt();
		for (let time = 0; time < 4; time += 1) at.send();
		expect(at.waitMs()).toBeGreaterThan(0);
		expect(at.waitMs({ ...WISH, limit: 5 })).toBe(0);
	});

	it('a limit holds beside what the server says', () => {
		const at = quotaAt();
		at.send(at.tell(100, 50, 10_000));
		expect(at.waitMs({ ...WISH, limit: 1 })).toBe(MINUTE_MS + MARGIN_MS);
		expect(at.waitMs({ ...WISH, limit: 2 })).toBe(0);
		at.send(at.tell(100, 0, 10_000));
		expect(at.waitMs({ ...WISH, limit: 50 })).toBe(10_000 + MARGIN_MS);
	});

	it('a limit holds for the probe, too', () => {
		const at = quotaAt();
		at.send(at.tell(100, 50, 10_000));
		at.pass(10_000 + MARGIN_MS);
		expect(at.waitMs({ ...WISH, limit: 1 })).toBe(MINUTE_MS - 10_000);
	});

	it('a limit is not meant for a quota that does not follow the user', () => {
		const at = quotaAt({ followsUser: false });
		at.send();
		expect(at.waitMs({ ...WISH, limit: 1 })).toBe(0);
	});

	it.each([
		[0.5, 10, 5],
		[0.34, 10, 3],
		[0.01, 10, 1],
		[1, 10, 10],
	])('a share of %d of %d a window is %d', (share, limit, expected) => {
		const wish = { ...WISH, share };
		const sliding = quotaAt({ limit });
		const server = quotaAt();
		server.send(server.tell(limit, limit - 1, 30_000), wish);
		sliding.send(OK, wish);
		for (let sent = 1; sent < expected; sent += 1) {
			expect([sliding.waitMs(wish), server.waitMs(wish)]).toEqual([0, 0]);
			sliding.send(OK, wish);
			server.send(server.tell(limit, limit - sent - 1, 30_000), wish);
		}
		expect([sliding.waitMs(wish), server.waitMs(wish)]).toEqual([MINUTE_MS + MARGIN_MS, 30_000 + MARGIN_MS]);
	});
});

describe('a quota is idle', () => {
	it('from the start', () => {
		expect(quotaAt().isIdle()).toBe(true);
	});

	it('when its window is over', () => {
		const at = quotaAt();
		at.send();
		at.pass(MINUTE_MS + MARGIN_MS - 1);
		expect(at.isIdle()).toBe(false);
		at.pass(1);
		expect(at.isIdle()).toBe(true);
	});

	it('not while a request is under way', () => {
		const at = quotaAt();
		const send = at.begin();
		at.pass(10 * MINUTE_MS);
		expect(at.isIdle()).toBe(false);
		at.end(send, OK);
		at.pass(MINUTE_MS + MARGIN_MS);
		expect(at.isIdle()).toBe(true);
	});

	it.each([true, false])('not while it is paused, whether it follows headers or not: %s', (followsHeaders) => {
		const at = quotaAt({ followsHeaders });
		at.send(at.refusal(3_600_000));
		at.pass(3_600_000 + ROUNDING_MS - 1);
		expect(at.isIdle()).toBe(false);
		at.pass(1);
		expect(at.isIdle()).toBe(true);
	});

	it('not before the reset that the server has told', () => {
		const at = quotaAt({ windowMs: 3000 });
		at.send(at.tell(100, 0, 7000));
		at.pass(7000);
		expect(at.isIdle()).toBe(false);
		at.pass(MARGIN_MS);
		expect(at.isIdle()).toBe(true);
	});
});

import { createHash } from 'node:crypto';

import { MAX_SEEN_EVENTS, ReplayGuard, SEEN_FOR_MS } from '../../../nodes/shared/webhook/replayGuard';

const NOW_MS = 1_790_000_000_000;
const UNDER_WAY_MS = 30_000;
const TRIGGER = 'w1/n1/webhook';

/** A guard that these events have been taken by. */
function guardOf(ids: readonly string[], nowMs = NOW_MS): ReplayGuard {
	const guard = new ReplayGuard();
	for (const id of ids) {
		guard.begin(TRIGGER, id, nowMs);
		guard.taken(TRIGGER, id);
	}
	return guard;
}

describe('an event', () => {
	it('is known once it has come, and not by being asked about', () => {
		const guard = new ReplayGuard();
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS)).toBe(false);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS)).toBe(false);
		guard.begin(TRIGGER, 'evt_1', NOW_MS);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS)).toBe(true);
		expect(guard.knows(TRIGGER, 'evt_2', NOW_MS)).toBe(false);
		expect(guard.knows('w1/n2/webhook', 'evt_1', NOW_MS)).toBe(false);
	});

	it('that nobody knows the end of is under way for half a minute', () => {
		const guard = new ReplayGuard();
		guard.begin(TRIGGER, 'evt_1', NOW_MS);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS + UNDER_WAY_MS)).toBe(true);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS + UNDER_WAY_MS + 1)).toBe(false);
	});

	it('that was taken is known for 24 h', () => {
		const guard = guardOf(['evt_1']);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS + SEEN_FOR_MS)).toBe(true);
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS + SEEN_FOR_MS + 1)).toBe(false);
	});

	it('that became nothing after all is new, and of the others nothing is forgotten', () => {
		const guard = guardOf(['evt_1', 'evt_2']);
		guard.forget(TRIGGER, 'evt_1');
		guard.forget(TRIGGER, 'evt_3');
		guard.forget('w2/n1/webhook', 'evt_2');
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS)).toBe(false);
		expect(guard.knows(TRIGGER, 'evt_2', NOW_MS)).toBe(true);
	});

	it('is forgotten after 1,000 others', () => {
		const ids = Array.from({ length: MAX_SEEN_EVENTS + 1 }, (_, index) => `${index}`);
		const guard = guardOf(ids.slice(0, -1));
		expect(guard.knows(TRIGGER, '0', NOW_MS)).toBe(true);
		guard.begin(TRIGGER, ids[MAX_SEEN_EVENTS], NOW_MS);
		expect(guard.knows(TRIGGER, '0', NOW_MS)).toBe(false);
		expect(ids.slice(1).every((id) => guard.knows(TRIGGER, id, NOW_MS))).toBe(true);
	});

	it('that begins again is the newest, takes no second place, and is under way again', () => {
		const ids = Array.from({ length: MAX_SEEN_EVENTS }, (_, index) => `${index}`);
		const guard = guardOf(ids);
		guard.begin(TRIGGER, '0', NOW_MS + 60_000);
		guard.begin(TRIGGER, 'another', NOW_MS + 60_000);
		expect(['0', '1', '2'].map((id) => guard.knows(TRIGGER, id, NOW_MS + 60_000))).toEqual([true, false, true]);
		expect(guard.knows(TRIGGER, '0', NOW_MS + 60_000 + UNDER_WAY_MS + 1)).toBe(false);
	});

	it('that is not known cannot be taken', () => {
		const guard = new ReplayGuard();
		guard.taken(TRIGGER, 'evt_1');
		expect(guard.knows(TRIGGER, 'evt_1', NOW_MS)).toBe(false);
	});

	it('stays known when the clock steps back', () => {
		expect(guardOf(['evt_1']).knows(TRIGGER, 'evt_1', NOW_MS - 3_600_000)).toBe(true);
	});
});

describe('a trigger', () => {
	it('of which all is old takes no room any more once another one gets an event', () => {
		const guard = guardOf(['evt_1', 'evt_2']);
		guard.begin('w2/n1/webhook', 'evt_1', NOW_MS + SEEN_FOR_MS);
		expect(guard.size).toBe(2);
		guard.begin('w2/n1/webhook', 'evt_2', NOW_MS + SEEN_FOR_MS + 1);
		expect(guard.size).toBe(1);
		expect(guard.knows('w2/n1/webhook', 'evt_1', NOW_MS + SEEN_FOR_MS)).toBe(true);
	});

	it('keeps what is not old yet', () => {
		const guard = guardOf(['old']);
		guard.begin(TRIGGER, 'young', NOW_MS + SEEN_FOR_MS);
		guard.taken(TRIGGER, 'young');
		guard.begin('w2/n1/webhook', 'evt_1', NOW_MS + SEEN_FOR_MS + 1);
		expect(guard.size).toBe(2);
		expect(guard.knows(TRIGGER, 'young', NOW_MS + 2 * SEEN_FOR_MS)).toBe(true);
		// Not even a clock that steps back brings it back.
		expect(guard.knows(TRIGGER, 'old', NOW_MS)).toBe(false);
	});
});

describe('hostile ids', () => {
	const ids = ['__proto__', 'constructor', 'toString', '', ' ', 'a b', '1790000000000 evt', '0', '\u0000', '💡'];

	it('are ids like any other', () => {
		for (const id of ids) expect(guardOf(ids.filter((other) => other !== id)).knows(TRIGGER, id, NOW_MS)).toBe(false);
		const guard = guardOf(ids);
		for (const id of ids) expect(guard.knows(TRIGGER, id, NOW_MS)).toBe(true);
		expect(({} as { seen?: unknown }).seen).toBeUndefined();
	});

	it('of any length stay apart, and only what is short is kept as it is', () => {
		const long = Array.from({ length: 5 }, (_, index) => `${'x'.repeat(100_000)}${index}`);
		const guard = guardOf(long);
		expect(guard.knows(TRIGGER, long[4], NOW_MS)).toBe(true);
		expect(guard.knows(TRIGGER, `${long[4]}x`, NOW_MS)).toBe(false);
		guard.forget(TRIGGER, long[4]);
		expect(guard.knows(TRIGGER, long[4], NOW_MS)).toBe(false);
		const hashOf = (id: string): string => `sha256:${createHash('sha256').update(id).digest('hex')}`;
		expect([128, 129].map((length) => guardOf(['x'.repeat(length)]).knows(TRIGGER, hashOf('x'.repeat(length)), NOW_MS))).toEqual([false, true]);
	});
});

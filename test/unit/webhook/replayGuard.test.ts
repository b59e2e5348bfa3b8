import { ObservableObject, type IDataObject } from 'n8n-workflow';

import {
	MAX_SEEN_EVENTS,
	SEEN_FOR_MS,
	forget,
	markSeen,
	mergeSeen,
	wasSeen,
	type SeenEvents,
} from '../../../nodes/shared/webhook/replayGuard';

const NOW_MS = 1_790_000_000_000;

const marked = (ids: string[], nowMs = NOW_MS) =>
	ids.reduce<SeenEvents>((seen, id) => markSeen(seen, id, nowMs), []);

describe('an event', () => {
	it('is seen once it is marked, and not by being asked about', () => {
		expect(wasSeen([], 'evt_1', NOW_MS)).toBe(false);
		expect(wasSeen([], 'evt_1', NOW_MS)).toBe(false);
		const seen = markSeen([], 'evt_1', NOW_MS);
		expect(wasSeen(seen, 'evt_1', NOW_MS)).toBe(true);
		expect(wasSeen(seen, 'evt_2', NOW_MS)).toBe(false);
	});

	it('whose execution did not start is new when the vendor sends it again', () => {
		let seen: SeenEvents = [];
		const deliver = (startExecution: () => boolean) => {
			if (wasSeen(seen, 'evt_1', NOW_MS)) return 'duplicate';
			if (!startExecution()) return 'failed';
			seen = markSeen(seen, 'evt_1', NOW_MS);
			return 'started';
		};
		expect([deliver(() => false), deliver(() => true), deliver(() => true)]).toEqual([
			'failed',
			'started',
			'duplicate',
		]);
	});

	it('is forgotten after 24 h', () => {
		const seen = marked(['evt_1']);
		expect(wasSeen(seen, 'evt_1', NOW_MS + SEEN_FOR_MS)).toBe(true);
		expect(wasSeen(seen, 'evt_1', NOW_MS + SEEN_FOR_MS + 1)).toBe(false);
		expect(markSeen(seen, 'evt_2', NOW_MS + SEEN_FOR_MS + 1)).toHaveLength(1);
	});

	it('is forgotten after 1,000 others', () => {
		const ids = Array.from({ length: MAX_SEEN_EVENTS + 1 }, (_, index) => `${index}`);
		const seen = marked(ids);
		expect(seen).toHaveLength(1000);
		expect(wasSeen(seen, '0', NOW_MS)).toBe(false);
		expect(ids.slice(1).every((id) => wasSeen(seen, id, NOW_MS))).toBe(true);
	});

	it('marked again is remembered from then on, and takes no second place', () => {
		const again = markSeen(marked(['evt_1', 'evt_2']), 'evt_1', NOW_MS + SEEN_FOR_MS);
		expect(again).toHaveLength(2);
		expect(wasSeen(again, 'evt_1', NOW_MS + SEEN_FOR_MS + 1)).toBe(true);
	});

	it('stays seen when the clock steps back', () => {
		expect(wasSeen(marked(['evt_1']), 'evt_1', NOW_MS - 3_600_000)).toBe(true);
	});
});

describe('two lists', () => {
	it('become one, bounded as either, in which the later one counts', () => {
		const ids = (from: number) => Array.from({ length: 600 }, (_, index) => `${from + index}`);
		const both = mergeSeen(marked(ids(0)), marked(ids(500), NOW_MS + 1000), NOW_MS + 1000);
		expect(both).toHaveLength(MAX_SEEN_EVENTS);
		expect(wasSeen(both, '99', NOW_MS)).toBe(false);
		expect(wasSeen(both, '1099', NOW_MS)).toBe(true);
		expect(wasSeen(both, '550', NOW_MS + SEEN_FOR_MS + 1000)).toBe(true);
	});

	it('without an event have all the others', () => {
		const long = 'x'.repeat(500);
		const seen = forget(marked(['a', long, 'b']), long);
		expect(seen.map((entry) => entry.split(' ')[1])).toEqual(['a', 'b']);
		expect(forget(seen, 'c')).toEqual(seen);
		expect(forget(undefined, 'a')).toEqual([]);
	});
});

describe('hostile ids', () => {
	const ids = [
		'__proto__',
		'constructor',
		'toString',
		'',
		' ',
		'a b',
		'1790000000000 evt',
		'0',
		'\u0000',
		'💡',
	];

	it('are ids like any other', () => {
		for (const id of ids)
			expect(wasSeen(marked(ids.filter((other) => other !== id)), id, NOW_MS)).toBe(false);
		for (const id of ids) expect(wasSeen(marked(ids), id, NOW_MS)).toBe(true);
		expect(Object.getPrototypeOf(marked(ids))).toBe(Array.prototype);
		expect(({} as { seen?: unknown }).seen).toBeUndefined();
	});

	it('of any length take little room and stay apart', () => {
		const long = Array.from({ length: 5 }, (_, index) => `${'x'.repeat(100_000)}${index}`);
		const seen = marked(long);
		expect(JSON.stringify(seen).length).toBeLessThan(600);
		expect(wasSeen(seen, long[4], NOW_MS)).toBe(true);
		expect(wasSeen(seen, `${long[4]}x`, NOW_MS)).toBe(false);
	});
});

describe('static data', () => {
	it('carries the list through JSON and n8n, which notices that it changed', () => {
		const staticData = ObservableObject.create(
			{ node: JSON.parse(JSON.stringify({ seen: marked(['evt_1']) })) as IDataObject },
			undefined,
			{ ignoreEmptyOnFirstChild: true },
		);
		const node = staticData.node as IDataObject;
		expect(wasSeen(node.seen, 'evt_1', NOW_MS)).toBe(true);
		expect(staticData.__dataChanged).toBe(false);
		node.seen = markSeen(node.seen, 'evt_2', NOW_MS);
		expect(staticData.__dataChanged).toBe(true);
		expect(wasSeen(node.seen, 'evt_2', NOW_MS)).toBe(true);
	});

	it.each([undefined, null, 'text', 7, {}, { length: 3 }, [null, 3, {}, [], 'no time', ' ', '']])(
		'that is %j is an empty list, and heals',
		(broken) => {
			expect(wasSeen(broken, 'evt_1', NOW_MS)).toBe(false);
			const seen = markSeen(broken, 'evt_1', NOW_MS);
			expect(wasSeen(seen, 'evt_1', NOW_MS)).toBe(true);
			expect(JSON.stringify(seen).length).toBeLessThan(60);
		},
	);
});

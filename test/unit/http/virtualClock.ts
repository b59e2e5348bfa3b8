import type { Clock } from '../../../nodes/shared/http/turns';

/** Where virtual time begins: not a whole second, so that rounding shows. */
export const START_MS = Date.UTC(2026, 2, 14, 12, 0, 0) + 337;

/**
 * A clock whose time passes only when everything that could happen now has happened. Sleepers wake
 * in the order of their times, and those of one instant together, in the order in which they lay
 * down: the same seed gives the same run.
 */
export class VirtualClock implements Clock {
	readonly random: () => number;

	private nowMs = START_MS;

	private readonly instants: number[] = [];

	private readonly sleepers = new Map<number, Array<() => void>>();

	constructor(seed = 1) {
		this.random = randomFrom(seed);
	}

	readonly now = (): number => this.nowMs;

	get elapsedMs(): number {
		return this.nowMs - START_MS;
	}

	async sleep(ms: number): Promise<void> {
		if (!Number.isFinite(ms) || ms < 0) throw new Error(`Nobody can sleep for ${ms} ms`);
		await new Promise<void>((wake) => this.at(this.nowMs + ms, wake));
	}

	/** Runs something at a point in time. */
	at(atMs: number, wake: () => void): void {
		const known = this.sleepers.get(atMs);
		if (known) {
			known.push(wake);
			return;
		}
		this.sleepers.set(atMs, [wake]);
		push(this.instants, atMs);
	}

	/**
	 * Lets time pass until the work is done.
	 * @throws when nobody sleeps and the work is not done (deadlock), or when it takes too long
	 */
	async run<T>(work: Promise<T>, longestMs: number): Promise<T> {
		let isDone = false;
		const settled = work.finally(() => {
			isDone = true;
		});
		settled.catch(() => undefined);
		const endMs = this.nowMs + longestMs;
		for (;;) {
			await microtasks();
			if (isDone) return await settled;
			const nextMs = pop(this.instants);
			if (nextMs === undefined) throw new Error('Deadlock: the work is not done, and nobody will wake up');
			if (nextMs > endMs) throw new Error(`The work is not done after ${longestMs} ms`);
			this.nowMs = nextMs;
			const wakers = this.sleepers.get(nextMs) ?? [];
			this.sleepers.delete(nextMs);
			for (const wake of wakers) wake();
		}
	}

	/** Lets a stretch of time pass. */
	async pass(ms: number): Promise<void> {
		await this.run(this.sleep(ms), ms);
	}
}

/** Ends when no promise can go on by itself any more. */
async function microtasks(): Promise<void> {
	await new Promise<void>((resolve) => {
		setImmediate(resolve);
	});
}

/** Mulberry32: small, and the same on every machine. */
export function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

function push(heap: number[], value: number): void {
	let child = heap.push(value) - 1;
	while (child > 0) {
		const parent = (child - 1) >> 1;
		if (heap[parent] <= heap[child]) return;
		[heap[parent], heap[child]] = [heap[child], heap[parent]];
		child = parent;
	}
}

function pop(heap: number[]): number | undefined {
	const top = heap[0];
	const last = heap.pop();
	if (last === undefined || heap.length === 0) return last;
	heap[0] = last;
	for (let parent = 0; ; ) {
		let least = parent;
		for (const child of [2 * parent + 1, 2 * parent + 2]) {
			if (child < heap.length && heap[child] < heap[least]) least = child;
		}
		if (least === parent) return top;
		[heap[parent], heap[least]] = [heap[least], heap[parent]];
		parent = least;
	}
}

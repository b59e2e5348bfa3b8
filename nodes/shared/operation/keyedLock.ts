import { sleep } from 'n8n-workflow';

/** A cancelled execution must end within a second, and there is no event for it in all contexts. */
const LONGEST_NAP_MS = 250;

/** Runs tasks that share a key one after the other, and others side by side. */
export class KeyedLock {
	private readonly tails = new Map<string, Promise<unknown>>();

	/**
	 * @param isCancelled ends the wait for the lock; a task that has begun is not ended
	 * @throws Error when the wait was ended
	 */
	async run<T>(key: string, task: () => Promise<T>, isCancelled = () => false): Promise<T> {
		const before = this.tails.get(key);
		const mine = before === undefined ? task() : waitFor(before, isCancelled).then(task);
		// One that gives up waiting must not let the next pass the one that it waited for.
		const tail = Promise.allSettled([before, mine]).then(() => {
			if (this.tails.get(key) === tail) this.tails.delete(key);
		});
		this.tails.set(key, tail);
		return await mine;
	}
}

async function waitFor(before: Promise<unknown>, isCancelled: () => boolean): Promise<void> {
	let isOver = false;
	const over = before.then(() => {
		isOver = true;
	});
	while (!isOver) {
		// n8n records an execution as canceled, and not as failed, by this spelling.
		if (isCancelled()) throw new Error('The execution was canceled before the request was sent');
		await Promise.race([over, sleep(LONGEST_NAP_MS)]);
	}
}

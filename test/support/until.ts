import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;

/** Waits until a condition holds, and says what it was waiting for when it never does. */
export async function until<T>(
	what: string,
	find: () => Promise<T | undefined | false> | T | undefined | false,
	timeoutMs = 120_000,
): Promise<T> {
	const giveUpAt = Date.now() + timeoutMs;
	for (;;) {
		const found = await find();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > giveUpAt) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
		await wait(POLL_MS);
	}
}

import type { Clock } from '../http/turns';

/** Long enough to cost nothing, short enough that nobody notices the thread is taken. */
const LONGEST_STRETCH_MS = 50;

/**
 * Lets n8n's other work run from time to time. Reading the parameters of thousands of items is
 * work without a pause; meanwhile n8n would answer no webhook and a worker would not renew its
 * hold on the job, which then counts as stalled and is given to another worker.
 */
export function createBreather({ now, sleep }: Pick<Clock, 'now' | 'sleep'>): () => Promise<void> {
	let sinceMs = now();
	return async () => {
		if (now() - sinceMs < LONGEST_STRETCH_MS) return;
		await sleep(0);
		sinceMs = now();
	};
}

/** Where the sandbox reads the time; tests may pass one that stands still or runs ahead. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC, the only date form both vendors use. */
export function isoTime(atMs: number): string {
	return new Date(atMs).toISOString();
}

/** Resolves after the given time without keeping the process alive for it. */
export async function delay(delayMs: number): Promise<void> {
	if (delayMs <= 0) return;
	await new Promise<void>((resolve) => setTimeout(resolve, delayMs).unref());
}

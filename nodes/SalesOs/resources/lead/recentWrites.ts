/** As many emails as fit into a few megabytes. */
const MAX_REMEMBERED = 50_000;

/**
 * When this process last wrote a lead, by account and email. A run that has read the existing
 * leads beforehand learns here which of them another run has created or changed since.
 */
export class RecentWrites {
	private readonly writtenAtMs = new Map<string, number>();

	/** Nothing is known of writes up to this time. */
	private forgottenUntilMs = -Infinity;

	constructor(private readonly capacity = MAX_REMEMBERED) {}

	/** Call when a write has ended, in whatever way: only then do later reads show it for certain. */
	note(key: string, nowMs: number): void {
		// Removed first, so that the oldest stand in front.
		this.writtenAtMs.delete(key);
		this.writtenAtMs.set(key, nowMs);
		if (this.writtenAtMs.size <= this.capacity) return;
		for (const [oldest, atMs] of this.writtenAtMs) {
			this.writtenAtMs.delete(oldest);
			this.forgottenUntilMs = Math.max(this.forgottenUntilMs, atMs);
			break;
		}
	}

	/** Whether what was read at the given time may be out of date for the key. */
	mayHaveChangedSince(key: string, readAtMs: number): boolean {
		return readAtMs <= this.forgottenUntilMs || (this.writtenAtMs.get(key) ?? -Infinity) >= readAtMs;
	}
}

export const RECENT_LEAD_WRITES = new RecentWrites();

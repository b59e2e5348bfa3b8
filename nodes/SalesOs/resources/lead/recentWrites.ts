/** As many emails as fit into a few megabytes. */
const MAX_REMEMBERED = 50_000;

/**
 * Which leads this process has written of late, by account and email. A run that has read the
 * existing leads beforehand learns here which of them another run has created or changed since.
 */
export class RecentWrites {
	/** When each email was last written, as the count of all writes then; oldest first. */
	private readonly lastWrites = new Map<string, number>();

	private count = 0;

	/** Of writes up to this count, nothing is known any more. */
	private forgottenUpTo = 0;

	constructor(private readonly capacity = MAX_REMEMBERED) {}

	/** Call when a write has ended, in whatever way: only then do later reads show it for certain. */
	note(key: string): void {
		this.count += 1;
		this.lastWrites.delete(key);
		this.lastWrites.set(key, this.count);
		if (this.lastWrites.size <= this.capacity) return;
		for (const [oldest, count] of this.lastWrites) {
			this.lastWrites.delete(oldest);
			this.forgottenUpTo = count;
			break;
		}
	}

	/** A point in time to compare with; take it before reading. */
	now(): number {
		return this.count;
	}

	/** Whether what was read at the given point may be out of date for the key. */
	mayHaveChangedSince(key: string, point: number): boolean {
		return point < this.forgottenUpTo || (this.lastWrites.get(key) ?? 0) > point;
	}
}

export const RECENT_LEAD_WRITES = new RecentWrites();

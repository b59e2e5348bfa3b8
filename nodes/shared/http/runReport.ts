import type { Clock } from './turns';

/** What happened while a node ran, counted for the execution hint. */
export class RunReport {
	requests = 0;

	retries = 0;

	rateLimited = 0;

	waits = 0;

	private waitedMs = 0;

	private waiting = 0;

	private waitingSinceMs = 0;

	private readonly reasons = new Set<string>();

	constructor(private readonly clock: Pick<Clock, 'now'>) {}

	/**
	 * Notes that an item has begun to wait. Items wait at the same time, so the total counts the
	 * time in which any of them waited, not the sum.
	 * @returns to be called when the wait is over
	 */
	beginWait(reason: string): () => void {
		if (this.waiting === 0) {
			this.waitingSinceMs = this.clock.now();
			this.waits += 1;
		}
		this.waiting += 1;
		this.reasons.add(reason);
		return () => {
			this.waiting -= 1;
			if (this.waiting === 0) this.waitedMs += this.clock.now() - this.waitingSinceMs;
		};
	}

	/** What to tell in the output panel, or undefined when there is nothing worth telling. */
	hint(): string | undefined {
		const parts: string[] = [];
		if (this.waitedMs >= 1000) {
			const pauses = this.waits > 1 ? ` in ${this.waits} pauses` : '';
			parts.push(`waited ${formatDuration(this.waitedMs)}${pauses} because of ${joinWords([...this.reasons])}`);
		}
		if (this.rateLimited > 0) {
			parts.push(`was told to slow down ${times(this.rateLimited)} (429)`);
		}
		if (this.retries > 0) parts.push(`repeated ${plural(this.retries, 'request')} after a fault`);
		if (parts.length === 0) return undefined;
		return `The node ${joinWords(parts)}. It sent ${plural(this.requests, 'request')} in all.`;
	}
}

/** A duration in words, e.g. "58 s" or "3 min 20 s". */
export function formatDuration(durationMs: number): string {
	const seconds = Math.round(durationMs / 1000);
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function plural(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function times(count: number): string {
	return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

/** Words or clauses as a list in a sentence. */
function joinWords(words: readonly string[]): string {
	return words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

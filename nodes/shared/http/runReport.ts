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

	/** One sentence for the output panel, or undefined when there is nothing worth telling. */
	hint(): string | undefined {
		const parts: string[] = [];
		if (this.waitedMs >= 1000) {
			parts.push(
				`waited ${formatDuration(this.waitedMs)} in ${plural(this.waits, 'pause')} (${[...this.reasons].join(', ')})`,
			);
		}
		if (this.rateLimited > 0) {
			parts.push(`was told to slow down ${plural(this.rateLimited, 'time')} (429)`);
		}
		if (this.retries > 0) parts.push(`repeated ${plural(this.retries, 'request')} after a fault`);
		if (parts.length === 0) return undefined;
		return `${plural(this.requests, 'request')} sent. On the way the node ${joinClauses(parts)}.`;
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

function joinClauses(clauses: readonly string[]): string {
	return clauses.length === 1 ? clauses[0] : `${clauses.slice(0, -1).join(', ')} and ${clauses[clauses.length - 1]}`;
}

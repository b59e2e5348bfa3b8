import type { JournalEntry } from '../../sandbox/http/journal';

/** What arrived in one of the server's windows. */
export interface ServerWindow {
	/** Counted whether it was let in or not. */
	requests: number;
	refused: number;
}

/** The requests by the fixed windows that the server counted them in: one opens with the first request after the end of the last. */
export function serverWindows(entries: readonly JournalEntry[], windowMs: number): ServerWindow[] {
	const windows: Array<ServerWindow & { openedAtMs: number }> = [];
	for (const { at, status } of entries) {
		let current = windows.at(-1);
		if (current === undefined || at >= current.openedAtMs + windowMs) {
			current = { openedAtMs: at, requests: 0, refused: 0 };
			windows.push(current);
		}
		current.requests += 1;
		if (status === 429) current.refused += 1;
	}
	return windows;
}

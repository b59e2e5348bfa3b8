import { createHash } from 'node:crypto';

/**
 * The event ids seen lately, oldest first, each as `<seen at, ms> <id>`.
 *
 * It is kept in n8n's static data, which is why it is a flat list of strings: ids are no property names, so no id can
 * reach a prototype or be re-ordered as an array index, and n8n wraps every nested object in a proxy but not strings.
 */
export type SeenEvents = string[];

export const MAX_SEEN_EVENTS = 1000;
export const SEEN_FOR_MS = 24 * 60 * 60 * 1000;

/** Longer ids are remembered by their hash, so that the list stays small whatever a sender calls its events. */
const MAX_ID_CHARACTERS = 128;

/** Whether this event was marked among the last 1,000 and within 24 h, or within `seenForMs`. Marks nothing. */
export function wasSeen(seen: unknown, id: string, nowMs: number, seenForMs = SEEN_FOR_MS): boolean {
	const key = keyOf(id);
	return liveEntries(seen, nowMs, seenForMs).some((entry) => idOf(entry) === key);
}

/**
 * The list with this event in it, bounded; assign it to the static data as a whole (n8n does not notice changes inside).
 * Call it only once the delivery has become an execution: a marked event is refused when the vendor sends it again.
 *
 * What it cannot know: two processes that receive the same event at the same moment each read the list before the other
 * has written it, and n8n 2.41 does not even save it, so with several webhook processes a duplicate passes; and after 24 h or 1,000 events an id is new
 * again, so that replays of schemes without a timestamp are caught for that long only.
 */
export function markSeen(seen: unknown, id: string, nowMs: number): SeenEvents {
	const key = keyOf(id);
	const others = liveEntries(seen, nowMs).filter((entry) => idOf(entry) !== key);
	return [...others, `${nowMs} ${key}`].slice(-MAX_SEEN_EVENTS);
}

/** The list without this event. */
export function forget(seen: unknown, id: string): SeenEvents {
	const key = keyOf(id);
	return Array.isArray(seen) ? (seen as SeenEvents).filter((entry) => idOf(entry) !== key) : [];
}

/** Both lists as one, bounded as either; `later` wins where both have an event. */
export function mergeSeen(seen: unknown, later: unknown, nowMs: number): SeenEvents {
	const entries = [...liveEntries(seen, nowMs), ...liveEntries(later, nowMs)];
	return [...new Map(entries.map((entry) => [idOf(entry), entry])).values()].slice(-MAX_SEEN_EVENTS);
}

/** Static data may be missing, of an older shape, or edited by hand: what is no entry is left out. */
function liveEntries(seen: unknown, nowMs: number, seenForMs = SEEN_FOR_MS): SeenEvents {
	if (!Array.isArray(seen)) return [];
	return seen.filter(
		(entry): entry is string =>
			typeof entry === 'string' && nowMs - Number(entry.slice(0, entry.indexOf(' '))) <= seenForMs,
	);
}

function idOf(entry: string): string {
	return entry.slice(entry.indexOf(' ') + 1);
}

function keyOf(id: string): string {
	return id.length <= MAX_ID_CHARACTERS ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

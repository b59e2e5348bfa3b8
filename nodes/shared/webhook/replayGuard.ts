import { createHash } from 'node:crypto';

/** How many events of a trigger are remembered at most, and for how long. */
export const MAX_SEEN_EVENTS = 1000;
export const SEEN_FOR_MS = 24 * 60 * 60 * 1000;
/** Shorter than the shortest wait of either vendor before it sends an event again: by then n8n has answered. */
const UNDER_WAY_MS = 30_000;

/** Longer ids are remembered by their hash, so that the memory stays small whatever a sender calls its events. */
const MAX_ID_CHARACTERS = 128;

interface SeenEvent {
	readonly atMs: number;
	/** Nobody knows yet whether it becomes an execution. */
	isUnderWay: boolean;
}

/**
 * The events that this process has taken of late, by trigger. It is the first guard, which costs nothing and tells
 * deliveries at the same moment apart; other processes and a restart know nothing of it (see `executeOnce.ts`).
 */
export class ReplayGuard {
	/** By trigger, and then by event, the oldest first. Maps, so that no id can reach a prototype. */
	private readonly triggers = new Map<string, Map<string, SeenEvent>>();

	/** How many triggers anything is remembered of. */
	get size(): number {
		return this.triggers.size;
	}

	/** Whether this event was taken among the last 1,000 and within 24 h, or is under way. Marks nothing. */
	knows(trigger: string, id: string, nowMs: number): boolean {
		const event = this.triggers.get(trigger)?.get(keyOf(id));
		return event !== undefined && nowMs - event.atMs <= (event.isUnderWay ? UNDER_WAY_MS : SEEN_FOR_MS);
	}

	/** From now on this event is under way, for half a minute; then it has been taken, or may come again. */
	begin(trigger: string, id: string, nowMs: number): void {
		this.dropOld(nowMs);
		const events = this.triggers.get(trigger) ?? new Map<string, SeenEvent>();
		this.triggers.set(trigger, events);
		// Deleted first, so that it becomes the newest.
		events.delete(keyOf(id));
		events.set(keyOf(id), { atMs: nowMs, isUnderWay: true });
		const [oldest] = events.keys();
		if (events.size > MAX_SEEN_EVENTS) events.delete(oldest);
	}

	/** It has become an execution. */
	taken(trigger: string, id: string): void {
		const event = this.triggers.get(trigger)?.get(keyOf(id));
		if (event !== undefined) event.isUnderWay = false;
	}

	/** It has become none after all: the vendor's next attempt must run. */
	forget(trigger: string, id: string): void {
		this.triggers.get(trigger)?.delete(keyOf(id));
	}

	/** A trigger whose workflow is gone must not stay for as long as the process lives. */
	private dropOld(nowMs: number): void {
		for (const [trigger, events] of this.triggers) {
			for (const [key, { atMs }] of events) {
				if (nowMs - atMs <= SEEN_FOR_MS) break;
				events.delete(key);
			}
			if (events.size === 0) this.triggers.delete(trigger);
		}
	}
}

function keyOf(id: string): string {
	return id.length <= MAX_ID_CHARACTERS ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

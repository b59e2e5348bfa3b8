import { createHash } from 'node:crypto';

import type { ApiClient } from '../../../shared/http/client';
import type { ApiRequest } from '../../../shared/http/request';
import { isRecord } from '../../../shared/http/retryHint';

/** About 6 MB. A run that writes more leads than this goes on, searching for each of the rest. */
const MAX_REMEMBERED = 100_000;

/**
 * Which leads this process has written of late, by account and email. A run that has read the
 * existing leads beforehand learns here which of them another run has created or changed since.
 */
export class RecentWrites {
	/** When each email was last written, as the count of all writes then; oldest first. By digest. */
	private readonly lastWrites = new Map<number, number>();

	private count = 0;

	/** Of writes up to this count, nothing is known any more. */
	private forgottenUpTo = 0;

	constructor(private readonly capacity = MAX_REMEMBERED) {}

	/** Call when a write has ended, in whatever way: only then do later reads show it for certain. */
	note(key: string): void {
		const digest = digestOf(key);
		this.count += 1;
		this.lastWrites.delete(digest);
		this.lastWrites.set(digest, this.count);
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
		return point < this.forgottenUpTo || (this.lastWrites.get(digestOf(key)) ?? 0) > point;
	}
}

/** Six bytes: two keys with the same digest cost one needless search, and are rarer than that. */
function digestOf(key: string): number {
	return createHash('sha256').update(key).digest().readUIntBE(0, 6);
}

export const RECENT_LEAD_WRITES = new RecentWrites();

/** Notes a write of one lead, by its ID and by the email that it may have been given. */
export function noteLeadWrite(client: Pick<ApiClient, 'lockKey'>, { body, method, path }: ApiRequest): void {
	const id = /^\/v1\/leads\/([^/]+)/.exec(path)?.[1];
	if (id === undefined || method === 'GET') return;
	RECENT_LEAD_WRITES.note(client.lockKey(id));
	if (isRecord(body) && typeof body.email === 'string') RECENT_LEAD_WRITES.note(client.lockKey(body.email));
}

/** The leads that this process has created of late, by account and ID, so that none is taken for another's. */
export class CreatedLeads {
	private readonly digests = new Set<number>();

	constructor(private readonly capacity = MAX_REMEMBERED) {}

	add(key: string): void {
		this.digests.add(digestOf(key));
		if (this.digests.size <= this.capacity) return;
		for (const oldest of this.digests) {
			this.digests.delete(oldest);
			break;
		}
	}

	has(key: string): boolean {
		return this.digests.has(digestOf(key));
	}
}

export const CREATED_LEADS = new CreatedLeads();

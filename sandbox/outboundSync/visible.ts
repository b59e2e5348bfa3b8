import type { ApiKey } from './keys';

/** The records a key may see: all of them, or those of its one connection. */
export function visible<T extends { connectionId: number | null }>(records: T[], key: ApiKey): T[] {
	return key.connectionScope === 'account'
		? records
		: records.filter((record) => record.connectionId === key.connectionId);
}

/** Newest first; of the same time, the one that came in last. */
export function newestFirst<T extends { createdAt: string }>(records: T[]): T[] {
	return [...records].reverse().sort((left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt));
}

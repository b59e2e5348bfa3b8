import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../http/client';
import type { KeyedLock } from './keyedLock';

/** What the items of one execution of a node share. */
export interface Session {
	readonly client: ApiClient;
	/** Runs tasks with the same key one after the other, over all executions of this process. */
	readonly lock: KeyedLock;
	/** The node's options as the user entered them, for those that belong to one operation. */
	readonly options: IDataObject;
	/** Option "On Unknown Outcome". */
	readonly onUnknownOutcome: 'error' | 'lookUp';
	/** Loads something once for all items. */
	once<T>(key: string, load: () => Promise<T>): Promise<T>;
}

/**
 * Remembers loads by key, failed ones too: a load has been tried again by itself as often as Max Retries
 * says, and asking anew for each of a thousand items would use up the quota and take hours.
 */
export function createOnce(): Session['once'] {
	const loads = new Map<string, Promise<unknown>>();
	return async function once<T>(key: string, load: () => Promise<T>): Promise<T> {
		const known = loads.get(key) as Promise<T> | undefined;
		if (known) return await known;
		const loading = load();
		loads.set(key, loading);
		return await loading;
	};
}

import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/**
 * n8n's table of processed data as n8n 2.41 keeps it: a list for each node, which is read as a whole and written as a
 * whole some time later, so that of two changes at once one is lost.
 */
export class ProcessedData implements IDataDeduplicator {
	readonly lists = new Map<string, DeduplicationItemTypes[]>();
	/** What the table is out of order with, oldest first; each fails one call. */
	readonly failures: Error[] = [];

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
		{ maxEntries = Infinity, mode }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		expect([scope, mode]).toEqual(['node', 'entries']);
		const key = keyOf(contextData);
		const list = this.lists.get(key);
		await trip();
		const failure = this.failures.shift();
		if (failure) throw failure;
		if (list === undefined && this.lists.has(key)) throw new Error('UNIQUE constraint failed');
		const known = new Set(list);
		const added = items.filter((item) => !known.has(item));
		this.lists.set(key, [...(list ?? []), ...added].slice(-maxEntries));
		return { new: added, processed: items.filter((item) => known.has(item)) };
	}

	async removeProcessed(items: DeduplicationItemTypes[], _scope: DeduplicationScope, contextData: ICheckProcessedContextData): Promise<void> {
		const key = keyOf(contextData);
		await trip();
		this.lists.set(key, (this.lists.get(key) ?? []).filter((item) => !items.includes(item)));
	}

	async clearAllProcessedItems(): Promise<void> {
		return await Promise.reject(new Error('Nobody has this to do'));
	}

	async getProcessedDataCount(): Promise<number> {
		return await Promise.reject(new Error('Nobody has this to know'));
	}
}

function keyOf({ node, workflow }: ICheckProcessedContextData): string {
	return `${workflow.id} n:${node?.id}`;
}

/** To the database and back. */
async function trip(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

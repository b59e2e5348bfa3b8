export type RecordId = string | number;

/** Where tables keep a durable copy of their records. */
export interface RecordSink {
	/** All records of a table in the order of their first insertion, as JSON. */
	load(table: string): string[];
	save(table: string, id: RecordId, json: string): void;
	remove(table: string, id: RecordId): void;
	clear(table: string): void;
	close(): void;
}

/**
 * Records of one kind, in insertion order. Memory is the working copy; a sink, where there is one, follows every write.
 * Records are replaced, never changed in place, so that what a caller holds stays what it was.
 */
export class Table<T extends { id: RecordId }> {
	private readonly records = new Map<RecordId, T>();

	constructor(
		private readonly name: string,
		private readonly sink?: RecordSink,
	) {
		for (const json of sink?.load(name) ?? []) {
			const record = JSON.parse(json) as T;
			this.records.set(record.id, record);
		}
	}

	get size(): number {
		return this.records.size;
	}

	get(id: RecordId): T | undefined {
		return this.records.get(id);
	}

	all(): T[] {
		return [...this.records.values()];
	}

	/** Inserts a record or replaces the one with its id. */
	put(record: T): T {
		this.records.set(record.id, record);
		this.sink?.save(this.name, record.id, JSON.stringify(record));
		return record;
	}

	/** Replaces some fields of a record that exists. */
	change(id: RecordId, changes: Partial<T>): T {
		const record = this.records.get(id);
		if (!record) throw new Error(`No record ${id} in ${this.name}`);
		return this.put({ ...record, ...changes });
	}

	remove(id: RecordId): boolean {
		const removed = this.records.delete(id);
		if (removed) this.sink?.remove(this.name, id);
		return removed;
	}

	clear(): void {
		this.records.clear();
		this.sink?.clear(this.name);
	}
}

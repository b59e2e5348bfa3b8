import type { AnswerSize } from '../http/request';

/**
 * The most that is read of one list, by what is counted. No vendor's list comes near it: a million
 * records take more memory than n8n has by default. A server whose list never ends must not take
 * the whole process down.
 */
const BOUNDS: ReadonlyArray<{ readonly unit: string; readonly most: number; readonly shown: string }> = [
	{ unit: 'pages', most: 10_000, shown: '10,000 pages' },
	{ unit: 'records', most: 1_000_000, shown: '1,000,000 records' },
	{ unit: 'bytes', most: 250_000_000, shown: '250 MB' },
	// An empty object is two bytes of an answer, and about 64 in memory: 1 GB.
	{ unit: 'values', most: 15_000_000, shown: '15,000,000 values' },
];

/** Counts what has been read of one list. */
export class ListBounds {
	private readonly counts = new Map<string, number>();

	/** @throws Error that says which bound was passed, and what to do */
	count(page: { readonly records: readonly unknown[]; readonly size?: AnswerSize }): void {
		this.add('pages', 1);
		this.add('records', page.records.length);
		this.add('bytes', page.size?.bytes ?? 0);
		this.add('values', page.size?.values ?? 0);
		const passed = BOUNDS.find(({ most, unit }) => (this.counts.get(unit) ?? 0) > most);
		if (!passed) return;
		throw new Error(
			`The list did not end within ${passed.shown}, and reading stopped there. Narrow it with filters, or turn off Return All and set Limit. If the list is shorter than that, the server gives pages without end.`,
		);
	}

	private add(unit: string, count: number): void {
		this.counts.set(unit, (this.counts.get(unit) ?? 0) + count);
	}
}

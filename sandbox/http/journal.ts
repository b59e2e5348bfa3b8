import type { Clock } from '../clock';

export const vendors = ['salesOs', 'salesOsAuth', 'outboundSync'] as const;
/** Which of the sandbox's APIs a request came to; SalesOS's auth server counts apart. */
export type Vendor = (typeof vendors)[number];

export type Query = Record<string, string | string[]>;

export interface JournalEntry {
	id: number;
	/** When the request arrived, in epoch milliseconds. */
	at: number;
	vendor: Vendor;
	method: string;
	path: string;
	/** The path's pattern, such as `/v1/leads/:id`; null where no route matched. */
	route: string | null;
	query: Query;
	/** Null while the request is being answered, and for good when the connection was cut instead. */
	status: number | null;
	/** The client, key or account the request came with, never its secret; null where none was recognised. */
	credentialId: string | null;
	/** The timestamp that a signed request carried, in epoch seconds. */
	signedAtSeconds?: number;
	/** The parsed body, with secrets struck out. */
	body: unknown;
	/** The injected fault this request met; null for an honest answer. */
	fault: { id: number; kind: string } | null;
	/** Whether the operation ran to its end, whatever was answered. */
	workDone: boolean;
	/** Null while running. */
	durationMs: number | null;
}

export interface JournalFilter {
	vendor?: Vendor;
	method?: string;
	/** The exact path or the route's pattern. */
	path?: string;
	/** Only entries after this one. */
	afterId?: number;
}

const secretFields = new Set([
	'client_secret',
	'client_assertion',
	'secret',
	'password',
	'refresh_token',
	'code',
	'code_verifier',
	'token',
]);

/** A copy without the values of fields that carry secrets. */
export function withoutSecrets(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutSecrets);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [
			name,
			secretFields.has(name) && typeof inner === 'string' ? '[hidden]' : withoutSecrets(inner),
		]),
	);
}

/** Every request the sandbox received, in order of arrival. The oldest entries go when the journal is full. */
export class Journal {
	private entries: JournalEntry[] = [];
	private lastId = 0;

	constructor(
		private readonly clock: Clock,
		private readonly capacity = 250_000,
	) {}

	open(arrival: Pick<JournalEntry, 'vendor' | 'method' | 'path' | 'route' | 'query'>): JournalEntry {
		this.lastId += 1;
		const entry: JournalEntry = {
			id: this.lastId,
			at: this.clock.now(),
			...arrival,
			status: null,
			credentialId: null,
			body: undefined,
			fault: null,
			workDone: false,
			durationMs: null,
		};
		this.entries.push(entry);
		// Dropping in large steps keeps a full journal from costing a copy per request.
		if (this.entries.length > this.capacity * 1.1) this.entries = this.entries.slice(-this.capacity);
		return entry;
	}

	close(entry: JournalEntry, status: number | null): void {
		entry.status = status;
		entry.durationMs = this.clock.now() - entry.at;
	}

	list(filter: JournalFilter = {}): JournalEntry[] {
		return this.entries.filter(
			(entry) =>
				(filter.vendor === undefined || entry.vendor === filter.vendor) &&
				(filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
				(filter.path === undefined || entry.path === filter.path || entry.route === filter.path) &&
				(filter.afterId === undefined || entry.id > filter.afterId),
		);
	}

	count(filter: JournalFilter = {}): number {
		return this.list(filter).length;
	}

	/** The most requests that arrived within any window of the given length. */
	busiestWindow(windowMs: number, filter: JournalFilter = {}): number {
		const times = this.list(filter).map((entry) => entry.at);
		let first = 0;
		let most = 0;
		times.forEach((time, index) => {
			while (time - times[first] >= windowMs) first += 1;
			most = Math.max(most, index - first + 1);
		});
		return most;
	}

	clear(): void {
		this.entries = [];
	}
}

import type { IDataObject } from 'n8n-workflow';

import { plainText } from '../../../shared/http/json';
import { readNumberedPages } from '../../../shared/operation/paging';
import type { Session } from '../../../shared/operation/session';
import { MAX_PAGE_SIZE, PAGE, pageOf } from '../../records';
import { findByEmail } from './findByEmail';
import { RECENT_LEAD_WRITES } from './recentWrites';

/** Option "Match in Bulk". */
export type BulkMatching = 'always' | 'automatic' | 'never';

/** With fewer emails, the first page of the list would cost more than it can save. */
const BULK_FROM_EMAILS = 20;

/** The account's leads as they were read, by email; only those that the run asks for. */
interface Snapshot {
	/** When the reading began, as {@link RecentWrites.now} counts. */
	readonly readAt: number;
	readonly byEmail: ReadonlyMap<string, ReadonlyMap<unknown, IDataObject>>;
	/** Whether every lead was seen. If not, an email that is not here may still have a lead. */
	readonly isComplete: boolean;
}

/**
 * Finds the leads of many emails with few requests: reads the list of all leads once, in pages of
 * 100, where that takes fewer requests than one search an email; otherwise it searches.
 *
 * What was read grows old while the run goes on. Where this process has written a lead meanwhile,
 * or the list moved while it was read, the answer comes from a search. Writes by other programs
 * and processes during the run are not seen: for those there is the option to match one by one.
 */
export class ExistingLeads {
	private readonly wanted = new Set<string>();

	/** Leads as this run has left them. */
	private readonly written = new Map<string, { readonly lead: IDataObject; readonly at: number }>();

	private reading: Promise<Snapshot | undefined> | undefined;

	constructor(
		private readonly session: Session,
		private readonly matching: BulkMatching,
	) {}

	/** Announces an email; all are announced before the first is looked up. */
	want(email: string): void {
		this.wanted.add(email.toLowerCase());
	}

	/** All leads with this email. Call with the email's lock held. */
	async withEmail(email: string): Promise<readonly IDataObject[]> {
		const key = email.toLowerCase();
		this.reading ??= this.read();
		const snapshot = await this.reading;
		const own = this.written.get(key);
		const knownAt = own?.at ?? snapshot?.readAt ?? 0;
		const found = own ? [own.lead] : [...(snapshot?.byEmail.get(key)?.values() ?? [])];
		const isOutdated = [email, ...found.map(({ id }) => plainText(id))].some((subject) =>
			RECENT_LEAD_WRITES.mayHaveChangedSince(this.session.client.lockKey(subject), knownAt),
		);
		if (snapshot === undefined || isOutdated) return await findByEmail(this.session, email);
		return found.length > 0 || snapshot.isComplete ? found : await findByEmail(this.session, email);
	}

	/** The lead with this email is now as given. */
	settle(email: string, lead: IDataObject): void {
		this.written.set(email.toLowerCase(), { lead, at: RECENT_LEAD_WRITES.now() });
	}

	private async read(): Promise<Snapshot | undefined> {
		if (this.matching === 'never') return undefined;
		if (this.matching === 'automatic' && this.wanted.size < BULK_FROM_EMAILS) return undefined;
		try {
			return await this.readPages();
		} catch {
			// The searches that follow meet the same trouble if it lasts, each item with its own error.
			return undefined;
		}
	}

	private async readPages(): Promise<Snapshot | undefined> {
		const { client } = this.session;
		const readAt = RECENT_LEAD_WRITES.now();
		const byEmail = new Map<string, Map<unknown, IDataObject>>();
		let isWorthIt = true;
		let total: number | undefined;
		const seen = await readNumberedPages({
			limit: Infinity,
			maxPageSize: MAX_PAGE_SIZE,
			maxConcurrency: client.maxConcurrency,
			fetchPage: async (page, pageSize) => {
				// Oldest first, so that leads which are added meanwhile come on later pages.
				const query = { page, per_page: pageSize, sort: 'created_at' };
				const read = pageOf(await client.send({ method: 'GET', path: '/v1/leads', query, expects: PAGE }));
				if (page === 1 && this.matching === 'automatic') {
					isWorthIt = read.totalPages !== undefined && read.totalPages <= this.wanted.size;
					if (!isWorthIt) return { records: [] };
				}
				total = Math.max(total ?? 0, read.total ?? Infinity);
				for (const lead of read.records) {
					const key = String(lead.email).toLowerCase();
					if (!this.wanted.has(key)) continue;
					const leads = byEmail.get(key) ?? new Map<unknown, IDataObject>();
					byEmail.set(key, leads.set(lead.id, lead));
				}
				return { records: read.records.map(({ id }) => ({ id })), totalPages: read.totalPages };
			},
			idOf: ({ id }) => id,
		});
		// Leads that were deleted or changed places meanwhile may have pushed others past the reading.
		return isWorthIt ? { readAt, byEmail, isComplete: seen.length >= (total ?? 0) } : undefined;
	}
}

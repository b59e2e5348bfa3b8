import type { IDataObject, ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../../shared/http/client';
import { RunReport } from '../../shared/http/runReport';
import { settingsFrom } from '../../shared/operation/options';
import { connect } from '../connect';
import { pageOf } from '../records';
import { SALES_OS } from '../service';

type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A person waits for the list to open: better an error that says when to come back than a long wait. */
const LIST_SETTINGS = settingsFrom({ maxWait: 5, maxRetries: 1, timeout: 15 });
const PAGE_SIZE = 50;

interface Source {
	readonly path: string;
	readonly label: (record: IDataObject) => string;
	/** Whether the vendor documents a `search` filter for the list; otherwise its pages are filtered here. */
	readonly searches: boolean;
}

function searchIn({ label, path, searches }: Source): ListSearch {
	return async function search(filter, paginationToken) {
		const client = new ApiClient(this as unknown as SendContext, {
			service: SALES_OS,
			connection: await connect(this),
			settings: LIST_SETTINGS,
			report: new RunReport(REAL_CLOCK),
		});
		const page = Number(paginationToken ?? 1);
		const { records, totalPages = 1 } = pageOf(
			await client.send({
				method: 'GET',
				path,
				query: { page, per_page: PAGE_SIZE, search: searches ? filter : undefined },
			}),
		);
		const found: INodeListSearchItems[] = records.map((record) => ({ name: label(record), value: String(record.id) }));
		const wanted = (filter ?? '').toLocaleLowerCase();
		return {
			results: searches ? found : found.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)),
			paginationToken: page < totalPages ? String(page + 1) : undefined,
		};
	};
}

function named(record: IDataObject, ...extras: readonly string[]): string {
	const extra = extras.map((field) => record[field]).find((value) => typeof value === 'string' && value !== '');
	const name = String(record.name ?? record.id);
	return extra === undefined ? name : `${name} (${String(extra)})`;
}

export const listSearch: Record<'searchDeals' | 'searchLeads' | 'searchStages' | 'searchTeams' | 'searchUsers', ListSearch> = {
	searchDeals: searchIn({ path: '/v1/deals', label: (deal) => named(deal, 'company', 'contact_name'), searches: true }),
	searchLeads: searchIn({ path: '/v1/leads', label: (lead) => named(lead, 'email'), searches: true }),
	searchStages: searchIn({ path: '/v1/stages', label: (stage) => named(stage), searches: false }),
	searchTeams: searchIn({ path: '/v1/teams', label: (team) => named(team), searches: false }),
	searchUsers: searchIn({ path: '/v1/users', label: (user) => named(user, 'email'), searches: true }),
};

import type { IDataObject, ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../../shared/http/client';
import { RunReport } from '../../shared/http/runReport';
import { settingsFrom } from '../../shared/operation/options';
import { connect } from '../connect';
import { listRecords, pageOf } from '../records';
import { SALES_OS } from '../service';

type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A person waits for the list to open: better an error that says when to come back than a long wait. */
const LIST_SETTINGS = settingsFrom({ maxWait: 5, maxRetries: 1, timeout: 15 });
const PAGE_SIZE = 50;
/** As much of a list as is read to be filtered here. */
const MAX_FILTERED = 1_000;

interface Source {
	readonly path: string;
	readonly label: (record: IDataObject) => string;
	/** Whether the vendor documents a `search` filter for the list; otherwise it is filtered here. */
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
		const toItem = (record: IDataObject): INodeListSearchItems => ({ name: label(record), value: String(record.id) });
		if (!searches) {
			// Short lists, read whole: on its first page alone, what the user looks for may not be.
			const wanted = (filter ?? '').toLocaleLowerCase();
			const items = (await listRecords({ client }, path, {}, MAX_FILTERED)).map(toItem);
			return { results: items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)) };
		}
		const page = Number(paginationToken ?? 1);
		const query = { page, per_page: PAGE_SIZE, search: filter };
		const { records, totalPages = 1 } = pageOf(await client.send({ method: 'GET', path, query }));
		return {
			results: records.map(toItem),
			paginationToken: page < totalPages ? String(page + 1) : undefined,
		};
	};
}

function named(record: IDataObject, ...extras: readonly string[]): string {
	const extra = extras.map((field) => record[field]).find((value) => typeof value === 'string' && value !== '');
	const name = String(record.name ?? record.id);
	return extra === undefined ? name : `${name} (${String(extra)})`;
}

/** A webhook has no name: where it leads tells it from others. */
function described({ description, url }: IDataObject): string {
	const note = typeof description === 'string' && description !== '' ? ` (${description})` : '';
	return `${String(url)}${note}`;
}

/** What a list in the editor can be filled with, by the name that its field gives. */
export const listSearch = {
	searchDeals: searchIn({ path: '/v1/deals', label: (deal) => named(deal, 'company', 'contact_name'), searches: true }),
	searchLeads: searchIn({ path: '/v1/leads', label: (lead) => named(lead, 'email'), searches: true }),
	searchStages: searchIn({ path: '/v1/stages', label: (stage) => named(stage), searches: false }),
	searchTeams: searchIn({ path: '/v1/teams', label: (team) => named(team), searches: false }),
	searchUsers: searchIn({ path: '/v1/users', label: (user) => named(user, 'email'), searches: true }),
	searchWebhooks: searchIn({ path: '/v1/webhooks', label: described, searches: false }),
};

import type { IDataObject, ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../../shared/http/client';
import { plainText } from '../../shared/http/json';
import { RunReport } from '../../shared/http/runReport';
import { settingsFrom } from '../../shared/operation/options';
import { connect } from '../connect';
import { listRecords, PAGE, pageOf } from '../records';
import { SALES_OS } from '../service';

type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A person waits for the list to open: better an error that says when to come back than a long wait. */
const LIST_SETTINGS = settingsFrom({ maxWait: 5, maxRetries: 1, timeout: 15 });
const PAGE_SIZE = 50;
/** As much of a list as is read to be put in order, or to be filtered here. */
const MAX_WHOLE = 1_000;

interface Source {
	readonly path: string;
	readonly label: (record: IDataObject) => string;
	/** Whether the vendor documents a `search` filter for the list; otherwise it is filtered here. */
	readonly searches: boolean;
	/** Page by page in the vendor's order, as the user scrolls; or whole, which takes a short list. */
	readonly order: 'by name, whole' | 'by page' | 'by pipeline, whole';
}

function searchIn({ label, order, path, searches }: Source): ListSearch {
	return async function search(filter, paginationToken) {
		const client = new ApiClient(this as unknown as SendContext, {
			service: SALES_OS,
			connection: await connect(this),
			settings: LIST_SETTINGS,
			report: new RunReport(REAL_CLOCK),
		});
		const toItem = (record: IDataObject): INodeListSearchItems => ({ name: label(record), value: plainText(record.id) });
		const query = searches ? { search: filter } : {};
		if (order === 'by page') {
			const page = Number(paginationToken ?? 1);
			const answer = await client.send({ method: 'GET', path, query: { ...query, page, per_page: PAGE_SIZE }, expects: PAGE });
			const { records, totalPages = 1 } = pageOf(answer);
			return {
				results: records.map(toItem),
				paginationToken: page < totalPages ? String(page + 1) : undefined,
			};
		}
		const items = (await listRecords({ client }, path, query, MAX_WHOLE)).map(toItem);
		const wanted = searches ? '' : (filter ?? '').toLocaleLowerCase();
		const found = items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
		return { results: order === 'by name, whole' ? found.sort(byName) : found };
	};
}

function byName(one: INodeListSearchItems, other: INodeListSearchItems): number {
	return one.name.localeCompare(other.name);
}

function named(record: IDataObject, ...extras: readonly string[]): string {
	const extra = extras.map((field) => record[field]).find((value) => typeof value === 'string' && value !== '');
	const name = plainText(record.name ?? record.id);
	return extra === undefined ? name : `${name} (${plainText(extra)})`;
}

/** Of a user who cannot work on a lead or deal, the list says why: invited or deactivated. */
function userLabel({ email, id, name, status }: IDataObject): string {
	const more = [status === 'active' ? undefined : status, email].filter((text) => typeof text === 'string' && text !== '');
	return `${plainText(name ?? id)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}

/** A webhook has no name: where it leads tells it from others. */
function described({ description, url }: IDataObject): string {
	const note = typeof description === 'string' && description !== '' ? ` (${description})` : '';
	return `${plainText(url)}${note}`;
}

/** What a list in the editor can be filled with, by the name that its field gives. */
export const listSearch = {
	searchDeals: searchIn({ path: '/v1/deals', label: (deal) => named(deal, 'company', 'contact_name'), searches: true, order: 'by page' }),
	searchLeads: searchIn({ path: '/v1/leads', label: (lead) => named(lead, 'email'), searches: true, order: 'by page' }),
	searchStages: searchIn({ path: '/v1/stages', label: (stage) => named(stage), searches: false, order: 'by pipeline, whole' }),
	searchTeams: searchIn({ path: '/v1/teams', label: (team) => named(team), searches: false, order: 'by name, whole' }),
	searchUsers: searchIn({ path: '/v1/users', label: userLabel, searches: true, order: 'by name, whole' }),
	searchWebhooks: searchIn({ path: '/v1/webhooks', label: described, searches: false, order: 'by name, whole' }),
};

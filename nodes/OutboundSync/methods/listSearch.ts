import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../../shared/http/client';
import { plainText } from '../../shared/http/json';
import { RunReport } from '../../shared/http/runReport';
import { settingsFrom } from '../../shared/operation/options';
import { connect } from '../connect';
import { wholeList } from '../records';
import { OUTBOUND_SYNC } from '../service';

type ListSearch = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

/** A person waits for the list to open: better an error that says when to come back than a long wait. */
const LIST_SETTINGS = settingsFrom({ maxWait: 5, maxRetries: 1, timeout: 25 });

/** These lists come whole (documented), so they are searched here. */
function searchIn(path: string, label: (record: IDataObject) => string): ListSearch {
	return async function search(filter) {
		const client = new ApiClient(this as unknown as SendContext, {
			service: OUTBOUND_SYNC,
			connection: await connect(this),
			settings: LIST_SETTINGS,
			report: new RunReport(REAL_CLOCK),
		});
		const records = await wholeList(client, path);
		const wanted = (filter ?? '').toLocaleLowerCase();
		return {
			results: records
				.map((record) => ({ name: label(record), value: plainText(record.id) }))
				.filter(({ name, value }) => `${name} ${value}`.toLocaleLowerCase().includes(wanted)),
		};
	};
}

/** The first of the fields that has a text, with more about the record in parentheses. */
function labelOf(record: IDataObject, names: readonly string[], ...details: ReadonlyArray<string | undefined>): string {
	const name = names.map((field) => record[field]).find((value) => typeof value === 'string' && value !== '');
	const more = details.filter((detail) => detail !== undefined && detail !== '');
	return `${plainText(name ?? record.id)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}

function textOf(value: unknown, prefix = ''): string | undefined {
	return typeof value === 'string' || typeof value === 'number' ? `${prefix}${value}` : undefined;
}

function connectionLabel(record: IDataObject): string {
	return labelOf(record, ['organizationDomain', 'organizationId'], textOf(record.crm), textOf(record.status));
}

function sourceLabel({ connectionId, crm, id, platform }: IDataObject): string {
	return labelOf({ id, platform }, ['platform'], textOf(id), textOf(crm), textOf(connectionId, 'connection '));
}

/** The names of most of a destination's fields are not documented; that it forwards nothing without sources is. */
function destinationLabel(record: IDataObject): string {
	const isUnbound = Array.isArray(record.sourceIds) && record.sourceIds.length === 0;
	const name = labelOf(record, ['name', 'description', 'label'], isUnbound ? 'forwards nothing' : undefined);
	return /^\d/.test(name) ? `Destination ${name}` : name;
}

function blocklistLabel(record: IDataObject): string {
	return labelOf(record, ['listName', 'name'], textOf(record.platform), textOf(record.blockType), textOf(record.status));
}

function webhookLabel(record: IDataObject): string {
	const state = record.autoDisabledAt ? 'disabled after failures' : record.isActive === false ? 'paused' : undefined;
	return labelOf(record, ['description', 'url'], state);
}

export const listSearch: Record<
	'searchBlocklists' | 'searchConnections' | 'searchDestinations' | 'searchSources' | 'searchWebhooks',
	ListSearch
> = {
	searchBlocklists: searchIn('/api/v1/blocklists', blocklistLabel),
	searchConnections: searchIn('/api/v1/connections', connectionLabel),
	searchDestinations: searchIn('/api/v1/destinations', destinationLabel),
	searchSources: searchIn('/api/v1/sources', sourceLabel),
	searchWebhooks: searchIn('/api/v1/webhooks', webhookLabel),
};

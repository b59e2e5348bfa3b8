import type { IDataObject } from 'n8n-workflow';

import type { ApiAnswer, ApiRequest, Expectation } from '../shared/http/request';
import { isRecord } from '../shared/http/retryHint';
import type { ItemInput } from '../shared/operation/itemInput';
import type { Task } from '../shared/operation/operation';
import { atLeastOne, Problem } from '../shared/operation/readers';
import { readNumberedPages, type NumberedPage } from '../shared/operation/paging';
import type { Session } from '../shared/operation/session';
import { noteLeadWrite } from './resources/lead/recentWrites';

/** Documented: `per_page` is at most 100. */
export const MAX_PAGE_SIZE = 100;

/** An object: the vendor wraps a record in `data` (documented). */
export const RECORD: Expectation = { what: 'a record', fits: isRecord };

/**
 * The vendor does not say what every write answers: one that was carried out must not be reported as
 * doubtful for want of a record.
 */
export const WRITTEN: Expectation = { what: 'a record', fits: (body) => body === undefined || isRecord(body) };

/** A page of a list: the records are in `data` (documented). A bare list is taken as well. */
export const PAGE: Expectation = {
	what: 'a list',
	fits: (body) => Array.isArray(isRecord(body) ? body.data : body),
};

/** The record of an answer that is one; of an answer without a body, an empty one. */
export function recordOf({ body }: Pick<ApiAnswer, 'body'>): IDataObject {
	if (!isRecord(body)) return {};
	return (isRecord(body.data) ? body.data : body) as IDataObject;
}

/** A task that sends one request and gives its record. */
export function sendForRecord(request: ApiRequest, shape = (record: IDataObject) => record): Task {
	const expects = request.method === 'GET' ? RECORD : WRITTEN;
	return async ({ client }) => {
		try {
			return [shape(recordOf(await client.send({ ...request, expects })))];
		} finally {
			noteLeadWrite(client, request);
		}
	};
}

/** A task that deletes; n8n's form for that is `{"deleted": true}`, whatever the vendor answers. */
export function sendDelete(path: string): Task {
	return async ({ client }) => {
		const request: ApiRequest = { method: 'DELETE', path };
		try {
			await client.send(request);
		} finally {
			noteLeadWrite(client, request);
		}
		return [{ deleted: true }];
	};
}

/** A task that reads a list, as far as Return All and Limit say. */
export function readList(
	input: ItemInput,
	path: string,
	query: ApiRequest['query'],
	shape = (record: IDataObject) => record,
): Task {
	const limit = input.flag('returnAll') ? Infinity : input.required('limit', atLeastOne);
	return async (session) => (await listRecords(session, path, query, limit)).map(shape);
}

/** Reads a documented list: `page` from 1, `per_page`, answers with `data` and `meta.total_pages`. */
export async function listRecords(
	{ client }: Pick<Session, 'client'>,
	path: string,
	query: ApiRequest['query'],
	limit: number,
): Promise<IDataObject[]> {
	return await readNumberedPages({
		limit,
		maxPageSize: MAX_PAGE_SIZE,
		maxConcurrency: client.maxConcurrency,
		fetchPage: async (page, pageSize) =>
			pageOf(await client.send({ method: 'GET', path, query: { ...query, page, per_page: pageSize }, expects: PAGE })),
		idOf: ({ id }) => id,
	});
}

/** An answer that is a {@link PAGE}, with the number of records on all pages where the vendor says it (documented as `meta.total`). */
export function pageOf({ body, size }: ApiAnswer): NumberedPage & { readonly total?: number } {
	const { data, meta } = isRecord(body) ? body : { data: body, meta: undefined };
	const facts = isRecord(meta) ? meta : {};
	return {
		records: (data as unknown[]).filter(isRecord).map((record) => record as IDataObject),
		size,
		total: countOf(facts.total),
		totalPages: countOf(facts.total_pages),
	};
}

/** A count that an answer gives, or undefined when it gives none. */
export function countOf(value: unknown): number | undefined {
	const count = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
	return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** @throws NodeOperationError when an update would change nothing: SalesOS would be asked in vain */
export function requireChange(input: ItemInput, body: IDataObject): IDataObject {
	if (Object.keys(body).length > 0) return body;
	return input.fail(
		'updateFields',
		new Problem('has nothing to change', 'Add a field, or check the expressions: empty values are left out.'),
	);
}

/** Drops the given fields of a record. */
export function without(...names: readonly string[]): (record: IDataObject) => IDataObject {
	return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** Keeps the given fields of a record, for Simplify. */
export function pick(...names: readonly string[]): (record: IDataObject) => IDataObject {
	return (record) => Object.fromEntries(names.filter((name) => name in record).map((name) => [name, record[name]]));
}

export function unchanged(record: IDataObject): IDataObject {
	return record;
}

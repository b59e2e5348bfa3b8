import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

import type { Sandbox } from '../../../sandbox';
import type { JournalEntry } from '../../../sandbox/http/journal';

/** A resource locator as the editor saves it. */
export function byId(value: string): INodeParameters {
	return { __rl: true, mode: 'id', value };
}

export function byName(value: string): INodeParameters {
	return { __rl: true, mode: 'name', value };
}

export const MISSING_ID = '00000000-0000-4000-a000-000000000000';

/** Parameters that create or upsert a lead from the item's own fields. */
export const LEAD_FROM_ITEM = {
	resource: 'lead',
	name: '={{ $json.name }}',
	email: '={{ $json.email }}',
} as const;

export function people(count: number, domain = 'people.example'): Array<{ name: string; email: string }> {
	return Array.from({ length: count }, (_, index) => ({ name: `Person ${index}`, email: `person${index}@${domain}` }));
}

/** The 598 rows of the demo import that have a usable email. */
export function demoRows(): IDataObject[] {
	const csv = readFileSync(join(__dirname, '../../../sandbox/demo/leads.csv'), 'utf8');
	return parse<IDataObject>(csv, { columns: true }).filter(({ email }) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(email)));
}

/** What the API was asked, without the reading of tokens. */
export function requests(sandbox: Sandbox, method?: string, route?: string): JournalEntry[] {
	return sandbox.journal.list({ vendor: 'salesOs', method, path: route });
}

/** Everything that could have changed something. */
export function writes(sandbox: Sandbox): JournalEntry[] {
	return requests(sandbox).filter(({ method }) => method !== 'GET');
}

export function jsonOf(items: readonly INodeExecutionData[]): IDataObject[] {
	return items.map(({ json }) => json);
}

/** The input item that each output item says it comes from. */
export function pairing(items: readonly INodeExecutionData[]): unknown[] {
	return items.map(({ pairedItem }) => (typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : pairedItem));
}

/** Emails that have more than one lead. */
export function doubles(sandbox: Sandbox): string[] {
	const emails = sandbox.salesOs.state.leads.all().map(({ email }) => email.toLowerCase());
	return emails.filter((email, index) => emails.indexOf(email) !== index);
}

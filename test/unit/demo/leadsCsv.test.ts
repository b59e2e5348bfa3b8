import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';

const file = path.resolve(__dirname, '../../../sandbox/demo/leads.csv');
const bytes = readFileSync(file);
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

interface Lead {
	[column: string]: string;
	name: string;
	email: string;
	phone: string;
	status: string;
	notes: string;
}

const leads: Lead[] = parse(text, { columns: true, relax_column_count: false });

const RESERVED = /^[^@\s]+@(example\.(com|org|net)|[a-z0-9-]+\.example)$/;
const OPTIONAL = ['phone', 'company', 'position', 'tags', 'industry', 'employees', 'notes'];

describe('the demo leads', () => {
	it('are 600 rows of RFC 4180, UTF-8 without a byte order mark', () => {
		expect(leads).toHaveLength(600);
		expect(text.charCodeAt(0)).not.toBe(0xfeff);
		const records: string[][] = parse(text, { record_delimiter: '\r\n' });
		expect(new Set(records.map((record) => record.length))).toEqual(new Set([13]));
		expect(text.endsWith('\r\n')).toBe(true);
	});

	it('have one email each, no two alike, and exactly two that are none', () => {
		expect(new Set(leads.map(({ email }) => email.toLowerCase())).size).toBe(600);
		const malformed = leads.filter(({ email }) => !/^[^@\s]+@[^@\s]+$/.test(email));
		expect(malformed).toHaveLength(2);
	});

	it('write to reserved domains only', () => {
		expect(leads.filter(({ email }) => !RESERVED.test(email))).toHaveLength(2);
	});

	it('have what breaks careless readers: accents, quotes, commas, line breaks, empty cells', () => {
		const rowsWith = (pattern: RegExp) =>
			leads.filter((lead) => Object.values(lead).some((cell) => pattern.test(cell))).length;
		expect(leads.filter(({ name }) => /[^\x20-\x7e]/.test(name)).length).toBeGreaterThan(300);
		expect(rowsWith(/"/)).toBeGreaterThan(20);
		expect(rowsWith(/,/)).toBeGreaterThan(50);
		expect(rowsWith(/\n/)).toBeGreaterThan(3);
		for (const column of OPTIONAL) {
			const empty = leads.filter((lead) => lead[column] === '').length;
			expect([column, empty > 30 && empty < 570]).toEqual([column, true]);
		}
	});

	it('always have a name and a status that SalesOS knows', () => {
		const statuses = ['new', 'contacted', 'qualified', 'unqualified'];
		expect(leads.filter(({ name }) => name.trim() === '')).toEqual([]);
		expect(leads.filter(({ status }) => !statuses.includes(status))).toEqual([]);
	});
});

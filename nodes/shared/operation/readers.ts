import type { IDataObject } from 'n8n-workflow';

import { readTime, type ReadTime } from './dates';

/** Why a value cannot be sent, as the end of the sentence "Lead ID …", and how to mend it. */
export class Problem {
	constructor(
		readonly what: string,
		readonly howToFix: string,
	) {}
}

/**
 * Turns what the user entered into what is sent, or says what is wrong with it. Pure, never throws.
 * @param timeZone IANA name of the workflow's zone, which times without an offset are in
 */
export type Reader<T> = (raw: unknown, timeZone?: string) => Problem | T;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** One @, no blanks, a dot in the domain: what the form would catch, no more. */
const EMAIL = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/;

/** Quotes a value in an error without flooding it. */
function quote(value: unknown): string {
	const text = typeof value === 'string' ? value : asJson(value);
	return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}

/** Expressions may give what JSON cannot hold: large integers, and objects that hold themselves. */
function asJson(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return typeof value;
	}
}

export const text: Reader<string> = (raw) => {
	if (typeof raw === 'string') return raw.trim();
	if (typeof raw === 'boolean' || (typeof raw === 'number' && Number.isFinite(raw))) return String(raw);
	return new Problem(`is not text: ${quote(raw)}`, 'Enter text, or use an expression that picks one value.');
};

export const uuid: Reader<string> = (raw) => {
	const value = text(raw);
	if (value instanceof Problem || UUID.test(value)) return value;
	return new Problem(
		`is not an ID: ${quote(raw)}`,
		'An ID looks like 3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93; you find it in the field "id" of the record.',
	);
};

/** A whole number above 0, as a number or as text. */
function wholeNumber(raw: unknown): number | undefined {
	const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw.trim()) ? Number(raw) : raw;
	return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

export const integerId: Reader<number> = (raw) => {
	const value = wholeNumber(raw);
	return value ?? new Problem(`is not an ID: ${quote(raw)}`, 'An ID is a whole number above 0; you find it in the field "id" of the record.');
};

export const email: Reader<string> = (raw) => {
	const value = text(raw);
	if (value instanceof Problem || (EMAIL.test(value) && value.length <= 254)) return value;
	return new Problem(`is not an email address: ${quote(raw)}`, 'Enter one address, such as name@example.com.');
};

/** Money and other amounts: a plain number, not negative. Texts such as "1250.50" count as numbers. */
export const amount: Reader<number> = (raw) => {
	const value = typeof raw === 'string' && /^[+-]?\d+(\.\d+)?$/.test(raw.trim()) ? Number(raw) : raw;
	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return new Problem(`is not a number: ${quote(raw)}`, 'Enter a plain number without currency sign or thousands separator, such as 1250.5.');
	}
	return value >= 0 ? value : new Problem(`is negative: ${value}`, 'Enter 0 or more.');
};

/** A count, such as Limit: a whole number from 1. */
export const atLeastOne: Reader<number> = (raw) => {
	const value = wholeNumber(raw);
	return value ?? new Problem(`is not a whole number above 0: ${quote(raw)}`, 'Enter 1 or more.');
};

/** A point in time as ISO 8601 in UTC, which is what both vendors take. */
export const dateTime: Reader<string> = (raw, timeZone) => {
	const time = timeOf(raw, timeZone);
	return time instanceof Problem ? time : new Date(time.atMs).toISOString();
};

/** A calendar day, YYYY-MM-DD: the one that was entered, whatever the time zone. */
export const date: Reader<string> = (raw, timeZone) => {
	const time = timeOf(raw, timeZone);
	return time instanceof Problem ? time : time.day;
};

function timeOf(raw: unknown, timeZone = 'UTC'): Problem | ReadTime {
	const howToFix = 'Enter a date as 2026-03-31 or 2026-03-31T14:00:00Z.';
	return readTime(raw, timeZone) ?? new Problem(`is not a date: ${quote(raw)}`, howToFix);
}

/** A list of texts, from a list or from text with commas; blanks and empty entries are dropped. */
export const textList: Reader<string[]> = (raw) => {
	if (typeof raw !== 'string' && !Array.isArray(raw)) {
		return new Problem(`is not a list: ${quote(raw)}`, 'Enter texts separated by commas, or a list of texts.');
	}
	const entries: unknown[] = Array.isArray(raw) ? raw : raw.split(',');
	const texts: string[] = [];
	for (const entry of entries) {
		const read = text(entry ?? '');
		if (read instanceof Problem) return new Problem(`has an entry that ${read.what}`, read.howToFix);
		if (read !== '') texts.push(read);
	}
	return texts;
};

/** Nothing to send: an empty field, or an expression that found nothing. */
export function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** n8n's fixed collection of `{key, value}` pairs, or an object, as an object. Pairs without a value are left out. */
export const keyValues: Reader<IDataObject> = (raw) => {
	const pairs = typeof raw === 'object' && raw !== null && 'pairs' in raw ? raw.pairs : undefined;
	if (!Array.isArray(pairs)) return jsonObject(raw);
	const values: IDataObject = {};
	for (const pair of pairs as Array<{ key?: unknown; value?: unknown } | null>) {
		const key = text(pair?.key ?? '');
		if (key instanceof Problem) return new Problem(`has an entry whose name ${key.what}`, key.howToFix);
		if (key === '') return new Problem('has an entry without a name', 'Name every custom field, or remove the empty entry.');
		if (isBlank(pair?.value)) continue;
		// A plain assignment would take the name "__proto__" for the prototype.
		Object.defineProperty(values, key, { value: pair?.value, enumerable: true, configurable: true, writable: true });
	}
	return values;
};

const ENTER_OBJECT = 'Enter an object such as {"my_field": "value"}.';

/** A JSON object, as text or already parsed. */
export const jsonObject: Reader<IDataObject> = (raw) => {
	const value = jsonObjectOrList(raw);
	if (value instanceof Problem || !Array.isArray(value)) return value as IDataObject | Problem;
	return new Problem(`is not a JSON object: ${quote(raw)}`, ENTER_OBJECT);
};

/** A JSON object or list, as text or already parsed. */
export const jsonObjectOrList: Reader<IDataObject | readonly unknown[]> = (raw) => {
	let value = raw;
	if (typeof raw === 'string') {
		try {
			value = JSON.parse(raw) as unknown;
		} catch {
			return new Problem(`is not valid JSON: ${quote(raw)}`, ENTER_OBJECT);
		}
	}
	if (typeof value === 'object' && value !== null) return value as IDataObject | readonly unknown[];
	return new Problem(`is not a JSON object: ${quote(raw)}`, ENTER_OBJECT);
};

/** One of the given values. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
	return (raw) => {
		const found = allowed.find((value) => value === raw);
		return found ?? new Problem(`is not one of the allowed values: ${quote(raw)}`, `Enter one of ${allowed.join(', ')}.`);
	};
}

/** Several of the given values. */
export function someOf<const T extends string>(...allowed: readonly T[]): Reader<T[]> {
	const one = oneOf(...allowed);
	return (raw) => {
		const values = textList(raw);
		if (values instanceof Problem) return values;
		const read: T[] = [];
		for (const value of values) {
			const allowedValue = one(value);
			if (allowedValue instanceof Problem) return allowedValue;
			read.push(allowedValue);
		}
		return read;
	};
}

export const flag: Reader<boolean> = (raw) =>
	typeof raw === 'boolean' ? raw : new Problem(`is neither true nor false: ${quote(raw)}`, 'Enter true or false.');

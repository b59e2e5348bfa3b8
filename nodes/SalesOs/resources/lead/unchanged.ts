import type { IDataObject } from 'n8n-workflow';

/**
 * Whether writing the fields would leave the record as it is. Of custom fields, those that are
 * not named count as left alone: the vendor does not say whether it would drop them, and a write
 * that is left out drops nothing. The order of tags does not count.
 */
export function isUnchanged(record: IDataObject, fields: IDataObject): boolean {
	return Object.entries(fields).every(([name, value]) => {
		if (!Object.hasOwn(record, name)) return false;
		const current = record[name];
		if (name === 'custom_fields' && isObject(value)) return isObject(current) && holds(current, value);
		if (name === 'tags' && Array.isArray(value)) return Array.isArray(current) && isSame(sortedTexts(current), sortedTexts(value));
		return isSame(current, value);
	});
}

function holds(record: IDataObject, fields: IDataObject): boolean {
	return Object.entries(fields).every(([name, value]) => Object.hasOwn(record, name) && isSame(record[name], value));
}

function sortedTexts(values: readonly unknown[]): string[] {
	return values.map(String).sort();
}

/** Equal as JSON, in whatever order the names of objects stand. */
function isSame(one: unknown, other: unknown): boolean {
	if (Array.isArray(one) && Array.isArray(other)) {
		return one.length === other.length && one.every((value, index) => isSame(value, other[index]));
	}
	if (isObject(one) && isObject(other)) {
		return Object.keys(one).length === Object.keys(other).length && holds(one, other);
	}
	return one === other;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

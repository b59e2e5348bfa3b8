/** A JSON Schema as n8n's editor reads it for its preview of an output. */
export interface OutputSchema {
	type: string;
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
}

/**
 * Fields that hold whatever an account, a sequencer or a caller puts there. The names that the
 * sandbox happens to have in them would be a promise that nobody keeps.
 */
const FREE_FORM = new Set(['batch', 'custom_fields', 'links']);

/** The types that each field was seen with, by its name. */
export type FieldTypes = ReadonlyMap<string, ReadonlySet<string>>;

export function fieldTypesIn(value: unknown, found = new Map<string, Set<string>>()): Map<string, Set<string>> {
	if (typeof value !== 'object' || value === null) return found;
	for (const [name, inner] of Object.entries(value)) {
		if (inner !== null && !Array.isArray(value)) found.set(name, (found.get(name) ?? new Set()).add(typeOf(inner)));
		fieldTypesIn(inner, found);
	}
	return found;
}

/**
 * What the given values have in common: which fields they have, and of which type those are. What
 * may be null is not said, because n8n's editor reads the first type alone.
 */
export function schemaOf(values: readonly unknown[], fieldTypes: FieldTypes, name = 'The output'): OutputSchema {
	const seen = new Set(values.map(typeOf));
	seen.delete('null');
	// What is null here has its type from where it is not.
	const types = [...(seen.size > 0 ? seen : (fieldTypes.get(name) ?? []))];
	if (types.length !== 1) throw new Error(`${name} needs an example of one type, not of ${types.length}: ${types.join(', ')}`);
	const schema: OutputSchema = { type: types[0] };
	const records = values.filter(isRecord);
	if (records.length > 0 && !FREE_FORM.has(name)) {
		const names = [...new Set(records.flatMap(Object.keys))];
		schema.properties = Object.fromEntries(
			names.map((field) => [
				field,
				schemaOf(
					records.filter((record) => field in record).map((record) => record[field]),
					fieldTypes,
					field,
				),
			]),
		);
	}
	const entries = values.filter((value) => Array.isArray(value)).flat() as unknown[];
	if (entries.length > 0) schema.items = schemaOf(entries, fieldTypes, name);
	return schema;
}

function typeOf(value: unknown): string {
	if (value === null || value === undefined) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

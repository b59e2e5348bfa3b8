import fc, { type Arbitrary } from 'fast-check';
import type { INodeParameters, INodeProperties, INodePropertyOptions, NodeParameterValueType } from 'n8n-workflow';

import { seedStages, seedTeams, seedUsers } from '../../sandbox/salesOs/seed';
import { byId, byName } from './examples/example';

/** What a user may put into the optional fields of an operation: any of them, and any value that the field takes. */

const START_MS = Date.parse('2024-01-01T00:00:00Z');
const END_MS = Date.parse('2027-12-31T00:00:00Z');

/** Text as people write it; a leading = would make an expression of it. */
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((value) => !value.startsWith('=') && value.trim() !== '');
const time = fc.date({ min: new Date(START_MS), max: new Date(END_MS), noInvalidDate: true }).map((date) => date.toISOString());
const word = fc.stringMatching(/^[a-z]{1,12}$/);
const email = fc.tuple(word, fc.stringMatching(/^[a-z0-9]{0,6}$/), word).map(([one, other, host]) => `${one}.x${other}@${host}.example`);
const object = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }).map((value) => JSON.stringify(value));

/** Fields whose values must be something that is there. */
const IDS: Readonly<Record<string, Arbitrary<INodeParameters>>> = {
	ownerId: fc.constantFrom(...seedUsers.map(({ id }) => byId(id))),
	teamId: fc.constantFrom(...seedTeams.map(({ id }) => byId(id))),
	stageId: fc.constantFrom(...seedStages.flatMap(({ id, name }) => [byId(id), byName(name), byName(name.toUpperCase())])),
	connectionId: fc.constantFrom(1, 2, 3).map(byId),
	sourceId: fc.constantFrom(101, 102, 103, 104, 105).map(byId),
	destinationId: fc.constantFrom(301, 302, 303).map(byId),
};

/** Fields of text that take certain texts only. */
const TEXTS: Readonly<Record<string, Arbitrary<NodeParameterValueType>>> = {
	contactEmail: email,
	email,
	document: fc.stringMatching(/^[0-9./-]{1,20}$/),
	// Which fields leads can be sorted by is not documented.
	sort: fc.constantFrom('created_at', '-created_at', 'name', '-updated_at'),
	url: word.map((path) => `https://127.0.0.1:1/${path}`),
	profileUrls: fc
		.array(fc.tuple(fc.constantFrom('https://www.linkedin.com/in/', 'linkedin.com/in/', 'https://x.com/', 'twitter.com/'), word), { minLength: 1, maxLength: 5 })
		.map((urls) => urls.map((parts) => parts.join('')).join(', ')),
};

/** Not varied: they are the examples' business (paging, requests of one's own), or a matter of sending. */
const FIXED = new Set(['additionalBodyFields', 'limit', 'returnAll', 'from', 'to']);

/** Parameters beside those that are required; undefined where the operation has no optional field. */
export function optionalParameters(fields: readonly INodeProperties[]): Arbitrary<INodeParameters> | undefined {
	const own = optionalFields(fields).filter(({ required }) => required !== true);
	const arbitraries = Object.fromEntries(
		own.map((field) => [field.name, field.type === 'collection' ? collectionOf(field) : valueOf(field)]),
	);
	if (Object.keys(arbitraries).length === 0) return undefined;
	return fc.record(arbitraries, { requiredKeys: [] }) as Arbitrary<INodeParameters>;
}

function optionalFields(fields: readonly INodeProperties[]): INodeProperties[] {
	return fields.filter(({ name, type }) => type !== 'notice' && !FIXED.has(name));
}

function collectionOf({ options }: INodeProperties): Arbitrary<NodeParameterValueType> {
	const inner = optionalFields((options ?? []).filter((option): option is INodeProperties => 'type' in option));
	return fc.record(Object.fromEntries(inner.map((field) => [field.name, valueOf(field)])), { requiredKeys: [] }) as Arbitrary<NodeParameterValueType>;
}

/** @throws Error for a field of a kind that is not known here, so that none goes untested unseen */
function valueOf({ name, options, type, typeOptions }: INodeProperties): Arbitrary<NodeParameterValueType> {
	switch (type) {
		case 'boolean':
			return fc.boolean();
		case 'dateTime':
			return time;
		case 'fixedCollection':
			return fc.array(fc.record({ key: word, value: text }), { maxLength: 3 }).map((pairs) => ({ pairs }));
		case 'json':
			return object;
		case 'multiOptions':
			return fc.subarray(valuesOf(options), { minLength: 1 }) as Arbitrary<NodeParameterValueType>;
		case 'number':
			return typeOptions?.numberPrecision === undefined
				? fc.integer({ min: typeOptions?.minValue ?? 0, max: 10_000 })
				: fc.integer({ min: 0, max: 1_000_000_000 }).map((cents) => cents / 100);
		case 'options':
			return fc.constantFrom(...valuesOf(options)) as Arbitrary<NodeParameterValueType>;
		case 'resourceLocator':
			if (name in IDS) return IDS[name];
			break;
		case 'string':
			return TEXTS[name] ?? text;
		default:
	}
	throw new Error(`No values are known for the field ${name} of the type ${type}`);
}

function valuesOf(options: INodeProperties['options']): unknown[] {
	return ((options ?? []) as INodePropertyOptions[]).map(({ value }) => value);
}

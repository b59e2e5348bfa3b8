import type { INodeParameters } from 'n8n-workflow';

import type { ItemInput } from '../../../nodes/shared/operation/itemInput';
import { date, dateTime, email, keyValues, Problem, text, textList, uuid } from '../../../nodes/shared/operation/readers';
import { readInput } from './inputNode';

const ID = '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93';

const BINDINGS = {
	contactEmail: { to: 'contact_email', read: email },
	expectedCloseDate: { to: 'expected_close_date', read: date },
	ownerId: { to: 'owner_id', read: uuid },
};

async function valueOf(read: (input: ItemInput) => unknown, parameters: INodeParameters): Promise<unknown> {
	const { error, values } = await readInput(read, parameters);
	if (error) throw error;
	return values[0];
}

async function problemOf(read: (input: ItemInput) => unknown, parameters: INodeParameters) {
	const { error } = await readInput(read, parameters);
	if (!error) throw new Error('Nothing was wrong with it');
	return error;
}

describe('a required parameter', () => {
	it('is read', async () => {
		expect(await valueOf((input) => input.required('name', text), { name: ' Ana ' })).toBe('Ana');
	});

	it.each([
		['blank', ''],
		['white', ' \n\t '],
		['an expression that finds nothing', '={{ $json.missing }}'],
		['null', '={{ null }}'],
	])('must not be %s', async (_case, name) => {
		const error = await problemOf((input) => input.required('name', text), { name });
		expect(error.message).toBe('Lead Name is empty');
		expect(error.description).toContain('check the expression');
	});
});

describe('an optional parameter', () => {
	it.each([
		['a value', { name: 'Ana' }, 'Ana'],
		['blank', { name: '  ' }, 'nothing'],
		['an expression that finds nothing', { name: '={{ $json.missing }}' }, 'nothing'],
		['zero', { name: '={{ 0 }}' }, '0'],
		['false', { name: '={{ false }}' }, 'false'],
	])('that is %s', async (_case, parameters, expected) => {
		expect(await valueOf((input) => input.optional('name', text) ?? 'nothing', parameters)).toBe(expected);
	});

	it('that the panel hides has its default, since n8n gives none', async () => {
		expect(await valueOf((input) => input.optional('hidden', text), { name: 'Ana' })).toBe('never');
		expect(await valueOf((input) => input.required('hidden', text), { name: 'Ana' })).toBe('never');
	});

	it('that the node does not have is nothing', async () => {
		expect(await valueOf((input) => input.optional('noSuchParameter', text) ?? 'nothing', {})).toBe('nothing');
		expect(await valueOf((input) => input.flag('noSuchParameter'), {})).toBe(false);
	});

	it('that cannot be read is told with its label, the value and the way out', async () => {
		const error = await problemOf((input) => input.optional('name', uuid), { name: 'lead 7' });
		expect(error.message).toBe('Lead Name is not an ID: "lead 7"');
		expect(error.description).toContain('An ID looks like');
		expect(error.context?.itemIndex).toBe(0);
	});
});

it('a switch is on or off', async () => {
	const simplify = (input: ItemInput) => input.flag('simplify');
	expect(await valueOf(simplify, {})).toBe(true);
	expect(await valueOf(simplify, { simplify: false })).toBe(false);
	expect(await valueOf(simplify, { simplify: '={{ true }}' })).toBe(true);
	expect(await valueOf(simplify, { simplify: 'true' })).toBe(false);
});

describe('a resource locator', () => {
	const locator = (mode: string, value: string): INodeParameters => ({ stageId: { __rl: true, mode, value } });
	const read = (input: ItemInput) => ({ mode: input.modeOf('stageId'), value: input.optional('stageId', text) });

	it('gives its value and how it was chosen', async () => {
		expect(await valueOf(read, locator('list', ID))).toEqual({ mode: 'list', value: ID });
		expect(await valueOf(read, locator('id', `={{ "${ID}" }}`))).toEqual({ mode: 'id', value: ID });
	});

	it('without a value is empty', async () => {
		expect(await valueOf(read, locator('list', ''))).toEqual({ mode: 'list' });
		expect((await problemOf((input) => input.required('stageId', text), locator('list', ''))).message).toBe('Stage Name or ID is empty');
	});

	it('may be a plain value, as tools and older workflows give it', async () => {
		expect(await valueOf((input) => input.modeOf('name'), { name: ID })).toBeUndefined();
	});
});

describe('a collection', () => {
	const read = (input: ItemInput) => input.collection('additionalFields', BINDINGS);

	it("gives the filled-in fields under the vendor's names", async () => {
		const additionalFields = {
			contactEmail: ' ana@example.com ',
			ownerId: { __rl: true, mode: 'id', value: ID },
			expectedCloseDate: '2026-03-31T00:00:00',
		};
		expect(await valueOf(read, { additionalFields })).toEqual({
			contact_email: 'ana@example.com',
			expected_close_date: '2026-03-31',
			owner_id: ID,
		});
	});

	it('leaves out what is empty, so that nothing is wiped', async () => {
		const additionalFields = {
			contactEmail: '={{ $json.missing }}',
			ownerId: { __rl: true, mode: 'id', value: '' },
			expectedCloseDate: ' ',
		};
		expect(await valueOf(read, { additionalFields })).toEqual({});
		expect(await valueOf(read, {})).toEqual({});
	});

	it('leaves out what reading has left empty', async () => {
		const bindings = { contactEmail: { to: 'tags', read: textList }, ownerId: { to: 'custom_fields', read: keyValues } };
		const readHollow = (input: ItemInput) => input.collection('additionalFields', bindings);
		for (const contactEmail of ['={{ [] }}', '={{ ["", " "] }}', ' , ']) {
			expect(await valueOf(readHollow, { additionalFields: { contactEmail } })).toEqual({});
		}
		const pairs = [{ key: 'a', value: '' }, { key: 'b', value: '={{ $json.missing }}' }];
		expect(await valueOf(readHollow, { additionalFields: { ownerId: { pairs } } })).toEqual({});
		expect(await valueOf(readHollow, { additionalFields: { ownerId: { pairs: [...pairs, { key: 'c', value: '={{ 0 }}' }] } } })).toEqual({ custom_fields: { c: 0 } });
	});

	it('says which of its fields is wrong', async () => {
		const { message } = await problemOf(read, { additionalFields: { contactEmail: 'ana' } });
		expect(message).toBe('Contact Email is not an email address: "ana"');
	});

	it('ignores fields that it does not know', async () => {
		expect(await valueOf(read, { additionalFields: { toString: 'x', other: 1 } as INodeParameters })).toEqual({});
	});

	it('gives single entries with their mode', async () => {
		const entry = (input: ItemInput) => input.entry('additionalFields', 'ownerId') ?? 'nothing';
		expect(await valueOf(entry, { additionalFields: { ownerId: { __rl: true, mode: 'id', value: ID } } })).toEqual({ mode: 'id', value: ID });
		expect(await valueOf(entry, { additionalFields: {} })).toBe('nothing');
		expect(await valueOf(entry, { additionalFields: { ownerId: { __rl: true, mode: 'id', value: '' } } })).toBe('nothing');
		expect(await valueOf((input) => input.entry('noSuchCollection', 'ownerId') ?? 'nothing', {})).toBe('nothing');
	});

	it('gives the additional body fields', async () => {
		const body = (input: ItemInput) => input.additionalBody('additionalFields');
		expect(await valueOf(body, { additionalFields: { additionalBodyFields: '{"vip": true}' } })).toEqual({ vip: true });
		expect(await valueOf(body, { additionalFields: { additionalBodyFields: '={{ {vip: true} }}' } })).toEqual({ vip: true });
		expect(await valueOf(body, { additionalFields: {} })).toEqual({});
		const { message } = await problemOf(body, { additionalFields: { additionalBodyFields: '{vip}' } });
		expect(message).toBe('Additional Body Fields (JSON) is not valid JSON: "{vip}"');
	});
});

describe('dates', () => {
	// The engine's default zone, as n8n's own: America/New_York.
	it('without an offset are in the zone of the workflow', async () => {
		expect(await valueOf((input) => input.required('due', dateTime), { due: '2026-01-31T20:00:00' })).toBe('2026-02-01T01:00:00.000Z');
	});

	it('of expressions are what they say', async () => {
		const due = '={{ DateTime.fromISO("2026-01-31T22:00:00", {zone: "America/Sao_Paulo"}) }}';
		expect(await valueOf((input) => input.required('due', dateTime), { due })).toBe('2026-02-01T01:00:00.000Z');
		expect(await valueOf((input) => input.required('due', date), { due })).toBe('2026-01-31');
	});
});

it('every item is read for itself, and a problem names its item', async () => {
	const items = [{ email: 'ana@example.com' }, { email: 'rui' }];
	const parameters = { name: '={{ $json.email }}' };
	expect((await readInput((input) => input.required('name', text), parameters, items)).values).toEqual(['ana@example.com', 'rui']);
	const { error } = await readInput((input) => input.required('name', email), parameters, items);
	expect(error?.context?.itemIndex).toBe(1);
});

it('a field that is not described is called by its name', async () => {
	const { message } = await problemOf((input) => input.fail('secretField', new Problem('is wrong', 'Mend it.')), {});
	expect(message).toBe('secretField is wrong');
});

it('filters are read under the names of a query', async () => {
	expect(await valueOf((input) => input.query('additionalFields', BINDINGS), { additionalFields: { contactEmail: ' ana@example.com ' } })).toEqual({
		contact_email: 'ana@example.com',
	});
});

it('a warning stands above the output', async () => {
	const { hints } = await readInput((input) => input.warn('Look here'), {});
	expect(hints).toEqual([{ message: 'Look here', location: 'outputPane', type: 'warning' }]);
});

it.each([
	['from a list', { ownerId: { __rl: true, mode: 'list', value: ID } }, { mode: 'list', value: ID }],
	['from a locator without a mode', { ownerId: { __rl: true, value: ID } }, { value: ID }],
	['as a plain value', { ownerId: ID }, { value: ID }],
	['as an object of its own', { ownerId: { mode: 7, value: 'x' } }, { value: { mode: 7, value: 'x' } }],
	['blank', { ownerId: { __rl: true, mode: 'id', value: ' ' } }, 'nothing'],
	['not at all', {}, 'nothing'],
])('an entry of a collection that was given %s comes with its mode', async (_case, additionalFields, expected) => {
	const read = async (fields: object) => await valueOf((input) => JSON.stringify(input.entry('additionalFields', 'ownerId') ?? 'nothing'), { additionalFields: fields } as INodeParameters);
	expect(JSON.parse(String(await read(additionalFields)))).toEqual(expected);
});

import type { IDataObject } from 'n8n-workflow';

import { isUnchanged } from '../../../nodes/SalesOs/resources/lead/unchanged';

const RECORD: IDataObject = {
	name: 'Ana',
	phone: null,
	score: 7,
	tags: ['b', 'a'],
	custom_fields: { region: 'south', floor: 3, address: { city: 'Recife', lines: ['1', '2'] } },
};

it.each<[string, IDataObject, boolean]>([
	['nothing', {}, true],
	['the same text', { name: 'Ana' }, true],
	['another text', { name: 'ana' }, false],
	['null over null', { phone: null }, true],
	['null over a value', { name: null }, false],
	['a value over null', { phone: '1' }, false],
	['a number as text', { score: '7' }, false],
	['a field that the record does not show', { position: null }, false],
	['the name of an inherited property', { toString: 'x' }, false],
	['the same tags in another order', { tags: ['a', 'b'] }, true],
	['a tag less', { tags: ['a'] }, false],
	['no tags', { tags: [] }, false],
	['one custom field of several', { custom_fields: { region: 'south' } }, true],
	['another custom field', { custom_fields: { district: 'south' } }, false],
	['a changed custom field', { custom_fields: { region: 'south', floor: 4 } }, false],
	['an object with its names in another order', { custom_fields: { address: { lines: ['1', '2'], city: 'Recife' } } }, true],
	['a list in another order', { custom_fields: { address: { city: 'Recife', lines: ['2', '1'] } } }, false],
	['a part of an object inside a custom field', { custom_fields: { address: { city: 'Recife' } } }, false],
	['no custom fields at all', { custom_fields: null }, false],
])('%s', (_, fields, expected) => {
	expect(isUnchanged(RECORD, fields)).toBe(expected);
});

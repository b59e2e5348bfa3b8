import type { INodeProperties } from 'n8n-workflow';

import { filtersWith } from '../../../nodes/shared/operation/listFields';
import type { Operation } from '../../../nodes/shared/operation/operation';
import { operationProperties } from '../../../nodes/shared/operation/properties';
import { notInTools } from '../../../nodes/shared/operation/toolFields';
import { FACTS } from './ownNode';

/** The node's panel, as it is made from its operations. */

const field = (name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({ displayName: name, name, type: 'string', default: '', ...more });

const operation = (resource: string, value: string, name: string, fields: INodeProperties[] = []): Operation => ({
	...FACTS,
	resource,
	value,
	name,
	action: `${name} a ${resource}`,
	description: `${name}s it`,
	fields,
	prepare: () => async () => await Promise.resolve([]),
});

const OPERATIONS = [
	operation('lead', 'update', 'Update', [field('leadId'), field('mode', { displayOptions: { show: { leadId: ['x'] }, hide: { leadId: ['y'] } } })]),
	operation('lead', 'getAll', 'Get Many'),
	operation('deal', 'move', 'Move', [field('leadId')]),
	operation('deal', 'close', 'Close'),
];

const RESOURCES = [
	{ id: 'lead', label: 'Lead' },
	{ id: 'team', label: 'Team' },
	{ id: 'deal', label: 'Deal' },
];

const [resource, ...others] = operationProperties(RESOURCES, OPERATIONS, 'lead');

it('the resources are those with an operation, by name', () => {
	expect(resource).toMatchObject({ name: 'resource', type: 'options', noDataExpression: true, default: 'lead' });
	expect(resource.options).toEqual([{ name: 'Deal', value: 'deal' }, { name: 'Lead', value: 'lead' }]);
});

it('each resource has its own operations, by name, and begins with its list or its first', () => {
	expect(others.slice(0, 2)).toMatchObject([
		{
			name: 'operation',
			displayOptions: { show: { resource: ['lead'] } },
			options: [
				{ name: 'Get Many', value: 'getAll', action: 'Get Many a lead', description: 'Get Manys it' },
				{ name: 'Update', value: 'update', action: 'Update a lead', description: 'Updates it' },
			],
			default: 'getAll',
		},
		{ name: 'operation', displayOptions: { show: { resource: ['deal'] } }, options: [{ value: 'close' }, { value: 'move' }], default: 'move' },
	]);
});

it('each field is shown with its own operation, and under its own conditions', () => {
	expect(others.slice(2)).toEqual([
		field('leadId', { displayOptions: { show: { resource: ['lead'], operation: ['update'] } } }),
		field('mode', { displayOptions: { show: { leadId: ['x'], resource: ['lead'], operation: ['update'] }, hide: { leadId: ['y'] } } }),
		field('leadId', { displayOptions: { show: { resource: ['deal'], operation: ['move'] } } }),
	]);
});

describe('a collection', () => {
	const ofTools = (...options: INodeProperties[]) => {
		const fields = [field('more', { type: 'collection', default: {}, options })];
		const made = operationProperties(RESOURCES, [operation('lead', 'get', 'Get', fields)], 'lead').at(-1);
		return made?.displayOptions?.hide;
	};

	it('is not in tools where none of its fields is', () => {
		expect(ofTools(notInTools(field('a')), notInTools(field('b')))).toEqual({ '@tool': [true] });
		expect(ofTools(notInTools(field('a')), field('b'))).toBeUndefined();
		expect(ofTools(notInTools(field('a')), field('b', { displayOptions: { hide: { a: ['x'] } } }))).toBeUndefined();
		expect(ofTools()).toBeUndefined();
	});

	it('of filters is in the order of its labels', () => {
		const filters = filtersWith(field('b', { displayName: 'Beta' }), field('a', { displayName: 'alpha' }));
		expect(filters).toMatchObject({ name: 'filters', type: 'collection', options: [{ name: 'a' }, { name: 'b' }] });
	});
});

it('a field that is not in tools keeps its other conditions', () => {
	expect(notInTools(field('a', { displayOptions: { show: { b: [1] }, hide: { c: [2] } } })).displayOptions).toEqual({ show: { b: [1] }, hide: { c: [2], '@tool': [true] } });
});

import type { INodeProperties } from 'n8n-workflow';

import { listing } from '../listFields';
import { notInTools } from '../toolFields';

const WITH_BODY = ['PATCH', 'POST', 'PUT'];

/** Fields of a request that the user makes up. A tool sends and gets JSON: files do not pass through a model. */
export function apiRequestFields(vendor: {
	readonly pathExample: string;
	readonly pathDescription: string;
	readonly fileDescription: string;
}): INodeProperties[] {
	return [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [
				{ name: 'DELETE', value: 'DELETE' },
				{ name: 'GET', value: 'GET' },
				{ name: 'PATCH', value: 'PATCH' },
				{ name: 'POST', value: 'POST' },
				{ name: 'PUT', value: 'PUT' },
			],
			default: 'GET',
			description: 'HTTP method of the request',
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			required: true,
			default: '',
			placeholder: vendor.pathExample,
			description: vendor.pathDescription,
		},
		{
			displayName: 'Query Parameters',
			name: 'queryParameters',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Parameter',
			default: {},
			description: 'Parameters behind the path. Empty values are left out; a name that is given twice is sent twice.',
			options: [{ displayName: 'Parameter', name: 'pairs', values: pairOf('Name', 'Value') }],
		},
		notInTools({
			displayName: 'Body',
			name: 'bodyType',
			type: 'options',
			options: [
				{ name: 'Form With a File', value: 'file', description: vendor.fileDescription },
				{ name: 'JSON', value: 'json' },
			],
			default: 'json',
			description: 'What the request carries',
			displayOptions: { show: { method: WITH_BODY } },
		}),
		{
			displayName: 'Body (JSON)',
			name: 'body',
			type: 'json',
			default: '',
			placeholder: 'e.g. {"name": "Ana Souza"}',
			description: 'Object or list to send. Leave it empty to send no body.',
			displayOptions: { show: { method: WITH_BODY }, hide: { bodyType: ['file'] } },
		},
		notInTools({
			displayName: 'Input Binary Field',
			name: 'inputBinaryField',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			description: 'Name of the binary field of the input item that holds the file',
			displayOptions: { show: { method: WITH_BODY, bodyType: ['file'] } },
		}),
		notInTools({
			displayName: 'Form Field of the File',
			name: 'fileFieldName',
			type: 'string',
			required: true,
			default: 'file',
			placeholder: 'e.g. file',
			description: 'Name under which the form carries the file',
			displayOptions: { show: { method: WITH_BODY, bodyType: ['file'] } },
		}),
		notInTools({
			displayName: 'Other Form Fields',
			name: 'formFields',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Form Field',
			default: {},
			description: 'What the form carries beside the file',
			options: [{ displayName: 'Form Field', name: 'pairs', values: pairOf('Name', 'Value') }],
			displayOptions: { show: { method: WITH_BODY, bodyType: ['file'] } },
		}),
		notInTools({
			displayName: 'Safe to Repeat',
			name: 'safeToRepeat',
			type: 'boolean',
			default: false,
			description:
				'Whether the request may be sent again when nobody knows if it was carried out. Turn it on only if doing it twice does no harm.',
			displayOptions: { show: { method: ['PATCH', 'POST'] } },
		}),
		notInTools({
			displayName: 'Response Format',
			name: 'responseFormat',
			type: 'options',
			options: [
				{ name: 'File', value: 'file', description: 'Put the answer into a binary field, up to 50 MB' },
				{ name: 'JSON', value: 'json' },
			],
			default: 'json',
			description: 'How to read the answer',
		}),
		notInTools({
			displayName: 'Put Output File in Field',
			name: 'outputBinaryField',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			description: 'Name of the binary field of the output item that the file goes into',
			displayOptions: { show: { responseFormat: ['file'] } },
		}),
		{
			displayName: 'Read Pages',
			name: 'readPages',
			type: 'boolean',
			default: false,
			description: 'Whether the answer is a list, to be read page after page and put out as one item for each record',
			displayOptions: PAGED,
		},
		...listing.map((field) => ({
			...field,
			displayOptions: { show: { ...PAGED.show, readPages: [true] }, hide: { ...PAGED.hide, ...field.displayOptions?.hide } },
		})),
	];
}

/** The choices of a format are hidden in tools, so that what goes with JSON is what does not go with a file. */
const PAGED = { show: { method: ['GET'] }, hide: { responseFormat: ['file'] } };

function pairOf(nameLabel: string, valueLabel: string): INodeProperties[] {
	return [
		{ displayName: nameLabel, name: 'key', type: 'string', default: '' },
		{ displayName: valueLabel, name: 'value', type: 'string', default: '' },
	];
}

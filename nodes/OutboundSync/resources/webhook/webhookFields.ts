import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ApiRequest } from '../../../shared/http/request';
import type { Binding, ItemInput } from '../../../shared/operation/itemInput';
import type { Task } from '../../../shared/operation/operation';
import { flag, Problem, text, textList, type Reader } from '../../../shared/operation/readers';
import { sendForRecord, without } from '../../records';

/** Documented: only https. */
export const httpsUrl: Reader<string> = (raw) => {
	const value = text(raw);
	if (value instanceof Problem) return value;
	if (URL.canParse(value) && new URL(value).protocol === 'https:') return value;
	return new Problem('is not an https URL', 'Give the whole address, such as https://example.com/hook.');
};

export const webhookUrl: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/hook',
	description: 'Where the events are sent to; https only',
};

export const webhookDescription: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Alerts for the sales team',
};

/** Documented: the events that can be subscribed to; test.ping comes from a test alone. */
export const enabledEvents: INodeProperties = {
	displayName: 'Events',
	name: 'enabledEvents',
	type: 'multiOptions',
	options: [
		{ name: 'Sync Failed', value: 'sync.failed', description: 'The syncs of a source have begun to fail' },
		{ name: 'Sync Recovered', value: 'sync.recovered', description: 'The syncs of a source work again' },
	],
	default: [],
};

export const isActive: INodeProperties = {
	displayName: 'Active',
	name: 'isActive',
	type: 'boolean',
	default: true,
	description: 'Whether events are delivered. Turning it on also ends a deactivation after failed deliveries.',
};

/** Event names go to the vendor as they are: it answers others with the list of those it has (documented). */
export const webhookBindings: Readonly<Record<string, Binding>> = {
	description: { to: 'description', read: text },
	enabledEvents: { to: 'enabledEvents', read: someEvents },
	isActive: { to: 'isActive', read: flag },
	url: { to: 'url', read: httpsUrl },
};

function someEvents(raw: unknown): Problem | string[] {
	const events = textList(raw);
	if (events instanceof Problem || events.length > 0) return events;
	return new Problem('has no event chosen', 'Choose at least one event, or remove the field to leave the events as they are.');
}

/** No webhook operation lets a secret through by itself, whatever the vendor answers. */
export const withoutSecret = without('secret');

/** Name of the output field that holds the secret when it is asked for; the node declares it sensitive. */
export const SECRET_FIELD = 'signingSecret';

export const secretFields: INodeProperties[] = [
	{
		displayName: 'Include Secret',
		name: 'includeSecret',
		type: 'boolean',
		default: false,
		description:
			'Whether to put the signing secret into the output, as signingSecret. OutboundSync shows it this once; without it, Rotate Secret gives a new one.',
	},
	{
		displayName:
			'The signing secret will be part of the output and of the saved execution. Store it where it is needed, and let the workflow save no executions if others can read them.',
		name: 'secretNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { includeSecret: [true] } },
	},
];

/** A task whose answer carries a secret once (documented), which is output only if the user wants it. */
export function sendForSecret(input: ItemInput, request: ApiRequest): Task {
	if (!input.flag('includeSecret')) return sendForRecord(request, withoutSecret);
	const send = sendForRecord(request, renameSecret);
	return async (session) => {
		const records = await send(session);
		await session.once('warning of secrets in the output', async () => {
			input.warn(
				`The output holds a signing secret in the field "${SECRET_FIELD}", and so does the saved execution. Store it safely: OutboundSync does not show it again.`,
			);
		});
		return records;
	};
}

function renameSecret(record: IDataObject): IDataObject {
	return { ...withoutSecret(record), [SECRET_FIELD]: record.secret };
}

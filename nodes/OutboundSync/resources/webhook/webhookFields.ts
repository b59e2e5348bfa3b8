import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ApiRequest } from '../../../shared/http/request';
import { isRecord } from '../../../shared/http/retryHint';
import type { Binding, ItemInput } from '../../../shared/operation/itemInput';
import type { Task } from '../../../shared/operation/operation';
import { flag, Problem, text, textList, type Reader } from '../../../shared/operation/readers';
import { notInTools } from '../../../shared/operation/toolFields';
import { withoutFields } from '../../../shared/operation/withoutFields';
import { sendForRecord } from '../../records';

/** Documented: only https. */
export const httpsUrl: Reader<string> = (raw) => {
	const value = text(raw);
	if (value instanceof Problem) return value;
	if (URL.canParse(value) && new URL(value).protocol === 'https:') return value;
	return new Problem('is not an https URL', 'Enter the whole address, such as https://example.com/hook.');
};

export const webhookUrl: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/hook',
	description: 'Address that the events are sent to; https only',
};

export const webhookDescription: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Alerts for the sales team',
	description: 'What the webhook is for',
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
	description: 'The events to send',
};

export const isActive: INodeProperties = {
	displayName: 'Active',
	name: 'isActive',
	type: 'boolean',
	default: true,
	description: 'Whether events are sent to the webhook. Turning it on also reactivates a webhook that was disabled after failed deliveries.',
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

/** Documented prefix of the signing secrets. */
const SECRET_PREFIX = 'oswhsec_';

/** Nothing under `/webhooks` lets a secret through by itself, whatever the vendor answers and wherever it stands. */
export function withoutSecret(record: IDataObject): IDataObject {
	return withoutFields(
		record,
		(name, value) => name === 'secret' || (typeof value === 'string' && value.includes(SECRET_PREFIX)),
	);
}

/** The secret in an answer, wherever it stands: only that a webhook is created with one is documented in full. */
function secretIn(value: unknown): string | undefined {
	if (typeof value === 'string') return value.startsWith(SECRET_PREFIX) ? value : undefined;
	if (typeof value !== 'object' || value === null) return undefined;
	if (isRecord(value) && typeof value.secret === 'string' && value.secret !== '') return value.secret;
	return Object.values(value).map(secretIn).find((secret) => secret !== undefined);
}

/** Name of the output field that holds the secret when it is asked for; the node declares it sensitive. */
export const SECRET_FIELD = 'signingSecret';

/** Not in tools: a secret has no business in the context of a model. */
export const secretFields: INodeProperties[] = [
	notInTools({
		displayName: 'Include Secret',
		name: 'includeSecret',
		type: 'boolean',
		default: false,
		description:
			'Whether to put the signing secret into the output, as signingSecret. OutboundSync shows it only this once; later, only Rotate Secret gives a new one.',
	}),
	notInTools({
		displayName:
			'The signing secret will be part of the output and of the saved execution. Store it where it is needed, and turn off saving executions if others can read them.',
		name: 'secretNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { includeSecret: [true] } },
	}),
];

/** A task whose answer carries a secret once (documented). */
export function sendForSecret(input: ItemInput, request: ApiRequest): Task {
	return guardSecret(input, sendForRecord(request));
}

/** The task with the secret in its records under {@link SECRET_FIELD} if the user wants it, else without. */
export function guardSecret(input: ItemInput, task: Task): Task {
	const isWanted = input.flag('includeSecret');
	return async (session) => {
		const ran = await task(session);
		const records = (Array.isArray(ran) ? ran : ran.records).map((record) => {
			const secret = secretIn(record);
			return { ...withoutSecret(record), ...(isWanted && secret !== undefined && { [SECRET_FIELD]: secret }) };
		});
		if (isWanted && !records.some((record) => SECRET_FIELD in record)) {
			input.warn(
				'Include Secret is on, but the answer of OutboundSync holds no signing secret. If it was to give a new one, the old one may have stopped: run Rotate Secret again.',
			);
		}
		if (records.some((record) => SECRET_FIELD in record)) {
			await session.once('warning of secrets in the output', async () => {
				input.warn(
					`The output holds a signing secret in the field "${SECRET_FIELD}", and so does the saved execution. Store it safely: OutboundSync does not show it again.`,
				);
			});
		}
		return records;
	};
}

import type { IDataObject, INodeProperties, IWebhookFunctions } from 'n8n-workflow';

import { isRecord } from '../http/retryHint';
import { SCHEME_NAMES, type CustomScheme, type SchemeName } from './schemes';
import { DEFAULT_TOLERANCE_SECONDS } from './verify';

/** Options on signatures and addresses that both triggers have, for their Options collection. */
export const VERIFICATION_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Allow HTTP on This Machine',
		name: 'allowHttp',
		type: 'boolean',
		default: false,
		description: 'Whether a webhook URL on localhost may be registered. Only for a sandbox that runs beside n8n.',
	},
	{
		displayName: 'Custom Signature',
		name: 'customScheme',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Describe the Signature',
		description: 'How deliveries are signed, where Signature Scheme is Custom',
		options: [
			{
				displayName: 'Signature',
				name: 'scheme',
				values: [
					{
						displayName: 'Encoding',
						name: 'encoding',
						type: 'options',
						options: [
							{ name: 'Base64', value: 'base64' },
							{ name: 'Hex', value: 'hex' },
						],
						default: 'hex',
					},
					{
						displayName: 'ID Header',
						name: 'idHeader',
						type: 'string',
						default: '',
						description: 'Header that holds the ID, if it is part of the signed content',
					},
					{
						displayName: 'Prefix',
						name: 'label',
						type: 'string',
						default: '',
						placeholder: 'e.g. sha256=',
						description: 'What stands before the signature in its header',
					},
					{
						displayName: 'Signature Header',
						name: 'signatureHeader',
						type: 'string',
						default: '',
						placeholder: 'e.g. X-Signature',
					},
					{
						displayName: 'Signed Content',
						name: 'content',
						type: 'string',
						default: '{body}',
						placeholder: 'e.g. {timestamp}.{body}',
						description: 'Template of what is signed. In curly braces and lower case: body once, and timestamp and ID where they are part of it.',
					},
					{
						displayName: 'Timestamp Header',
						name: 'timestampHeader',
						type: 'string',
						default: '',
						description: 'Header that holds the timestamp, if it is part of the signed content',
					},
				],
			},
		],
	},
	{
		displayName: 'Signature Scheme',
		name: 'scheme',
		type: 'options',
		options: [
			{ name: 'Auto', value: 'auto', description: 'Accepts a correct signature of any known scheme' },
			{ name: 'Body', value: 'bareBody', description: 'Hex or Base64 over the body' },
			{ name: 'Body With Prefix', value: 'prefixedBody', description: 'As GitHub does: sha256=… over the body' },
			{ name: 'Custom', value: 'custom', description: 'As described under Custom Signature' },
			{
				name: 'None (Unverified)',
				value: 'none',
				description: 'Accepts whatever anybody sends to the URL. Not recommended.',
			},
			{ name: 'Standard Webhooks', value: 'standardWebhooks', description: 'The headers and signature of that specification' },
			{ name: 'Timestamp in Its Own Header', value: 'headerTimestamp', description: 'As Slack does: …-Timestamp beside …-Signature' },
			{ name: 'Timestamped', value: 'timestamped', description: 'As Stripe does: t=…,v1=…' },
		],
		default: 'auto',
		description: 'How deliveries are signed. The vendor does not publish it, so all known schemes are tried.',
	},
	{
		displayName: 'Tolerance (Seconds)',
		name: 'toleranceSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 300,
		description: 'How far a signed timestamp may be from the time of this machine',
	},
];

/** How deliveries are to be verified. */
export interface VerificationSettings {
	readonly scheme: SchemeName;
	readonly toleranceSeconds: number;
	readonly allowHttp: boolean;
	readonly custom?: CustomScheme;
}

/** An unknown scheme falls back to `auto`, which accepts correct signatures only. */
export function verificationSettings(options: IDataObject): VerificationSettings {
	const { allowHttp, customScheme, scheme, toleranceSeconds } = options;
	const custom = isRecord(customScheme) && isRecord(customScheme.scheme) ? customScheme.scheme : undefined;
	return {
		scheme: SCHEME_NAMES.find((known) => known === scheme) ?? 'auto',
		toleranceSeconds: Number(toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS),
		allowHttp: allowHttp === true,
		custom: custom as CustomScheme | undefined,
	};
}

/** All wanted event names, sorted, each once. */
export function wantedEvents(chosen: unknown, additional: unknown): string[] {
	const typed = String(additional ?? '').split(',').map((name) => name.trim());
	const listed = Array.isArray(chosen) ? chosen.map(String) : [];
	return [...new Set([...listed, ...typed])].filter((name) => name !== '').sort();
}

/** Shown where the signature is not checked. */
export const UNVERIFIED_NOTICE: INodeProperties = {
	displayName:
		'Signature Scheme is None: whoever learns the webhook URL can start this workflow with any content. Choose Auto unless you are testing.',
	name: 'unverifiedNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '/options.scheme': ['none'] } },
};

/**
 * n8n calls the node's `poll` at its own start, and with that its `checkExists`: without it, n8n 2
 * would not look after a webhook again before somebody publishes the workflow anew. No time to poll
 * is set, so that nothing is ever polled.
 */
export const NO_POLL_TIMES: INodeProperties = { displayName: 'Poll Times', name: 'pollTimes', type: 'hidden', default: {} };

/** What of a delivery's headers may be output: not those in which it shows what it is believed for. */
const SECRET_HEADERS = /^(authorization|cookie|proxy-authorization)$|auth|key|token|secret|signature/i;

export const INCLUDE_RAW_OPTION: INodeProperties = {
	displayName: 'Include Body and Headers',
	name: 'includeRaw',
	type: 'boolean',
	default: false,
	description: 'Whether to add the raw body and the headers of the delivery to the output. Headers that hold secrets are left out.',
};

/**
 * The raw body and the headers for the output, where the option asks for them.
 * @param proofHeader a header of the user's own naming in which the sender shows its secret
 */
export function rawPartsOf(context: IWebhookFunctions, { includeRaw }: IDataObject, proofHeader = ''): IDataObject {
	if (includeRaw !== true) return {};
	const isSecret = (name: string): boolean => SECRET_HEADERS.test(name) || name.toLowerCase() === proofHeader.trim().toLowerCase();
	const shown = Object.entries(context.getHeaderData()).filter(([name]) => !isSecret(name));
	return {
		rawBody: context.getRequestObject().rawBody.toString('utf8'),
		headers: Object.fromEntries(shown) as IDataObject,
	};
}

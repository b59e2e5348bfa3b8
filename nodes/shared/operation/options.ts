import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { SendSettings } from '../http/client';
import { isBlank } from './readers';
import { notInTools } from './toolFields';

/**
 * What every operation of both nodes can be told about sending. A tool, which sends for one item at a
 * time, keeps what spares the account.
 */
export const SENDING_OPTIONS: INodeProperties[] = [
	notInTools({
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50 },
		default: 10,
		description: 'How many requests may be under way at once. The output keeps the order of the input.',
	}),
	notInTools({
		displayName: 'Max Retries',
		name: 'maxRetries',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 20 },
		default: 5,
		description:
			'How often a request is sent again after a 429 or a fault, where repeating it is safe. With this, the setting Retry On Fail is rarely needed.',
	}),
	notInTools({
		displayName: 'Max Wait (Seconds)',
		name: 'maxWait',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 300,
		description:
			'Longest single wait for the rate limit. A longer one ends the run at once: finished items are output, the others carry the time to try again.',
	}),
	{
		displayName: 'Requests per Minute',
		name: 'requestsPerMinute',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 100,
		description: 'Upper limit for this credential. Without it, the node learns the limit of your plan from the answers.',
	},
	{
		displayName: 'Share of Limit (%)',
		name: 'shareOfLimit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 100,
		description:
			'Part of the rate limit that this n8n process may use. With several workers, divide 100 by their number; leave room for other programs that use the same account.',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 300 },
		default: 60,
		description: 'How long to wait for the answer to one request',
	},
];

/** What to do when nobody knows whether a lead was created; shown where it can be found out. */
export const UNKNOWN_OUTCOME_OPTION: INodeProperties = notInTools({
	displayName: 'On Unknown Outcome',
	name: 'onUnknownOutcome',
	type: 'options',
	options: [
		{
			name: 'Look Up the Email, Then Decide',
			value: 'lookUp',
			description: 'Search for the lead, and create it again only if it is not there',
		},
		{
			name: 'Report an Error',
			value: 'error',
			description: 'Send nothing more for this item and say that its outcome is unknown',
		},
	],
	default: 'lookUp',
	description: 'What to do when the connection breaks before it is known whether a lead was created',
});

/** The options of a node as settings; what the user did not add has the default that the panel shows. */
export function settingsFrom(options: IDataObject): SendSettings {
	const read = (name: string): number => {
		const { default: fallback, typeOptions } = SENDING_OPTIONS.find((option) => option.name === name) ?? {};
		const value = Number(isBlank(options[name]) ? fallback : options[name]);
		const { maxValue = Infinity, minValue = 0 } = typeOptions ?? {};
		return Number.isFinite(value) ? Math.min(maxValue, Math.max(minValue, value)) : Number(fallback);
	};
	return {
		wish: {
			// Absent means: what the server allows. The default shown is only where editing starts.
			limit: isBlank(options.requestsPerMinute) ? undefined : Math.floor(read('requestsPerMinute')),
			share: read('shareOfLimit') / 100,
			maxConcurrency: Math.floor(read('maxConcurrency')),
		},
		maxRetries: Math.floor(read('maxRetries')),
		maxWaitMs: read('maxWait') * 1000,
		timeoutMs: read('timeout') * 1000,
	};
}

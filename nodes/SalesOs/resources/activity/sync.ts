import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../../shared/operation/operation';
import { dateTime, email, jsonObject, Problem, text, type Reader } from '../../../shared/operation/readers';
import { additionalFieldsWith } from '../../fields';
import { importHint } from '../../importHint';
import { RECORD } from '../../records';
import { syncResults, undeterminedWarning } from '../../syncResults';

/** Documented: at most so many in one request. */
const MAX_ACTIVITIES = 1_000;

/** What the output says, for the panel; see {@link syncResults}. */
const resultNotice: INodeProperties = {
	displayName:
		'The result of each item is processed, duplicate or skipped. If the counts in the answer of SalesOS do not tell which item is meant, it is accepted or undetermined.',
	name: 'resultNotice',
	type: 'notice',
	default: '',
};

export const syncActivities: Operation = {
	resource: 'activity',
	value: 'sync',
	name: 'Sync',
	action: 'Sync activities of collaborators',
	description:
		'Report activities of collaborators, up to 1,000 items in one request. SalesOS takes each external ID only once.',
	endpoints: [
		{
			method: 'POST',
			path: '/functions/v1/default-integration',
			scope: 'default:sync',
			mark: 'documented',
			inferred:
				'that data is an object; that errors are texts; which entry of a request was a duplicate or skipped, where it is not all or none; that details.index counts from 0',
		},
	],
	fields: [
		{
			displayName: 'Activity Code',
			name: 'activityCode',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 001',
			description: 'Three digits from 001 to 999, as defined in SalesOS',
		},
		{
			displayName: 'External ID',
			name: 'externalId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. call-4711',
			description: 'ID of the activity in your own system. SalesOS takes each ID only once, so sending it again does no harm.',
		},
		{
			displayName: 'Collaborator Email',
			name: 'collaboratorEmail',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. name@example.com',
			description: 'Email of the collaborator whose activity it is',
		},
		resultNotice,
		additionalFieldsWith(
			{
				displayName: 'Data (JSON)',
				name: 'data',
				type: 'json',
				default: '{}',
				description: 'JSON object with further details of the activity',
			},
			{
				displayName: 'Occurred At',
				name: 'occurredAt',
				type: 'dateTime',
				default: '',
				description: 'When the activity took place',
			},
		),
	],
	hint: importHint,
	warning: undeterminedWarning,
	prepareEntry: (input) => ({
		activity_code: input.required('activityCode', activityCode),
		external_id: input.required('externalId', text),
		collaborator_email: input.required('collaboratorEmail', email),
		...input.collection('additionalFields', {
			data: { to: 'data', read: jsonObject },
			occurredAt: { to: 'occurred_at', read: dateTime },
		}),
		...input.additionalBody('additionalFields'),
	}),
	batch: {
		maxEntries: MAX_ACTIVITIES,
		request: (activities) => ({
			method: 'POST',
			path: '/functions/v1/default-integration',
			expects: RECORD,
			body: { action: 'sync_activities', activities: [...activities] },
			// Documented: SalesOS recognises an activity by its external_id.
			repeatable: true,
		}),
		read: (answer, activities) =>
			syncResults(answer, activities, {
				fresh: { count: 'processed', result: 'processed' },
				known: { count: 'duplicates', result: 'duplicate' },
				matchedBy: 'external_id',
				identity: ['external_id', 'activity_code', 'collaborator_email'],
			}),
	},
};

/** Documented as `^\d{3}$`, 001 to 999. A number is a code whose leading zeros a spreadsheet has eaten. */
export const activityCode: Reader<string> = (raw) => {
	const code = typeof raw === 'number' ? String(raw).padStart(3, '0') : text(raw);
	if (code instanceof Problem || (/^\d{3}$/.test(code) && code !== '000')) return code;
	return new Problem(`is not an activity code: "${code}"`, 'Enter three digits from 001 to 999.');
};

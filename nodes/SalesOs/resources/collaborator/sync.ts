import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../../shared/operation/operation';
import { email, jsonObject, Problem, text, type Reader } from '../../../shared/operation/readers';
import { additionalFieldsWith } from '../../fields';
import { importHint } from '../../importHint';
import { RECORD } from '../../records';
import { syncResults, undeterminedWarning } from '../../syncResults';

/** Documented: at most so many in one request. */
const MAX_COLLABORATORS = 500;
/** Documented for `document`. */
const MAX_DOCUMENT_LENGTH = 20;

/** What the output says, for the panel; see {@link syncResults}. */
const resultNotice: INodeProperties = {
	displayName:
		'The result of each item is created or existing. If the counts in the answer of SalesOS do not tell which item is meant, it is accepted or undetermined.',
	name: 'resultNotice',
	type: 'notice',
	default: '',
};

export const syncCollaborators: Operation = {
	resource: 'collaborator',
	value: 'sync',
	name: 'Sync',
	action: 'Sync collaborators',
	description:
		'Add the people whose activities SalesOS counts, up to 500 items in one request. A person whose email SalesOS already has is not created again.',
	endpoints: [
		{
			method: 'POST',
			path: '/functions/v1/default-integration',
			scope: 'default:sync',
			mark: 'documented',
			inferred:
				'that repeating a request creates nobody twice (the match key is the email); which entry of a request existed or failed, where it is not all or none; that details.index counts from 0',
		},
	],
	fields: [
		{
			displayName: 'External ID',
			name: 'externalId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. employee-12',
			description: 'ID of the person in your own system',
		},
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Ana Souza',
			description: 'Full name of the person',
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. name@example.com',
			description: 'Email of the person. SalesOS uses it to find people it already has.',
		},
		resultNotice,
		additionalFieldsWith(
			{
				displayName: 'Document',
				name: 'document',
				type: 'string',
				default: '',
				placeholder: 'e.g. 123.456.789-09',
				description: 'Number of an identity document, at most 20 characters',
			},
			{
				displayName: 'Metadata (JSON)',
				name: 'metadata',
				type: 'json',
				default: '{}',
				description: 'JSON object with further details of the person',
			},
			{ displayName: 'Phone', name: 'phone', type: 'string', default: '', placeholder: 'e.g. +55 11 91234-5678' },
			{ displayName: 'Role', name: 'role', type: 'string', default: '', placeholder: 'e.g. Seller' },
			{ displayName: 'Team', name: 'team', type: 'string', default: '', placeholder: 'e.g. Inside Sales' },
		),
	],
	hint: importHint,
	warning: undeterminedWarning,
	prepareEntry: (input) => ({
		external_id: input.required('externalId', text),
		name: input.required('name', text),
		email: input.required('email', email),
		...input.collection('additionalFields', {
			document: { to: 'document', read: document },
			metadata: { to: 'metadata', read: jsonObject },
			phone: { to: 'phone', read: text },
			role: { to: 'role', read: text },
			team: { to: 'team', read: text },
		}),
		...input.additionalBody('additionalFields'),
	}),
	batch: {
		maxEntries: MAX_COLLABORATORS,
		request: (collaborators) => ({
			method: 'POST',
			path: '/functions/v1/default-integration',
			expects: RECORD,
			body: { action: 'sync_collaborators', collaborators: [...collaborators] },
			// Inferred: the email is the documented match key, so a second sending finds them existing.
			repeatable: true,
		}),
		read: (answer, collaborators) =>
			syncResults(answer, collaborators, {
				fresh: { count: 'created', result: 'created' },
				known: { count: 'existing', result: 'existing' },
				matchedBy: 'email',
				identity: ['external_id', 'email'],
			}),
	},
};

export const document: Reader<string> = (raw) => {
	const value = text(raw);
	if (value instanceof Problem || value.length <= MAX_DOCUMENT_LENGTH) return value;
	return new Problem(`has ${value.length} characters`, `Enter at most ${MAX_DOCUMENT_LENGTH}.`);
};

import type { ApiRequest } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { atLeastOne, email, Problem } from '../../../shared/operation/readers';
import type { Session } from '../../../shared/operation/session';
import { endpoint } from '../../access';
import { OUTREACH_QUOTA } from '../../service';
import { OUTREACH_ANSWER, priorOutreach, type OutreachAnswer } from './priorOutreach';
import { profileUrls } from './profileUrls';

export const checkOutreach: Operation = {
	resource: 'contact',
	value: 'checkOutreach',
	name: 'Check Prior Outreach',
	action: 'Check prior outreach to a contact',
	description: 'Find out before writing to a person whether they were contacted lately and whether they must not be contacted',
	endpoints: [
		endpoint('GET /contacts/outreach', {
			published: 'fields of summary and outcomes, and LinkedIn addresses with /pub/',
			inferred: 'that its quota of 600 a minute is apart from the one per IP address',
		}),
	],
	fields: [
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. name@example.com',
			description: 'Email address of the person; give it whenever you have it, because not every CRM knows profiles',
		},
		{
			displayName: 'Profile URLs',
			name: 'profileUrls',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://www.linkedin.com/in/name',
			description:
				'Addresses of the same person on LinkedIn or X, comma-separated or as a list; at most 5. What is found for any of them is put together, so never mix two people.',
		},
		{
			displayName: 'Contacted Within (Days)',
			name: 'contactedWithinDays',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'How recent a contact must be for contactedWithinDays to be true in the output',
		},
	],
	prepare(input) {
		const address = input.optional('email', email);
		const profiles = input.optional('profileUrls', profileUrls) ?? [];
		const withinDays = input.required('contactedWithinDays', atLeastOne);
		if (address === undefined && profiles.length === 0) {
			input.fail('email', new Problem('is empty, and so is Profile URLs', 'Enter at least one of the two.'));
		}
		const request: ApiRequest = {
			method: 'GET',
			path: '/api/v1/contacts/outreach',
			query: { email: address, profileUrl: profiles },
			quotaClass: OUTREACH_QUOTA,
		};
		return async (session) => {
			const found = priorOutreach(await lookUp(session, request), withinDays, session.client.clock.now());
			if (found.contactedWithinDays === null) {
				await session.once('warning of unknown times', async () => {
					input.warn(
						'OutboundSync did not say when a contact was last reached: "contactedWithinDays" is null there, which is neither yes nor no.',
					);
				});
			}
			return [found];
		};
	},
};

/** Whatever keeps a look-up from succeeding, a person must not be taken for one who was never contacted. */
const SAYS_NOTHING = 'This says nothing about the contact: keep it out of the outreach until a look-up succeeds.';

async function lookUp({ client }: Session, request: ApiRequest): Promise<OutreachAnswer> {
	const result = await client.trySend({ ...request, expects: OUTREACH_ANSWER });
	if (result.ok) return result.answer.body as OutreachAnswer;
	const { failure } = result;
	throw client.errorFor({ ...failure, advice: failure.advice === undefined ? SAYS_NOTHING : `${failure.advice} ${SAYS_NOTHING}` });
}

import type { Query } from '../http/journal';
import { refuseAll } from './answers';
import type { OutreachContact } from './model';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';

const maxProfileUrls = 5;
const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function listOf(query: Query, name: string): string[] {
	const value = query[name] ?? [];
	return (Array.isArray(value) ? value : [value]).filter((item) => item !== '');
}

/** A LinkedIn `/in/` or X profile, spelt one way whatever the scheme, host prefix, case or trailing slash. */
function profileKey(profileUrl: string): string | undefined {
	const match = /^(?:https?:\/\/)?(?:www\.)?(linkedin\.com\/in\/[^/?#]+|(?:x|twitter)\.com\/[A-Za-z0-9_]+)\/?(?:[?#].*)?$/i.exec(
		profileUrl,
	);
	return match?.[1].toLowerCase().replace('twitter.com', 'x.com');
}

/** `/contacts/outreach`: whether one person was reached before. */
export function contactRoutes(state: OutboundSyncState): OutboundSyncRoute[] {
	return [
		{
			method: 'GET',
			path: '/api/v1/contacts/outreach',
			access: 'read',
			feature: 'outreach',
			handle: ({ query }, key) => {
				const emails = listOf(query, 'email');
				const profileUrls = listOf(query, 'profileUrl');
				const complaints: string[] = [];
				if (emails.length + profileUrls.length === 0) complaints.push('email or profileUrl must be given');
				if (emails.length > 1) complaints.push('email must be given once: all values must describe one person');
				if (emails.some((email) => !emailShape.test(email))) complaints.push('email must be an email');
				if (profileUrls.length > maxProfileUrls) {
					complaints.push(`profileUrl must contain no more than ${maxProfileUrls} elements`);
				}
				if (profileUrls.some((url) => profileKey(url) === undefined)) {
					complaints.push('profileUrl must be a LinkedIn /in/ or X profile URL');
				}
				refuseAll(complaints);
				const wanted = new Set(profileUrls.map(profileKey));
				const contact = state.contacts
					.all()
					.filter(({ connectionId }) => key.connectionScope === 'account' || connectionId === key.connectionId)
					.find(
						({ id, profileUrls: known }) =>
							emails[0]?.toLowerCase() === id || known.some((url) => wanted.has(profileKey(url))),
					);
				return { status: 200, body: outreach(contact) };
			},
		},
	];
}

/** The parts are documented, the fields inside `summary` and `outcomes` are not. */
function outreach(contact: OutreachContact | undefined): Record<string, unknown> {
	return {
		found: contact !== undefined,
		summary: contact
			? {
					name: contact.name,
					email: contact.id,
					touches: contact.touches,
					firstContactedAt: contact.firstContactedAt,
					lastContactedAt: contact.lastContactedAt,
				}
			: { name: null, email: null, touches: 0, firstContactedAt: null, lastContactedAt: null },
		platforms: contact?.platforms ?? [],
		eventTypes: contact?.eventTypes ?? [],
		outcomes: {
			replied: contact?.replied ?? false,
			bounced: contact?.bounced ?? false,
			unsubscribed: contact?.unsubscribed ?? false,
		},
		doNotContact: {
			value: (contact?.doNotContactReasons.length ?? 0) > 0,
			reasons: contact?.doNotContactReasons ?? [],
		},
	};
}

import type { Query } from '../http/journal';
import { refuseAll } from './answers';
import type { ContactEvent, OutreachContact, OutreachEvent } from './model';
import type { OutboundSyncRoute } from './route';
import type { OutboundSyncState } from './state';

const maxProfileUrls = 5;
const dayMs = 86_400_000;
const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function listOf(query: Query, name: string): string[] {
	const value = query[name] ?? [];
	// Published in outboundsync/skills: the parameter may be repeated, or hold several with commas.
	return (Array.isArray(value) ? value : [value]).flatMap((item) => item.split(',')).filter((item) => item !== '');
}

/** A LinkedIn `/in/` or `/pub/` or an X profile, spelt one way whatever the scheme, host prefix, case or trailing slash. */
function profileKey(profileUrl: string): string | undefined {
	const match =
		/^(?:https?:\/\/)?(?:www\.)?(linkedin\.com\/(?:in\/[^/?#]+|pub\/[^?#]+?)|(?:x|twitter)\.com\/[A-Za-z0-9_]+)\/?(?:[?#].*)?$/i.exec(profileUrl);
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
				const email = emails[0]?.toLowerCase();
				const wanted = new Set(profileUrls.map(profileKey));
				const events = state.contacts
					.all()
					.filter(({ connectionId }) => key.connectionScope === 'account' || connectionId === key.connectionId)
					.filter(({ id, profileUrls: known }) => email === id || known.some((url) => wanted.has(profileKey(url))))
					.flatMap((contact: OutreachContact) => contact.events);
				return { status: 200, body: outreach({ email: email ?? null, profileUrls }, events, state.clock.now()) };
			},
		},
	];
}

const emailTouches: readonly OutreachEvent[] = ['EMAIL_SENT'];
const callTouches: readonly OutreachEvent[] = ['CALL_LOGGED'];
const socialTouches: readonly OutreachEvent[] = ['CONNECTION_REQUEST_SENT', 'MESSAGE_SENT'];
/** What reaches a person. Opens, clicks, views and likes do not, and neither does a category (published in outboundsync/skills). */
const touches: readonly OutreachEvent[] = [...emailTouches, ...callTouches, ...socialTouches];
const replies: readonly OutreachEvent[] = ['EMAIL_REPLY', 'INMAIL_REPLY_RECEIVED', 'MESSAGE_REPLY_RECEIVED'];

/**
 * The parts are documented; the fields inside them are published in the vendor's repository
 * outboundsync/skills, but for those of the entries of `platforms` and `eventTypes`.
 */
function outreach(query: Record<string, unknown>, events: readonly ContactEvent[], nowMs: number): Record<string, unknown> {
	const inOrder = [...events].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
	const of = (types: readonly OutreachEvent[]): ContactEvent[] => inOrder.filter(({ type }) => types.includes(type));
	const touched = of(touches);
	const [first, last] = [touched[0], touched.at(-1)];
	const category = of(['LEAD_CATEGORY_UPDATED']).at(-1);
	const bounced = of(['EMAIL_BOUNCE']).length > 0;
	const unsubscribed = of(['LEAD_UNSUBSCRIBED']).length > 0;
	const reasons = [...(unsubscribed ? ['UNSUBSCRIBED'] : []), ...(bounced ? ['BOUNCED'] : [])];
	return {
		query,
		email: query.email,
		found: events.length > 0,
		summary: {
			totalEvents: events.length,
			daysSinceLastTouch: last ? Math.floor((nowMs - Date.parse(last.at)) / dayMs) : null,
			lastEventType: last?.type ?? null,
			lastPlatform: last?.platform ?? null,
			everContacted: touched.length > 0,
			everEmailed: of(emailTouches).length > 0,
			everOpened: of(['EMAIL_OPEN']).length > 0,
			everCalled: of(callTouches).length > 0,
			everSocialTouched: of(socialTouches).length > 0,
			firstTouchAt: first?.at ?? null,
			lastTouchAt: last?.at ?? null,
		},
		platforms: counted(inOrder.map(({ platform }) => platform)).map(([platform, count]) => ({ platform, count })),
		eventTypes: counted(inOrder.map(({ type }) => type)).map(([eventType, count]) => ({ eventType, count })),
		outcomes: {
			replied: of(replies).length > 0,
			lastReplyAt: of(replies).at(-1)?.at ?? null,
			bounced,
			unsubscribed,
			lastCategoryName: category?.category ?? null,
			lastCategoryAt: category?.at ?? null,
		},
		doNotContact: { value: reasons.length > 0, reasons },
		// Reserved by the vendor, and always like this.
		blocklists: { evaluated: false, matched: false, matches: [] },
	};
}

function counted(values: readonly string[]): Array<[string, number]> {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts];
}

import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/http/retryHint';

/**
 * Reading the payloads of the four sequencers, which OutboundSync passes on as they are (documented).
 * Their shapes are NOT documented by OutboundSync: every path below is inferred, and each field is
 * taken from the first of them that holds something. What is not found is left out.
 */

/** One path is a name, or names with dots; the first with a plain value wins. */
const FIELDS = {
	email: ['sl_lead_email', 'lead_email', 'lead.email', 'lead.email_address', 'data.lead.email', 'to_email', 'email', 'contact.email', 'contactEmail'],
	profileUrl: ['lead.profile_url', 'lead.linkedin_url', 'data.lead.linkedin_url', 'linkedin_url', 'linkedin_profile', 'linkedIn', 'profile_url', 'profileUrl'],
	firstName: ['lead.first_name', 'data.lead.first_name', 'first_name', 'firstName'],
	lastName: ['lead.last_name', 'data.lead.last_name', 'last_name', 'lastName'],
	name: ['lead.full_name', 'to_name', 'full_name', 'name'],
	company: ['lead.company_name', 'data.lead.company', 'company_name', 'companyName', 'company'],
	occurredAt: [
		'event_timestamp',
		'timestamp',
		'data.reply.date_received',
		'data.scheduled_email.sent_at',
		'reply_message.time',
		'sent_message.time',
		'occurred_at',
		'created_at',
	],
} as const;

const CAMPAIGN = {
	id: ['campaign.id', 'data.campaign.id', 'campaign_id', 'campaignId'],
	name: ['campaign.name', 'data.campaign.name', 'campaign_name', 'campaignName'],
} as const;

const MESSAGE = {
	id: ['reply_message.message_id', 'sent_message.message_id', 'data.reply.uuid', 'message_id', 'email_id'],
	subject: ['reply_subject', 'data.reply.email_subject', 'data.scheduled_email.email_subject', 'email_subject', 'subject'],
	text: [
		'reply_message.text',
		'sent_message.text',
		'reply_text',
		'data.reply.text_body',
		'data.scheduled_email.email_body',
		'recent_messages.0.message',
		'message.text',
		'reply_body',
		'message',
	],
} as const;

/** What only one sequencer's payload is known to carry; the first match names it. */
const SIGNS: ReadonlyArray<{ readonly sequencer: string; readonly paths: readonly string[] }> = [
	{ sequencer: 'emailbison', paths: ['event.type', 'event.name', 'event.instance_url'] },
	{ sequencer: 'heyreach', paths: ['lead.profile_url', 'correlation_id', 'sender.profile_url'] },
	{ sequencer: 'instantly', paths: ['lead_email', 'email_account', 'workspace'] },
	{ sequencer: 'smartlead', paths: ['sl_email_lead_id', 'sl_lead_email', 'stats_id', 'campaign_status'] },
];

const EVENT_NAMES = ['event.type', 'event.name', 'event_type', 'eventType', 'event', 'type'];

/** Sequencers' own names of events that OutboundSync documents under another one. Inferred. */
const SAME_EVENTS: Readonly<Record<string, string | undefined>> = {
	EMAIL_BOUNCED: 'EMAIL_BOUNCE',
	EMAIL_CLICKED: 'EMAIL_LINK_CLICK',
	EMAIL_LINK_CLICKED: 'EMAIL_LINK_CLICK',
	EMAIL_OPENED: 'EMAIL_OPEN',
	EMAIL_REPLIED: 'EMAIL_REPLY',
	LEAD_INTERESTED: 'LEAD_CATEGORY_UPDATED',
	LEAD_REPLIED: 'EMAIL_REPLY',
	LINK_CLICKED: 'EMAIL_LINK_CLICK',
	MANUAL_EMAIL_SENT: 'EMAIL_SENT',
	REPLY_RECEIVED: 'EMAIL_REPLY',
};

/** A forwarded event in one shape over the sequencers, with what came in beside it. */
export interface OutreachEvent {
	/** As OutboundSync documents it where that is known, e.g. `EMAIL_REPLY`. '' where the payload names none. */
	readonly event: string;
	/** As the sequencer called it. */
	readonly sequencerEvent: string;
	readonly item: IDataObject;
}

export function readOutreachEvent(payload: IDataObject): OutreachEvent {
	const sequencerEvent = textAt(payload, EVENT_NAMES) ?? '';
	const upper = sequencerEvent.trim().toUpperCase().replace(/[\s-]+/g, '_');
	const event = SAME_EVENTS[upper] ?? upper;
	const sequencer = SIGNS.find(({ paths }) => paths.some((path) => at(payload, path) !== undefined))?.sequencer;
	const item = withoutEmpty({
		event,
		sequencerEvent,
		sequencer,
		...read(payload, FIELDS),
		campaign: read(payload, CAMPAIGN),
		message: read(payload, MESSAGE),
	});
	return { event, sequencerEvent, item: { ...item, original: payload } };
}

function read(payload: IDataObject, fields: Readonly<Record<string, readonly string[]>>): IDataObject {
	return withoutEmpty(Object.fromEntries(Object.entries(fields).map(([name, paths]) => [name, textAt(payload, paths)])));
}

function withoutEmpty(fields: Readonly<Record<string, IDataObject | string | undefined>>): IDataObject {
	const isFilled = (value: unknown): boolean => value !== undefined && !(isRecord(value) && Object.keys(value).length === 0);
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => isFilled(value)));
}

/** The first of some paths that leads to a text or number, as text. */
function textAt(payload: IDataObject, paths: readonly string[]): string | undefined {
	for (const path of paths) {
		const value = at(payload, path);
		if ((typeof value === 'string' && value.trim() !== '') || typeof value === 'number') return String(value);
	}
	return undefined;
}

function at(payload: IDataObject, path: string): unknown {
	return path.split('.').reduce((value: unknown, name) => {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
		return (value as Record<string, unknown>)[name];
	}, payload);
}

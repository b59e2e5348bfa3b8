import { randomUUID } from 'node:crypto';
import { delay, isoTime, type Clock } from '../clock';
import { isSuccess, post, type PostOutcome } from '../webhooks/post';
import type { OutreachEvent, Sequencer } from './model';

/** Documented: a destination is tried again on 429 only, up to seven times. */
const maxRetries = 7;
const attemptTimeoutMs = 10_000;

export interface ForwardedEvent {
	sequencer: Sequencer;
	event: OutreachEvent;
	email?: string;
	firstName?: string;
	lastName?: string;
	campaignName?: string;
	/** Laid over the made-up payload. */
	overrides?: Record<string, unknown>;
}

export interface ForwardOutcome extends PostOutcome {
	attempts: number;
	payload: Record<string, unknown>;
}

interface Person {
	email: string;
	firstName: string;
	lastName: string;
	campaignName: string;
	at: string;
	event: OutreachEvent;
}

const instantlyNames: Partial<Record<OutreachEvent, string>> = {
	EMAIL_SENT: 'email_sent',
	EMAIL_REPLY: 'reply_received',
	EMAIL_OPEN: 'email_opened',
	EMAIL_LINK_CLICK: 'email_link_clicked',
	EMAIL_BOUNCE: 'email_bounced',
	LEAD_UNSUBSCRIBED: 'lead_unsubscribed',
	LEAD_CATEGORY_UPDATED: 'lead_interested',
};

const bisonNames: Partial<Record<OutreachEvent, string>> = {
	EMAIL_SENT: 'EMAIL_SENT',
	EMAIL_REPLY: 'LEAD_REPLIED',
	EMAIL_OPEN: 'EMAIL_OPENED',
	EMAIL_BOUNCE: 'EMAIL_BOUNCED',
	LEAD_UNSUBSCRIBED: 'LEAD_UNSUBSCRIBED',
	LEAD_CATEGORY_UPDATED: 'LEAD_INTERESTED',
};

/** The sequencers' payloads, invented in the likeness of each; OutboundSync passes them through as they are. */
const payloads: Record<Sequencer, (person: Person) => Record<string, unknown>> = {
	smartlead: ({ email, firstName, lastName, campaignName, at, event }) => ({
		webhook_id: 4021,
		webhook_name: 'OutboundSync',
		event_type: event,
		event_timestamp: at,
		campaign_id: 81_220,
		campaign_name: campaignName,
		campaign_status: 'ACTIVE',
		from_email: 'rep@sandbox.example',
		to_email: email,
		to_name: `${firstName} ${lastName}`,
		sl_email_lead_id: 991_002,
		sequence_number: 1,
		stats_id: randomUUID(),
		subject: 'A short question',
		...(event === 'EMAIL_REPLY' && { reply_message: { message_id: `<${randomUUID()}@mail.example>`, text: 'Sounds good', time: at } }),
		...(event === 'EMAIL_LINK_CLICK' && { link_details: [{ link: 'https://sandbox.example/pricing', click_count: 1 }] }),
		...(event === 'LEAD_CATEGORY_UPDATED' && { lead_category: { new_name: 'Interested', old_name: null } }),
	}),
	instantly: ({ email, firstName, lastName, campaignName, at, event }) => ({
		timestamp: at,
		event_type: instantlyNames[event] ?? event.toLowerCase(),
		workspace: randomUUID(),
		campaign_id: randomUUID(),
		campaign_name: campaignName,
		lead_email: email,
		email,
		firstName,
		lastName,
		email_account: 'rep@sandbox.example',
		step: 1,
		variant: 1,
		is_first: true,
		...(event === 'EMAIL_REPLY' && { reply_subject: 'Re: A short question', reply_text: 'Sounds good' }),
	}),
	emailbison: ({ email, firstName, lastName, campaignName, at, event }) => ({
		event: { type: bisonNames[event] ?? event, name: event, instance_url: 'https://bison.sandbox.example', workspace_id: 12 },
		data: {
			lead: { id: 5512, email, first_name: firstName, last_name: lastName, status: 'in_sequence' },
			campaign: { id: 71, name: campaignName },
			sender_email: { id: 9, email: 'rep@sandbox.example' },
			scheduled_email: { id: 33_871, sequence_step_id: 2, sent_at: at },
			...(event === 'EMAIL_REPLY' && { reply: { uuid: randomUUID(), text_body: 'Sounds good', date_received: at } }),
		},
	}),
	heyreach: ({ email, firstName, lastName, campaignName, at, event }) => ({
		event_type: event.toLowerCase(),
		timestamp: at,
		correlation_id: randomUUID(),
		campaign: { id: 3309, name: campaignName, status: 'IN_PROGRESS' },
		sender: { id: 77, full_name: 'Ana Ribeiro', profile_url: 'https://www.linkedin.com/in/sandbox-ana' },
		lead: {
			id: 'ACoAA-sandbox',
			full_name: `${firstName} ${lastName}`,
			first_name: firstName,
			last_name: lastName,
			email_address: email,
			profile_url: `https://www.linkedin.com/in/${firstName}-${lastName}`.toLowerCase(),
			company_name: 'Prospects Ltd',
		},
		...(event.includes('REPLY') && { recent_messages: [{ creation_time: at, message: 'Sounds good', is_reply: true }] }),
	}),
};

/** The payload a sequencer would send for an event. */
export function sequencerPayload(forwarded: ForwardedEvent, clock: Clock): Record<string, unknown> {
	const { sequencer, event, overrides } = forwarded;
	return {
		...payloads[sequencer]({
			event,
			email: forwarded.email ?? 'prospect1@prospects.example',
			firstName: forwarded.firstName ?? 'Paula',
			lastName: forwarded.lastName ?? 'Prado',
			campaignName: forwarded.campaignName ?? 'Q1 outreach',
			at: isoTime(clock.now()),
		}),
		...overrides,
	};
}

/** Posts an outreach event to an additional endpoint as OutboundSync does: unsigned, tried again on 429 only. */
export async function forwardOutreach(
	url: string,
	forwarded: ForwardedEvent,
	options: { clock: Clock; timeCompression: number; headers?: Record<string, string> },
): Promise<ForwardOutcome> {
	const payload = sequencerPayload(forwarded, options.clock);
	for (let attempts = 1; ; attempts += 1) {
		const outcome = await post({ url, headers: options.headers ?? {}, body: JSON.stringify(payload), timeoutMs: attemptTimeoutMs });
		if (isSuccess(outcome) || outcome.status !== 429 || attempts > maxRetries) return { ...outcome, attempts, payload };
		const retryAfterSeconds = Number(outcome.retryAfter ?? NaN);
		await delay(((Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : 1) * 1000) / options.timeCompression);
	}
}

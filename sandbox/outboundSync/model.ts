export const crms = ['hubspot', 'salesforce', 'close'] as const;
export type Crm = (typeof crms)[number];
/** Documented: only syncs to these can be retried. */
export const retryableCrms: ReadonlySet<Crm> = new Set(['hubspot', 'salesforce']);

export const sequencers = ['smartlead', 'instantly', 'emailbison', 'heyreach'] as const;
export type Sequencer = (typeof sequencers)[number];

/** Documented as suggestions, not as a closed list. */
export const outreachEvents = [
	'EMAIL_SENT',
	'EMAIL_REPLY',
	'EMAIL_OPEN',
	'EMAIL_LINK_CLICK',
	'EMAIL_BOUNCE',
	'LEAD_UNSUBSCRIBED',
	'LEAD_CATEGORY_UPDATED',
	'CALL_LOGGED',
	'MESSAGE_SENT',
	'MESSAGE_REPLY_RECEIVED',
	'INMAIL_REPLY_RECEIVED',
	'CONNECTION_REQUEST_SENT',
	'CONNECTION_REQUEST_ACCEPTED',
	'LIKED_POST',
	'VIEWED_PROFILE',
	'FOLLOW_SENT',
] as const;
export type OutreachEvent = (typeof outreachEvents)[number];

export const syncStatuses = ['success', 'warning', 'error'] as const;
export const forwardStatuses = ['success', 'error'] as const;

export interface Connection {
	id: number;
	crm: Crm;
	status: string;
	organizationDomain: string;
	organizationId: string;
	/** Published in outboundsync/skills: what the plan of the connection allows. */
	capabilities: { sync: boolean; destinations: boolean; blocklists: boolean };
	createdAt: string;
}

export interface Source {
	id: number;
	/** Sensitive: whoever knows it can feed the source. */
	url: string;
	platform: Sequencer;
	connectionId: number;
	crm: Crm;
	/** Published in outboundsync/skills. */
	config: { createOrUpdateCompany: boolean; createOrUpdateTask: boolean; assignContactOwner: boolean; salesforceObjectType: string | null };
	createdAt: string;
}

export interface InboundRequest {
	id: number;
	sourceId: number;
	connectionId: number;
	eventType: OutreachEvent;
	httpStatus: number;
	contactEmail: string;
	createdAt: string;
}

export interface Sync {
	id: number;
	requestId: number;
	sourceId: number;
	connectionId: number;
	crm: Crm;
	status: (typeof syncStatuses)[number];
	eventType: OutreachEvent;
	toEmail: string;
	message: string | null;
	attempts: number;
	createdAt: string;
}

export interface Destination {
	id: number;
	description: string;
	/** Sensitive. */
	url: string;
	connectionId: number;
	/** Empty: forwards nothing. */
	sourceIds: number[];
	eventTypes: OutreachEvent[];
	isDelayed: boolean;
	createdAt: string;
}

export interface Delivery {
	id: number;
	payloadId: number;
	destinationId: number;
	/** Sensitive. */
	destinationUrl: string;
	sourceId: number;
	connectionId: number;
	eventType: OutreachEvent;
	status: (typeof forwardStatuses)[number];
	httpStatus: number | null;
	error: string | null;
	createdAt: string;
}

export interface ReplyRelay {
	id: number;
	connectionId: number;
	description: string;
	ccEmail: string;
	delayMinutes: number;
	sourceIds: number[];
}

/** A list that is carried from a CRM to a sequencer; the fields are published in outboundsync/skills. */
export interface Blocklist {
	id: number;
	connectionId: number;
	listName: string;
	crm: Crm | null;
	platform: Sequencer;
	blockType: 'ADDRESS' | 'DOMAIN';
	status: 'CREATED' | 'FETCHING' | 'SYNCING' | 'SYNCED' | 'SYNCING_NEW_CONTACTS';
	isEnabled: boolean;
	syncedCount: number;
	pendingCount: number;
	lastFetchedAt: string | null;
	lastError: string | null;
	lastAttemptedAt: string | null;
	createdAt: string;
	/** The sandbox's own: when the resync began that runs; null when none does. */
	resyncStartedAt: string | null;
}

/** One thing that happened between a sequencer and a person. */
export interface ContactEvent {
	type: OutreachEvent;
	platform: Sequencer;
	at: string;
	/** The new category, with LEAD_CATEGORY_UPDATED. */
	category?: string;
}

/** Somebody whom sequencers know. */
export interface OutreachContact {
	/** The email, in lower case. */
	id: string;
	profileUrls: string[];
	connectionId: number;
	events: ContactEvent[];
}

/** Documented: what a webhook can subscribe to. `test.ping` comes from the test call alone. */
export const subscribableEvents = ['sync.failed', 'sync.recovered'] as const;

export interface WebhookEndpoint {
	/** `oswhk_…` */
	id: string;
	url: string;
	description: string | null;
	/** Empty: all that can be subscribed to. */
	enabledEvents: string[];
	isActive: boolean;
	autoDisabledAt: string | null;
	/** `oswhsec_…` */
	secret: string;
	/** Dead deliveries in a row. */
	consecutiveDead: number;
	createdAt: string;
	updatedAt: string;
}

export interface PlatformEvent {
	/** `osevt_…` */
	id: string;
	type: string;
	summary: string;
	data: Record<string, unknown>;
	connectionId: number | null;
	sourceId: number | null;
	delivered: boolean;
	createdAt: string;
}

import type { ResetUnit } from './http/window';
import type { SignatureEncoding, SignatureScheme } from './webhooks/sign';

/** What can be changed while the sandbox runs; every part reads it anew on each request. */
export interface CommonSettings {
	/** Length of the per-minute windows; hourly ones are sixty times as long. */
	windowMs: number;
	/** Extra time every operation takes. */
	latencyMs: number;
	/** How many times faster than documented the webhook retries come. */
	webhookTimeCompression: number;
}

export const plans = ['starter', 'professional', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

/** Requests a minute, documented. */
export const planLimits: Record<Plan, number> = { starter: 100, professional: 500, enterprise: 2000 };

/** Where an error carries its `request_id`; the vendor's pages show all three. */
export const requestIdPlaces = ['meta', 'error', 'top'] as const;
export type RequestIdPlace = (typeof requestIdPlaces)[number];

/** `id, type, version, ts, tenant, data`, or the older `event_id, event_type, timestamp, data`. */
export const webhookEnvelopes = ['current', 'older'] as const;
export type WebhookEnvelope = (typeof webhookEnvelopes)[number];

export interface SalesOsSettings {
	plan: Plan;
	/** Stands in for the plan's limit where a test needs a small one. */
	requestsPerWindow: number | null;
	/** Requests an hour for a signed key without a limit of its own; 1,000 is documented. */
	signedKeyRequestsPerHour: number;
	resetUnit: ResetUnit;
	/** Unknown whether the signed PATH carries the query string. */
	signedPathIncludesQuery: boolean;
	requestIdPlace: RequestIdPlace;
	tokenLifetimeSeconds: number;
	/** Whether the lead list knows `updated_after`, which one page of the vendor's names and the others do not. */
	updatedAfterFilter: boolean;
	/** Fields a deal must have before it may enter a stage, by the stage's name or id; `custom_fields.x` for custom ones. */
	requiredFieldsByStage: Record<string, string[]>;
	/** Refuses http webhooks on loopback too, which the sandbox otherwise admits. */
	requireHttpsWebhooks: boolean;
	/** Unknown; `X-SalesOS-Signature: sha256=…` is the best reading. */
	webhookScheme: SignatureScheme;
	webhookEncoding: SignatureEncoding;
	/** The vendor's pages show two. */
	webhookEnvelope: WebhookEnvelope;
}

export function defaultSalesOsSettings(): SalesOsSettings {
	return {
		plan: 'professional',
		requestsPerWindow: null,
		signedKeyRequestsPerHour: 1000,
		resetUnit: 'epochSeconds',
		signedPathIncludesQuery: false,
		requestIdPlace: 'meta',
		tokenLifetimeSeconds: 86_400,
		updatedAfterFilter: true,
		requiredFieldsByStage: {},
		requireHttpsWebhooks: false,
		webhookScheme: 'prefixedBody',
		webhookEncoding: 'hex',
		webhookEnvelope: 'current',
	};
}

export interface OutboundSyncSettings {
	/** The account's switch for API access. */
	apiAccess: boolean;
	/** The account's switch for platform webhooks. */
	canUseWebhooks: boolean;
	/** Connections whose block lists are not enabled. */
	blockListsDisabledFor: number[];
	/** Before the key is checked; 120 is documented. */
	requestsPerWindowPerIp: number;
	/** After the key was checked; 120 is documented. */
	requestsPerWindowPerAccount: number;
	/** Of `/contacts/outreach` alone; 600 is documented. */
	outreachRequestsPerWindow: number;
	resetUnit: ResetUnit;
	/** Every second page of a cursor list is shorter than its limit although more follows, as documented to happen. */
	shortPages: boolean;
	/** Reads over a longer range answer 504; null for never. */
	heavyRangeDays: number | null;
	/** How long a block list's resync runs. */
	resyncRunsMs: number;
	/** Makes the test call answer 502, its event not queued. */
	testNotQueued: boolean;
	/** Refuses http webhooks on loopback too, which the sandbox otherwise admits. */
	requireHttpsWebhooks: boolean;
	/** Unknown; `OutboundSync-Signature: t=…,v1=…` is inferred from the company's sister product. */
	webhookScheme: SignatureScheme;
	webhookEncoding: SignatureEncoding;
}

export function defaultOutboundSyncSettings(): OutboundSyncSettings {
	return {
		apiAccess: true,
		canUseWebhooks: true,
		blockListsDisabledFor: [],
		requestsPerWindowPerIp: 120,
		requestsPerWindowPerAccount: 120,
		outreachRequestsPerWindow: 600,
		resetUnit: 'secondsLeft',
		shortPages: true,
		heavyRangeDays: null,
		resyncRunsMs: 30_000,
		testNotQueued: false,
		requireHttpsWebhooks: false,
		webhookScheme: 'timestamped',
		webhookEncoding: 'hex',
	};
}

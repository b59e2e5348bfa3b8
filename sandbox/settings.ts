import type { ResetUnit } from './http/window';

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
	};
}

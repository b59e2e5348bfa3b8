export const leadStatuses = ['new', 'contacted', 'qualified', 'unqualified', 'converted'] as const;
export const dealStatuses = ['open', 'won', 'lost'] as const;
export const priorities = ['high', 'medium', 'low'] as const;
export const roles = ['admin', 'manager', 'sales_rep'] as const;
export const userStatuses = ['active', 'invited', 'deactivated'] as const;

export interface Lead {
	id: string;
	name: string;
	email: string;
	phone: string | null;
	company: string | null;
	position: string | null;
	source: string | null;
	status: (typeof leadStatuses)[number];
	owner_id: string | null;
	team_id: string | null;
	custom_fields: Record<string, unknown>;
	tags: string[];
	created_at: string;
	updated_at: string;
}

/** As stored; the API shows `stage` in place of `stage_id`. */
export interface Deal {
	id: string;
	name: string;
	value: number;
	stage_id: string;
	status: (typeof dealStatuses)[number];
	contact_name: string | null;
	contact_email: string | null;
	company: string | null;
	owner_id: string | null;
	team_id: string | null;
	/** A date without a time. */
	expected_close_date: string | null;
	priority: (typeof priorities)[number];
	lead_id: string | null;
	loss_reason: string | null;
	custom_fields: Record<string, unknown>;
	closed_at: string | null;
	created_at: string;
	updated_at: string;
}

export interface Stage {
	id: string;
	name: string;
	/** Percent. */
	probability: number;
	position: number;
}

export interface Team {
	id: string;
	name: string;
	created_at: string;
}

/** As stored; the API shows `team` in place of `team_id`. */
export interface User {
	id: string;
	name: string;
	email: string;
	phone: string | null;
	avatar_url: string | null;
	role: (typeof roles)[number];
	team_id: string | null;
	status: (typeof userStatuses)[number];
	ranking_tier: string;
	total_points: number;
	created_at: string;
	last_active_at: string | null;
}

/** How a webhook configured in the dashboard proves itself: an HMAC with a secret, or one of three kinds of header. */
export type DashboardAuth =
	| { type: 'hmac'; secret: string }
	| { type: 'bearer'; token: string }
	| { type: 'apiKey'; header: string; value: string }
	| { type: 'basic'; user: string; password: string };

export interface Webhook {
	id: string;
	url: string;
	events: string[];
	secret: string | null;
	description: string | null;
	active: boolean;
	/** Set for a webhook configured in the dashboard, which the API does not list. */
	dashboard: { auth: DashboardAuth; headers: Record<string, string> } | null;
	consecutive_failures: number;
	created_at: string;
	updated_at: string;
}

/** Matched by email. */
export interface Collaborator {
	id: string;
	external_id: string;
	name: string;
	email: string;
	phone: string | null;
	document: string | null;
	team: string | null;
	role: string | null;
	metadata: Record<string, unknown>;
	created_at: string;
}

/** Matched by `external_id`. */
export interface Activity {
	id: string;
	activity_code: string;
	external_id: string;
	collaborator_email: string;
	data: unknown;
	occurred_at: string | null;
	created_at: string;
}

export const closedWon = 'Closed Won';
export const closedLost = 'Closed Lost';

import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { RecordSink } from '../store/store';
import { Table } from '../store/store';
import type { Surroundings } from '../surroundings';
import { Deliverer, type DeliveryRules, type WebhookDelivery } from '../webhooks/deliverer';
import { signDelivery } from '../webhooks/sign';
import type { DashboardAuth, Webhook } from './model';
import type { SalesOsState } from './state';

/** Documented: any 2xx is success within 30 s; otherwise after 1 min, 5 min, 30 min, 2 h and 12 h. */
const rules: DeliveryRules = {
	retryDelaysSeconds: [60, 300, 1800, 7200, 43_200],
	attemptTimeoutMs: 30_000,
	finalStatuses: [],
};

/** Documented: so many failures in a row, over any events, deactivate the webhook. */
const failuresToDeactivate = 10;

const headerPrefix = 'X-SalesOS';
const tenant = 'sandbox';

export interface SalesOsEvent {
	id: string;
	type: string;
	/** ISO 8601. */
	ts: string;
	data: unknown;
}

function authHeaders(auth: Exclude<DashboardAuth, { type: 'hmac' }>): Record<string, string> {
	switch (auth.type) {
		case 'bearer':
			return { authorization: `Bearer ${auth.token}` };
		case 'apiKey':
			return { [auth.header]: auth.value };
		case 'basic':
			return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };
	}
}

/** Turns events into signed deliveries to the webhooks that subscribe to them. */
export class SalesOsEvents {
	readonly deliveries: Table<WebhookDelivery>;
	readonly deliverer: Deliverer;

	constructor(
		private readonly state: SalesOsState,
		surroundings: Surroundings,
		sink?: RecordSink,
	) {
		this.deliveries = new Table('salesOs.deliveries', sink);
		this.deliverer = new Deliverer({
			rules,
			clock: surroundings.clock,
			deliveries: this.deliveries,
			timeCompression: () => surroundings.common.webhookTimeCompression,
			target: (delivery) => this.target(delivery),
			attempted: (delivery, succeeded) => this.attempted(delivery, succeeded),
		});
		state.emit = (type, data) => void this.raise(type, data);
		state.abandonDeliveries = (webhookId) => this.deliverer.abandon(webhookId);
		this.deliverer.resume();
	}

	/** Sends an event to all active webhooks that name its type; a test may set the event's id to send it twice. */
	raise(type: string, data: unknown, id: string = randomUUID()): SalesOsEvent {
		const event: SalesOsEvent = { id, type, ts: isoTime(this.state.clock.now()), data };
		for (const webhook of this.state.webhooks.all()) {
			if (!webhook.active || !webhook.events.includes(type)) continue;
			this.deliverer.start({
				id: randomUUID(),
				webhookId: webhook.id,
				eventId: event.id,
				eventType: type,
				url: webhook.url,
				body: JSON.stringify(this.envelope(event)),
			});
		}
		return event;
	}

	/** Adds a webhook as an admin would in the dashboard; the API does not list it. */
	addDashboardWebhook(webhook: {
		url: string;
		events: string[];
		auth: DashboardAuth;
		headers?: Record<string, string>;
	}): Webhook {
		const now = isoTime(this.state.clock.now());
		return this.state.webhooks.put({
			id: randomUUID(),
			url: webhook.url,
			events: webhook.events,
			secret: webhook.auth.type === 'hmac' ? webhook.auth.secret : null,
			description: null,
			active: true,
			dashboard: { auth: webhook.auth, headers: webhook.headers ?? {} },
			consecutive_failures: 0,
			created_at: now,
			updated_at: now,
		});
	}

	reset(): void {
		this.deliverer.cancelAll();
		this.deliveries.clear();
	}

	private envelope(event: SalesOsEvent): Record<string, unknown> {
		return this.state.settings.webhookEnvelope === 'older'
			? { event_id: event.id, event_type: event.type, timestamp: event.ts, data: event.data }
			: { id: event.id, type: event.type, version: '1.0', ts: event.ts, tenant, data: event.data };
	}

	private target(delivery: WebhookDelivery): { url: string; headers: Record<string, string> } | undefined {
		const webhook = this.state.webhooks.get(delivery.webhookId);
		if (!webhook?.active) return undefined;
		const auth = webhook.dashboard?.auth;
		const proof =
			auth && auth.type !== 'hmac'
				? authHeaders(auth)
				: webhook.secret === null
					? {}
					: signDelivery(this.state.settings.webhookScheme, {
							secret: webhook.secret,
							rawBody: delivery.body,
							eventId: delivery.eventId,
							timestampSeconds: Math.floor(this.state.clock.now() / 1000),
							headerPrefix,
							encoding: this.state.settings.webhookEncoding,
						});
		return {
			url: webhook.url,
			headers: {
				'user-agent': 'SalesOS-Webhooks',
				[`${headerPrefix}-Event`]: delivery.eventType,
				[`${headerPrefix}-Event-Id`]: delivery.eventId,
				...webhook.dashboard?.headers,
				...proof,
			},
		};
	}

	private attempted(delivery: WebhookDelivery, succeeded: boolean): void {
		const webhook = this.state.webhooks.get(delivery.webhookId);
		if (!webhook) return;
		const failures = succeeded ? 0 : webhook.consecutive_failures + 1;
		const deactivated = webhook.active && failures >= failuresToDeactivate;
		if (failures === webhook.consecutive_failures) return;
		this.state.webhooks.change(webhook.id, { consecutive_failures: failures, ...(deactivated && { active: false }) });
		if (deactivated) this.deliverer.abandon(webhook.id);
	}
}

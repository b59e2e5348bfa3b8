import { randomBytes } from 'node:crypto';
import { isoTime } from '../clock';
import { Table, type RecordSink } from '../store/store';
import type { Surroundings } from '../surroundings';
import { Deliverer, type DeliveryRules, type WebhookDelivery } from '../webhooks/deliverer';
import { signDelivery } from '../webhooks/sign';
import type { PlatformEvent, Source, WebhookEndpoint } from './model';
import type { OutboundSyncState } from './state';

/** The sister product's rules, inferred to hold here: 10 s, seven retries, none after a 404 or 413. */
const rules: DeliveryRules = {
	retryDelaysSeconds: [60, 120, 240, 480, 960, 1800, 3600],
	attemptTimeoutMs: 10_000,
	finalStatuses: [404, 413],
};

/** Documented: so many dead deliveries in a row disable the webhook. */
const deadToDisable = 20;

const headerPrefix = 'OutboundSync';

export function newId(prefix: string): string {
	return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** Base64 after the prefix, so that both readings of the key (as text, or decoded) are possible. */
export function newSecret(): string {
	return `oswhsec_${randomBytes(24).toString('base64')}`;
}

/** Records platform events and delivers them to the webhooks that subscribe to them. */
export class PlatformEvents {
	readonly deliveries: Table<WebhookDelivery>;
	readonly deliverer: Deliverer;

	constructor(
		private readonly state: OutboundSyncState,
		surroundings: Surroundings,
		sink?: RecordSink,
	) {
		this.deliveries = new Table('outboundSync.webhookDeliveries', sink);
		this.deliverer = new Deliverer({
			rules,
			clock: surroundings.clock,
			deliveries: this.deliveries,
			timeCompression: () => surroundings.common.webhookTimeCompression,
			target: (delivery) => this.target(delivery),
			attempted: (delivery, succeeded) => this.attempted(delivery, succeeded),
		});
		this.deliverer.resume();
	}

	/** Records an event and sends it to every active webhook that has its type enabled. */
	raise(event: Pick<PlatformEvent, 'type' | 'summary' | 'data'> & Partial<PlatformEvent>): PlatformEvent {
		const raised = this.record(event);
		for (const webhook of this.state.webhooks.all()) {
			// Published in outboundsync/skills: no event named means all that can be subscribed to.
			const isWanted = webhook.enabledEvents.length === 0 || webhook.enabledEvents.includes(raised.type);
			if (webhook.isActive && isWanted) this.send(raised, webhook);
		}
		return raised;
	}

	/** The documented `sync.failed` of a source. */
	raiseSyncFailed(source: Source, consecutiveFailures = 3, reason = 'The CRM connection has expired'): PlatformEvent {
		return this.raise({
			type: 'sync.failed',
			summary: `Syncs are failing for source ${source.id}`,
			data: {
				connectionId: source.connectionId,
				crm: source.crm,
				sourceId: source.id,
				sourcePlatform: source.platform,
				consecutiveFailures,
				reason: reason.slice(0, 240),
				remediation: 'Reconnect the CRM, then retry the failed syncs',
			},
			connectionId: source.connectionId,
			sourceId: source.id,
		});
	}

	raiseSyncRecovered(source: Source): PlatformEvent {
		return this.raise({
			type: 'sync.recovered',
			summary: `Syncs work again for source ${source.id}`,
			data: {
				connectionId: source.connectionId,
				crm: source.crm,
				sourceId: source.id,
				sourcePlatform: source.platform,
			},
			connectionId: source.connectionId,
			sourceId: source.id,
		});
	}

	/** Sends `test.ping` to one webhook, whatever it subscribes to. */
	ping(webhook: WebhookEndpoint): PlatformEvent {
		const event = this.record({ type: 'test.ping', summary: 'Test', data: { webhookId: webhook.id } });
		this.send(event, webhook);
		return event;
	}

	/** Sends a delivery once more, as a delivery of its own that names the first (published in outboundsync/skills). */
	replay({ body, eventId, eventType, id, url, webhookId }: WebhookDelivery): WebhookDelivery {
		return this.deliverer.start({ id: newId('oswhd'), webhookId, eventId, eventType, url, body, replayOf: id });
	}

	reset(): void {
		this.deliverer.cancelAll();
		this.deliveries.clear();
	}

	private record(event: Pick<PlatformEvent, 'type' | 'summary' | 'data'> & Partial<PlatformEvent>): PlatformEvent {
		return this.state.events.put({
			id: newId('osevt'),
			connectionId: null,
			sourceId: null,
			createdAt: isoTime(this.state.clock.now()),
			...event,
			delivered: false,
		});
	}

	private send(event: PlatformEvent, webhook: WebhookEndpoint): void {
		const { id, type, createdAt: created, summary, data } = event;
		this.deliverer.start({
			id: newId('oswhd'),
			webhookId: webhook.id,
			eventId: id,
			eventType: type,
			url: webhook.url,
			body: JSON.stringify({ id, type, created, summary, data }),
		});
	}

	private target(delivery: WebhookDelivery): { url: string; headers: Record<string, string> } | undefined {
		const webhook = this.state.webhooks.get(delivery.webhookId);
		if (!webhook?.isActive) return undefined;
		return {
			url: webhook.url,
			headers: {
				'user-agent': 'OutboundSync-Webhooks',
				[`${headerPrefix}-Event-Id`]: delivery.eventId,
				[`${headerPrefix}-Delivery-Id`]: delivery.id,
				...signDelivery(this.state.settings.webhookScheme, {
					secret: webhook.secret,
					rawBody: delivery.body,
					eventId: delivery.eventId,
					timestampSeconds: Math.floor(this.state.clock.now() / 1000),
					headerPrefix,
					encoding: this.state.settings.webhookEncoding,
				}),
			},
		};
	}

	private attempted(delivery: WebhookDelivery, succeeded: boolean): void {
		if (succeeded && this.state.events.get(delivery.eventId)) {
			this.state.events.change(delivery.eventId, { delivered: true });
		}
		const webhook = this.state.webhooks.get(delivery.webhookId);
		if (!webhook || (!succeeded && delivery.status !== 'DEAD')) return;
		const consecutiveDead = succeeded ? 0 : webhook.consecutiveDead + 1;
		const disabled = webhook.isActive && consecutiveDead >= deadToDisable;
		if (consecutiveDead === webhook.consecutiveDead) return;
		this.state.webhooks.change(webhook.id, {
			consecutiveDead,
			...(disabled && { isActive: false, autoDisabledAt: isoTime(this.state.clock.now()) }),
		});
		if (disabled) this.deliverer.abandon(webhook.id);
	}
}

import type { Clock } from '../clock';
import type { OutboundSyncSettings } from '../settings';
import { Table, type RecordSink } from '../store/store';
import type {
	Blocklist,
	Connection,
	Delivery,
	Destination,
	InboundRequest,
	OutreachContact,
	PlatformEvent,
	ReplyRelay,
	Source,
	Sync,
	WebhookEndpoint,
} from './model';
import { seedOutboundSync } from './seed';

/** All records of the one OutboundSync account. */
export class OutboundSyncState {
	readonly account = { id: 7001, email: 'owner@sandbox.example' };
	readonly connections: Table<Connection>;
	readonly sources: Table<Source>;
	readonly requests: Table<InboundRequest>;
	readonly syncs: Table<Sync>;
	readonly destinations: Table<Destination>;
	readonly deliveries: Table<Delivery>;
	readonly replyRelays: Table<ReplyRelay>;
	readonly contacts: Table<OutreachContact>;
	readonly blocklists: Table<Blocklist>;
	readonly webhooks: Table<WebhookEndpoint>;
	readonly events: Table<PlatformEvent>;

	constructor(
		readonly settings: OutboundSyncSettings,
		readonly clock: Clock,
		sink?: RecordSink,
	) {
		this.connections = new Table('outboundSync.connections', sink);
		this.sources = new Table('outboundSync.sources', sink);
		this.requests = new Table('outboundSync.requests', sink);
		this.syncs = new Table('outboundSync.syncs', sink);
		this.destinations = new Table('outboundSync.destinations', sink);
		this.deliveries = new Table('outboundSync.deliveries', sink);
		this.replyRelays = new Table('outboundSync.replyRelays', sink);
		this.contacts = new Table('outboundSync.contacts', sink);
		this.blocklists = new Table('outboundSync.blocklists', sink);
		this.webhooks = new Table('outboundSync.webhooks', sink);
		this.events = new Table('outboundSync.events', sink);
		if (this.connections.size === 0) seedOutboundSync(this);
	}

	tables(): Record<string, Table<{ id: string | number }>> {
		return {
			connections: this.connections,
			sources: this.sources,
			requests: this.requests,
			syncs: this.syncs,
			destinations: this.destinations,
			deliveries: this.deliveries,
			replyRelays: this.replyRelays,
			contacts: this.contacts,
			blocklists: this.blocklists,
			webhooks: this.webhooks,
			events: this.events,
		} as unknown as Record<string, Table<{ id: string | number }>>;
	}

	reset(): void {
		for (const table of Object.values(this.tables())) table.clear();
		seedOutboundSync(this);
	}
}

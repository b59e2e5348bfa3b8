import { systemClock, type Clock } from './clock';
import { startControl } from './control/server';
import { Faults } from './http/faults';
import { Journal } from './http/journal';
import type { Listener } from './http/server';
import { OutboundSyncAccess } from './outboundSync/access';
import { PlatformEvents } from './outboundSync/events';
import { forwardOutreach, type ForwardedEvent, type ForwardOutcome } from './outboundSync/forwarding';
import { ApiKeys, demoKeys } from './outboundSync/keys';
import { startOutboundSync } from './outboundSync/server';
import { OutboundSyncState } from './outboundSync/state';
import { SalesOsAccess } from './salesOs/access';
import { apiAudience, AuthServer } from './salesOs/authServer';
import { demoClient, demoSignedKey, SalesOsCredentials } from './salesOs/credentials';
import { newDeal } from './salesOs/deals';
import { SalesOsEvents } from './salesOs/events';
import { newLead } from './salesOs/leads';
import { seedDeals, seedLeads } from './salesOs/seed';
import { startAuthServer, startSalesOs } from './salesOs/server';
import { SalesOsState } from './salesOs/state';
import type { Deal, Lead } from './salesOs/model';
import {
	defaultOutboundSyncSettings,
	defaultSalesOsSettings,
	type CommonSettings,
	type OutboundSyncSettings,
	type Plan,
	type SalesOsSettings,
} from './settings';
import type { RecordSink } from './store/store';
import type { Surroundings } from './surroundings';

export const listenerNames = ['salesOs', 'salesOsAuth', 'outboundSync', 'control'] as const;
export type ListenerName = (typeof listenerNames)[number];

export interface SandboxOptions {
	/** An address of loopback's; 127.0.0.1 by default. */
	host?: string;
	/** Ports of `host`; 0, the default, takes any free one. */
	ports?: Partial<Record<ListenerName, number>>;
	/** SalesOS plan; `professional` by default. */
	plan?: Plan;
	/** Length of the per-minute windows; 60,000 by default. */
	windowMs?: number;
	tokenLifetimeSeconds?: number;
	/** How many times faster than documented the webhook retries come; 1 by default. */
	webhookTimeCompression?: number;
	/** Extra time every operation takes; none by default. */
	latencyMs?: number;
	/** Where records are kept; memory by default. */
	store?: 'memory' | { sqliteFile: string };
	clock?: Clock;
}

export interface SalesOsSandbox {
	origin: string;
	authOrigin: string;
	clientId: string;
	clientSecret: string;
	audience: string;
	signedKey: string;
	signedSecret: string;
	/** All records. */
	state: SalesOsState;
	credentials: SalesOsCredentials;
	/** Webhook deliveries: raise events, read the log, replay, wait until all is sent. */
	events: SalesOsEvents;
	settings: SalesOsSettings;
	/** Makes every token minted so far worthless. */
	revokeTokens(): void;
	/** Stores a lead or deal with defaults for what is not given, emitting nothing. */
	addLead(fields: Partial<Lead>): Lead;
	addDeal(fields: Partial<Deal>): Deal;
	seedLeads(count: number, seed?: number): Lead[];
	seedDeals(count: number, seed?: number): Deal[];
}

export interface OutboundSyncSandbox {
	/** Without `/api/v1`. */
	origin: string;
	apiKey: string;
	readOnlyKey: string;
	/** Sees connection 1 alone. */
	connectionScopedKey: string;
	/** All records. */
	state: OutboundSyncState;
	keys: ApiKeys;
	/** Webhook deliveries: raise events, read the log, replay, wait until all is sent. */
	events: PlatformEvents;
	settings: OutboundSyncSettings;
	/** Posts a sequencer's event to an additional endpoint, with its documented retries on 429. */
	forward(url: string, event: ForwardedEvent, headers?: Record<string, string>): Promise<ForwardOutcome>;
}

export interface Sandbox {
	salesOs: SalesOsSandbox;
	outboundSync: OutboundSyncSandbox;
	/** The same functions over HTTP, for tests in another process. */
	control: { origin: string };
	settings: CommonSettings;
	journal: Journal;
	faults: Faults;
	/** Back to the seed data, full quotas, no faults and an empty journal; settings stay. */
	reset(): void;
	stop(): Promise<void>;
}

/** Starts both vendors' APIs on loopback. Rejects with EADDRINUSE where a wanted port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const clock = options.clock ?? systemClock;
	const common: CommonSettings = {
		windowMs: options.windowMs ?? 60_000,
		latencyMs: options.latencyMs ?? 0,
		webhookTimeCompression: options.webhookTimeCompression ?? 1,
	};
	const host = options.host ?? '127.0.0.1';
	const surroundings: Surroundings = { host, clock, common, journal: new Journal(clock), faults: new Faults() };
	const sink = await openSink(options.store);

	const salesOsSettings = defaultSalesOsSettings();
	if (options.plan !== undefined) salesOsSettings.plan = options.plan;
	if (options.tokenLifetimeSeconds !== undefined) salesOsSettings.tokenLifetimeSeconds = options.tokenLifetimeSeconds;
	const state = new SalesOsState(salesOsSettings, clock, sink);
	const credentials = new SalesOsCredentials(sink);
	if (credentials.clients.size === 0) credentials.seed();
	const access = new SalesOsAccess(credentials, salesOsSettings, common, clock);
	const authServer = new AuthServer(credentials, salesOsSettings, clock);
	const salesOsEvents = new SalesOsEvents(state, surroundings, sink);

	const outboundSyncSettings = defaultOutboundSyncSettings();
	const outboundSyncState = new OutboundSyncState(outboundSyncSettings, clock, sink);
	const keys = new ApiKeys(sink);
	const outboundSyncAccess = new OutboundSyncAccess(keys, outboundSyncSettings, common, clock);
	const platformEvents = new PlatformEvents(outboundSyncState, surroundings, sink);

	const closing: Array<() => Promise<void>> = [];
	const stop = async (): Promise<void> => {
		salesOsEvents.deliverer.stop();
		platformEvents.deliverer.stop();
		await Promise.all(closing.map(async (close) => await close()));
		sink?.close();
	};
	const started = async (starting: Promise<Listener>): Promise<Listener> => {
		const listener = await starting;
		closing.push(listener.close);
		return listener;
	};

	try {
		const ports = options.ports ?? {};
		const salesOs = await started(startSalesOs(state, access, surroundings, ports.salesOs ?? 0));
		const auth = await started(startAuthServer(authServer, surroundings, ports.salesOsAuth ?? 0));
		const outboundSync = await started(
			startOutboundSync(outboundSyncState, outboundSyncAccess, platformEvents, surroundings, ports.outboundSync ?? 0),
		);
		const sandbox: Sandbox = {
			salesOs: {
				origin: salesOs.origin,
				authOrigin: auth.origin,
				...demoClient,
				audience: apiAudience,
				...demoSignedKey,
				state,
				credentials,
				events: salesOsEvents,
				settings: salesOsSettings,
				revokeTokens: () => credentials.revokeAllTokens(clock.now()),
				addLead: (fields) => newLead(state, fields),
				addDeal: (fields) => newDeal(state, fields),
				seedLeads: (count, seed) => seedLeads(state, count, seed),
				seedDeals: (count, seed) => seedDeals(state, count, seed),
			},
			outboundSync: {
				origin: outboundSync.origin,
				...demoKeys,
				state: outboundSyncState,
				keys,
				events: platformEvents,
				settings: outboundSyncSettings,
				forward: async (url, event, headers) =>
					await forwardOutreach(url, event, { clock, timeCompression: common.webhookTimeCompression, headers }),
			},
			control: { origin: '' },
			settings: common,
			journal: surroundings.journal,
			faults: surroundings.faults,
			reset: () => {
				for (const part of [state, credentials, authServer, access, salesOsEvents]) part.reset();
				for (const part of [outboundSyncState, keys, outboundSyncAccess, platformEvents]) part.reset();
				surroundings.faults.clear();
				surroundings.journal.clear();
			},
			stop,
		};
		sandbox.control.origin = (await started(startControl(sandbox, host, ports.control ?? 0))).origin;
		return sandbox;
	} catch (error) {
		await stop();
		throw error;
	}
}

async function openSink(store: SandboxOptions['store']): Promise<RecordSink | undefined> {
	if (store === undefined || store === 'memory') return undefined;
	const { openSqliteSink } = await import('./store/sqlite');
	return openSqliteSink(store.sqliteFile);
}

import { systemClock, type Clock } from './clock';
import { Faults } from './http/faults';
import { Journal } from './http/journal';
import type { Listener } from './http/server';
import { SalesOsAccess } from './salesOs/access';
import { apiAudience, AuthServer } from './salesOs/authServer';
import { demoClient, demoSignedKey, SalesOsCredentials } from './salesOs/credentials';
import { seedDeals, seedLeads } from './salesOs/seed';
import { startAuthServer, startSalesOs } from './salesOs/server';
import { SalesOsState } from './salesOs/state';
import type { Deal, Lead } from './salesOs/model';
import { defaultSalesOsSettings, type CommonSettings, type Plan, type SalesOsSettings } from './settings';
import type { RecordSink } from './store/store';
import type { Surroundings } from './surroundings';

export interface SandboxOptions {
	/** Ports on 127.0.0.1; 0, the default, takes any free one. */
	ports?: Partial<Record<'salesOs' | 'salesOsAuth', number>>;
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
	settings: SalesOsSettings;
	/** Makes every token minted so far worthless. */
	revokeTokens(): void;
	seedLeads(count: number, seed?: number): Lead[];
	seedDeals(count: number, seed?: number): Deal[];
}

export interface Sandbox {
	salesOs: SalesOsSandbox;
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
	const surroundings: Surroundings = { clock, common, journal: new Journal(clock), faults: new Faults() };
	const sink = await openSink(options.store);

	const salesOsSettings = defaultSalesOsSettings();
	if (options.plan !== undefined) salesOsSettings.plan = options.plan;
	if (options.tokenLifetimeSeconds !== undefined) salesOsSettings.tokenLifetimeSeconds = options.tokenLifetimeSeconds;
	const state = new SalesOsState(salesOsSettings, clock, sink);
	const credentials = new SalesOsCredentials(sink);
	if (credentials.clients.size === 0) credentials.seed();
	const access = new SalesOsAccess(credentials, salesOsSettings, common, clock);
	const authServer = new AuthServer(credentials, salesOsSettings, clock);

	const listeners: Listener[] = [];
	const stop = async (): Promise<void> => {
		await Promise.all(listeners.map(async (listener) => await listener.close()));
		sink?.close();
	};
	const started = async (listener: Promise<Listener>): Promise<Listener> => {
		listeners.push(await listener);
		return await listener;
	};

	try {
		const ports = options.ports ?? {};
		const salesOs = await started(startSalesOs(state, access, surroundings, ports.salesOs ?? 0));
		const auth = await started(startAuthServer(authServer, surroundings, ports.salesOsAuth ?? 0));
		return {
			salesOs: {
				origin: salesOs.origin,
				authOrigin: auth.origin,
				...demoClient,
				audience: apiAudience,
				...demoSignedKey,
				state,
				credentials,
				settings: salesOsSettings,
				revokeTokens: () => credentials.revokeAllTokens(clock.now()),
				seedLeads: (count, seed) => seedLeads(state, count, seed),
				seedDeals: (count, seed) => seedDeals(state, count, seed),
			},
			settings: common,
			journal: surroundings.journal,
			faults: surroundings.faults,
			reset: () => {
				state.reset();
				credentials.reset();
				authServer.reset();
				access.reset();
				surroundings.faults.clear();
				surroundings.journal.clear();
			},
			stop,
		};
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

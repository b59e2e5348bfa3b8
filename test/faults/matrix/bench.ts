import type { INodeCredentials } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox';
import type { JournalEntry, Vendor } from '../../../sandbox/http/journal';
import { createEngine, type Engine } from '../../support/engine';

let engine: Promise<Engine> | undefined;

/** One engine for all cells of a file; what a fault could spoil for others hangs on the sandbox's address. */
export async function sharedEngine(): Promise<Engine> {
	engine ??= createEngine();
	return await engine;
}

/** Short, because a 429 without a hint is waited out until the window's end. */
export const WINDOW_MS = 3_000;

/** A sandbox that never refuses for a quota, so that every 429 is the fault's. */
export async function quietSandbox(options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> {
	const sandbox = await startSandbox({ windowMs: WINDOW_MS, ...options });
	sandbox.salesOs.settings.requestsPerWindow = 10_000;
	sandbox.outboundSync.settings.requestsPerWindowPerIp = 10_000;
	sandbox.outboundSync.settings.requestsPerWindowPerAccount = 10_000;
	return sandbox;
}

/** A credential of each kind for this sandbox. */
export function credentialsFor(owner: Engine, { outboundSync, salesOs }: Sandbox): INodeCredentials {
	return {
		salesOsOAuth2Api: owner.credentials.add('salesOsOAuth2Api', {
			grantType: 'clientCredentials',
			environment: 'custom',
			baseUrl: salesOs.origin,
			authBaseUrl: salesOs.authOrigin,
			clientId: salesOs.clientId,
			clientSecret: salesOs.clientSecret,
			audience: salesOs.audience,
		}),
		salesOsSignedApi: owner.credentials.add('salesOsSignedApi', {
			environment: 'custom',
			baseUrl: salesOs.origin,
			apiKey: salesOs.signedKey,
			apiSecret: salesOs.signedSecret,
		}),
		outboundSyncApi: owner.credentials.add('outboundSyncApi', { apiKey: outboundSync.apiKey, baseUrl: outboundSync.origin }),
	};
}

type AnyRecord = Readonly<Record<string, unknown>>;
/** All records of both vendors, by vendor and table, by ID. Records are replaced and never changed in place. */
export type Records = ReadonlyMap<string, ReadonlyMap<unknown, AnyRecord>>;

export function recordsOf({ outboundSync, salesOs }: Sandbox): Records {
	const tables = [...Object.entries(salesOs.state.tables()), ...Object.entries(outboundSync.state.tables()).map(([name, table]) => [`outboundSync.${name}`, table] as const)];
	return new Map(tables.map(([name, table]) => [name, new Map(table.all().map((record) => [record.id, record as unknown as AnyRecord]))]));
}

/** What became of a table: new records, the changed fields of others, and those that are gone. */
export interface TableChange {
	readonly added?: readonly AnyRecord[];
	readonly changed?: readonly AnyRecord[];
	readonly removed?: readonly AnyRecord[];
}

/** Everything that is different afterwards, in whatever table; empty where nothing is. */
export function changesBetween(before: Records, after: Records): Record<string, TableChange> {
	const changes: Record<string, TableChange> = {};
	for (const [name, records] of after) {
		const old = before.get(name) ?? new Map<unknown, AnyRecord>();
		const added = [...records].filter(([id]) => !old.has(id)).map(([, record]) => record);
		const removed = [...old].filter(([id]) => !records.has(id)).map(([, record]) => record);
		const changed = [...records].flatMap(([id, record]) => {
			const earlier = old.get(id);
			return earlier === undefined || earlier === record ? [] : [changedFields(earlier, record)];
		});
		const parts = Object.entries({ added, changed, removed }).filter(([, list]) => list.length > 0);
		if (parts.length > 0) changes[name] = Object.fromEntries(parts);
	}
	return changes;
}

function changedFields(before: AnyRecord, after: AnyRecord): AnyRecord {
	return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

/** How often each call was sent, by method and route. */
export function countByCall(entries: readonly JournalEntry[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { method, path, route } of entries) {
		const call = `${method} ${route ?? path}`;
		counts[call] = (counts[call] ?? 0) + 1;
	}
	return counts;
}

/**
 * What the sandbox was asked, once it is done with all of it: a slow answer outlives the one who waits
 * for it. What it refuses in the end it does not mark as done, so that time must tell.
 */
export async function finishedEntries(sandbox: Sandbox, vendor: Vendor, slowMs = 0): Promise<JournalEntry[]> {
	const giveUpAtMs = Date.now() + 60_000;
	for (;;) {
		const entries = sandbox.journal.list({ vendor });
		const isUnderWay = entries.some(({ at, durationMs, fault, workDone }) =>
			fault?.kind === 'slow' ? !workDone && Date.now() < at + slowMs + 1_000 : durationMs === null,
		);
		if (!isUnderWay) return entries;
		if (Date.now() > giveUpAtMs) throw new Error('The sandbox is still busy');
		await new Promise((resolve) => {
			setTimeout(resolve, 50);
		});
	}
}

/** When the rate-limit window in which a request came ends, in epoch milliseconds: a window opens with the first request after the last one. */
export function windowEndMs(entries: readonly JournalEntry[], { at }: JournalEntry): number {
	let openedAtMs = -Infinity;
	for (const entry of entries) {
		if (entry.at > at) break;
		if (entry.at >= openedAtMs + WINDOW_MS) openedAtMs = entry.at;
	}
	return openedAtMs + WINDOW_MS;
}

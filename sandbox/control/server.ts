import fastify, { type FastifyInstance } from 'fastify';
import type { FaultSpec } from '../http/faults';
import { vendors, type JournalFilter, type Vendor } from '../http/journal';
import type { Listener } from '../http/server';
import type { Sandbox } from '../index';
import type { ForwardedEvent } from '../outboundSync/forwarding';
import type { ApiKey } from '../outboundSync/keys';
import type { Client, SignedKey } from '../salesOs/credentials';
import type { DashboardAuth, Deal, Lead } from '../salesOs/model';
import type { RecordId, Table } from '../store/store';
import type { WebhookDelivery } from '../webhooks/deliverer';
import { allSettings, changeSettings } from './settings';

type Body = Record<string, unknown>;
type AnyRecord = { id: RecordId };

const bodyLimitBytes = 64 * 1024 * 1024;

/** What an out-of-process test needs to begin with. */
export function summary(sandbox: Sandbox): Record<string, unknown> {
	const { origin, authOrigin, clientId, clientSecret, audience, signedKey, signedSecret } = sandbox.salesOs;
	const { origin: outboundSyncOrigin, apiKey, readOnlyKey, connectionScopedKey } = sandbox.outboundSync;
	return {
		salesOs: { origin, authOrigin, clientId, clientSecret, audience, signedKey, signedSecret },
		outboundSync: { origin: outboundSyncOrigin, apiKey, readOnlyKey, connectionScopedKey },
		control: sandbox.control,
	};
}

function tableOf(sandbox: Sandbox, params: Record<string, string>): Table<AnyRecord> {
	const tables: Record<string, Record<string, Table<AnyRecord>>> = {
		salesOs: sandbox.salesOs.state.tables() as Record<string, Table<AnyRecord>>,
		outboundSync: sandbox.outboundSync.state.tables(),
	};
	const table = tables[params.vendor]?.[params.table];
	if (table) return table;
	throw new Error(`No table ${params.vendor}/${params.table}: ${JSON.stringify(Object.entries(tables).map(([vendor, named]) => [vendor, Object.keys(named)]))}`);
}

function eventsOf(sandbox: Sandbox, vendor: string): Sandbox['salesOs']['events'] | Sandbox['outboundSync']['events'] {
	if (vendor === 'salesOs') return sandbox.salesOs.events;
	if (vendor === 'outboundSync') return sandbox.outboundSync.events;
	throw new Error('The vendor must be salesOs or outboundSync');
}

function journalFilter(query: Record<string, string | undefined>): JournalFilter {
	if (query.vendor !== undefined && !vendors.some((vendor) => vendor === query.vendor)) {
		throw new Error(`The vendor must be one of ${vendors.join(', ')}`);
	}
	return {
		vendor: query.vendor as Vendor | undefined,
		method: query.method,
		path: query.path,
		afterId: query.afterId === undefined ? undefined : Number(query.afterId),
	};
}

/** Stores records; leads and deals may leave out what has a default, the others must be whole. */
function addRecords(sandbox: Sandbox, params: Record<string, string>, body: unknown): AnyRecord[] {
	const records = (Array.isArray(body) ? body : [body]) as AnyRecord[];
	const name = `${params.vendor}/${params.table}`;
	const table = tableOf(sandbox, params);
	return records.map((record) => {
		if (name === 'salesOs/leads') return sandbox.salesOs.addLead(record as Partial<Lead>);
		if (name === 'salesOs/deals') return sandbox.salesOs.addDeal(record as Partial<Deal>);
		if (record?.id === undefined) throw new Error('A record needs an id');
		return table.put(record);
	});
}

function raise(sandbox: Sandbox, vendor: string, body: Body): unknown {
	const type = String(body.type ?? '');
	if (type === '') throw new Error('An event needs a type');
	if (vendor === 'salesOs') {
		return sandbox.salesOs.events.raise(type, body.data ?? {}, body.id === undefined ? undefined : String(body.id));
	}
	const { events, state } = sandbox.outboundSync;
	const source = state.sources.get(Number(body.sourceId ?? 101));
	if (body.data === undefined && source) {
		if (type === 'sync.failed') return events.raiseSyncFailed(source);
		if (type === 'sync.recovered') return events.raiseSyncRecovered(source);
	}
	return events.raise({
		type,
		summary: String(body.summary ?? type),
		data: (body.data ?? {}) as Body,
		...(body.id !== undefined && { id: String(body.id) }),
	});
}

function deliveriesOf(sandbox: Sandbox, vendor: string, query: Record<string, string | undefined>): WebhookDelivery[] {
	return eventsOf(sandbox, vendor)
		.deliveries.all()
		.filter(
			(delivery) =>
				(query.webhookId === undefined || delivery.webhookId === query.webhookId) &&
				(query.status === undefined || delivery.status === query.status),
		);
}

/** Every function of the sandbox that a test may want, one line a route. */
function addRoutes(app: FastifyInstance, sandbox: Sandbox): void {
	type Input = { Params: Record<string, string>; Querystring: Record<string, string | undefined>; Body: Body | undefined };
	const { journal, faults, salesOs, outboundSync } = sandbox;
	const done = { done: true };

	app.get('/control', () => summary(sandbox));
	app.post('/control/reset', () => (sandbox.reset(), done));

	app.get<Input>('/control/journal', ({ query }) => journal.list(journalFilter(query)));
	app.get<Input>('/control/journal/count', ({ query }) => ({ count: journal.count(journalFilter(query)) }));
	app.get<Input>('/control/journal/busiest', ({ query }) => ({
		requests: journal.busiestWindow(Number(query.windowMs ?? sandbox.settings.windowMs), journalFilter(query)),
	}));
	app.delete('/control/journal', () => (journal.clear(), done));

	app.get('/control/faults', () => faults.list());
	app.post<Input>('/control/faults', ({ body }) => ({ id: faults.add(body as unknown as FaultSpec) }));
	app.delete('/control/faults', () => (faults.clear(), done));
	app.delete<Input>('/control/faults/:id', ({ params }) => ({ removed: faults.remove(Number(params.id)) }));

	app.get('/control/settings', () => allSettings(sandbox));
	app.patch<Input>('/control/settings', ({ body }) => changeSettings(sandbox, body ?? {}));

	app.get<Input>('/control/records/:vendor/:table', ({ params }) => tableOf(sandbox, params).all());
	app.post<Input>('/control/records/:vendor/:table', ({ params, body }) => addRecords(sandbox, params, body));
	app.delete<Input>('/control/records/:vendor/:table', ({ params }) => (tableOf(sandbox, params).clear(), done));
	app.post<Input>('/control/seed', ({ body = {} }) => ({
		leads: salesOs.seedLeads(Number(body.leads ?? 0), Number(body.seed ?? 1)).length,
		deals: salesOs.seedDeals(Number(body.deals ?? 0), Number(body.seed ?? 1)).length,
	}));

	app.post('/control/tokens/revoke', () => (salesOs.revokeTokens(), done));
	app.post<Input>('/control/clients', ({ body }) => salesOs.credentials.addClient(body as Partial<Client>));
	app.post<Input>('/control/signed-keys', ({ body }) => salesOs.credentials.addSignedKey(body as Partial<SignedKey>));
	app.post<Input>('/control/api-keys', ({ body }) => outboundSync.keys.add(body as Partial<ApiKey>));

	app.post<Input>('/control/events/:vendor', ({ params, body }) => raise(sandbox, params.vendor, body ?? {}));
	app.get<Input>('/control/deliveries/:vendor', ({ params, query }) => deliveriesOf(sandbox, params.vendor, query));
	app.post<Input>('/control/deliveries/:vendor/idle', async ({ params }) => {
		await eventsOf(sandbox, params.vendor).deliverer.idle();
		return done;
	});
	app.post<Input>('/control/deliveries/:vendor/:id/replay', ({ params }) => {
		const delivery = eventsOf(sandbox, params.vendor).deliverer.replay(params.id);
		if (!delivery) throw new Error(`No delivery ${params.id}`);
		return delivery;
	});
	app.post<Input>('/control/dashboard-webhooks', ({ body }) =>
		salesOs.events.addDashboardWebhook(
			body as { url: string; events: string[]; auth: DashboardAuth; headers?: Record<string, string> },
		),
	);
	app.post<Input>('/control/forward', async ({ body = {} }) => {
		const { url, headers, ...event } = body;
		return await outboundSync.forward(String(url), event as unknown as ForwardedEvent, headers as Record<string, string>);
	});
}

/** Serves the sandbox's own functions on loopback under `/control`. Wrong input answers 400 with `error`. */
export async function startControl(sandbox: Sandbox, host: string, port: number): Promise<Listener> {
	const app = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: true, exposeHeadRoutes: false });
	app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
		reply.code(error.statusCode ?? 400).send({ error: error.message }),
	);
	addRoutes(app, sandbox);
	await app.listen({ port, host });
	const address = app.server.address();
	if (address === null || typeof address === 'string') throw new Error('The control listener has no port');
	return { origin: `http://${host}:${address.port}`, port: address.port, close: async () => await app.close() };
}

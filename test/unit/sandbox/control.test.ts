import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/index';
import { outboundSyncApi, Receiver, salesOsApi, send, until, type Reply } from './support';

let sandbox: Sandbox;

const control = async (method: string, where: string, body?: unknown): Promise<Reply> =>
	await send(method, `${sandbox.control.origin}/control${where}`, { body });

describe('control API', () => {
	beforeAll(async () => {
		sandbox = await startSandbox({ webhookTimeCompression: 1_000_000 });
	});
	afterAll(async () => await sandbox.stop());

	test('gives what another process needs to begin', async () => {
		const { json } = await control('GET', '');
		expect(json.salesOs).toEqual({
			origin: sandbox.salesOs.origin,
			authOrigin: sandbox.salesOs.authOrigin,
			clientId: sandbox.salesOs.clientId,
			clientSecret: sandbox.salesOs.clientSecret,
			audience: 'https://api.play2sell.com',
			signedKey: sandbox.salesOs.signedKey,
			signedSecret: sandbox.salesOs.signedSecret,
		});
		expect(json.outboundSync.apiKey).toMatch(/^osapi_/);
	});

	test('sets faults, and reads and clears the journal', async () => {
		const api = await salesOsApi(sandbox);
		const { json } = await control('POST', '/faults', { vendor: 'salesOs', path: '/v1/teams', kind: 'serviceUnavailable' });
		expect((await api('GET', '/v1/teams')).status).toBe(503);
		expect((await control('GET', '/faults')).json[0]).toMatchObject({ id: json.id, struck: 1 });
		expect((await control('DELETE', `/faults/${json.id}`)).json).toEqual({ removed: true });
		const entries = await control('GET', '/journal?vendor=salesOs&path=/v1/teams');
		expect(entries.json).toEqual([expect.objectContaining({ status: 503, fault: { id: json.id, kind: 'serviceUnavailable' } })]);
		expect((await control('GET', '/journal/count?vendor=salesOs')).json).toEqual({ count: 1 });
		expect((await control('GET', '/journal/busiest?vendor=salesOs')).json).toEqual({ requests: 1 });
		await control('DELETE', '/journal');
		expect((await control('GET', '/journal')).json).toEqual([]);
		expect((await control('GET', '/journal?vendor=nobody')).status).toBe(400);
	});

	test('changes settings, all or none', async () => {
		const changed = await control('PATCH', '/settings', { common: { windowMs: 1000 }, salesOs: { plan: 'starter' }, outboundSync: { canUseWebhooks: false } });
		expect(changed.json).toMatchObject({ common: { windowMs: 1000 }, salesOs: { plan: 'starter' }, outboundSync: { canUseWebhooks: false } });
		expect(sandbox.salesOs.settings.plan).toBe('starter');
		expect((await outboundSyncApi(sandbox)('GET', '/webhooks')).status).toBe(403);
		for (const wrong of [{ salesOs: { plan: 'free' } }, { salesOs: { colour: 1 } }, { elsewhere: {} }, { common: { windowMs: 5000, latencyMs: -1 } }]) {
			const refused = await control('PATCH', '/settings', wrong);
			expect([refused.status, typeof refused.json.error]).toEqual([400, 'string']);
		}
		expect(sandbox.settings.windowMs).toBe(1000);
		await control('PATCH', '/settings', { common: { windowMs: 60_000 }, salesOs: { plan: 'professional' }, outboundSync: { canUseWebhooks: true } });
	});

	test('seeds and lists records, and resets everything', async () => {
		const added = await control('POST', '/records/salesOs/leads', [{ name: 'Ana', email: 'ana@example.com' }]);
		expect(added.json[0]).toMatchObject({ email: 'ana@example.com', status: 'new' });
		expect((await control('POST', '/seed', { leads: 3, deals: 2 })).json).toEqual({ leads: 3, deals: 2 });
		expect((await control('GET', '/records/salesOs/leads')).json).toHaveLength(4);
		expect((await control('GET', '/records/outboundSync/sources')).json).toHaveLength(5);
		expect((await control('DELETE', '/records/outboundSync/sources')).status).toBe(200);
		expect((await control('POST', '/records/salesOs/stages', { name: 'no id' })).status).toBe(400);
		expect((await control('GET', '/records/salesOs/nothing')).status).toBe(400);
		const api = await salesOsApi(sandbox);
		await control('POST', '/tokens/revoke');
		expect((await api('GET', '/v1/teams')).status).toBe(401);
		await control('POST', '/reset');
		expect((await control('GET', '/records/salesOs/leads')).json).toEqual([]);
		expect((await control('GET', '/records/outboundSync/sources')).json).toHaveLength(5);
	});

	test('adds credentials that work', async () => {
		const client = await control('POST', '/clients', { scopes: ['deals:read'] });
		const api = await salesOsApi(sandbox, { client_id: String(client.json.id), client_secret: String(client.json.clientSecret) });
		expect([(await api('GET', '/v1/deals')).status, (await api('GET', '/v1/leads')).status]).toEqual([200, 403]);
		const key = await control('POST', '/api-keys', { name: 'Mine', scopes: ['read'] });
		expect((await outboundSyncApi(sandbox, String(key.json.id))('GET', '/me')).json.apiKey.name).toBe('Mine');
	});

	test('raises events, waits for their deliveries, lists and replays them, forwards', async () => {
		const receiver = await new Receiver().start();
		const api = await salesOsApi(sandbox);
		await api('POST', '/v1/webhooks', { url: receiver.url, events: ['lead.created'] });
		await outboundSyncApi(sandbox)('POST', '/webhooks', { url: receiver.url });
		const raised = await control('POST', '/events/salesOs', { type: 'lead.created', data: { id: 'x' }, id: 'evt-1' });
		expect(raised.json.id).toBe('evt-1');
		await control('POST', '/deliveries/salesOs/idle');
		expect(receiver.received.map(({ json }) => json.id)).toEqual(['evt-1']);
		const [delivery] = (await control('GET', '/deliveries/salesOs?status=SUCCEEDED')).json;
		await control('POST', `/deliveries/salesOs/${delivery.id}/replay`);
		await control('POST', '/deliveries/salesOs/idle');
		expect(receiver.received).toHaveLength(2);

		await control('POST', '/events/outboundSync', { type: 'sync.failed', sourceId: 104 });
		await control('POST', '/deliveries/outboundSync/idle');
		expect(receiver.received[2].json.data).toMatchObject({ sourceId: 104, sourcePlatform: 'heyreach' });
		const forwarded = await control('POST', '/forward', { url: receiver.url, sequencer: 'instantly', event: 'EMAIL_OPEN' });
		expect(forwarded.json).toMatchObject({ status: 200, payload: { event_type: 'email_opened' } });
		expect((await control('POST', '/events/nobody', {})).status).toBe(400);
		await receiver.stop();
	});
});

describe('starting and stopping', () => {
	const stops: Array<() => Promise<void>> = [];
	const start = async (options?: SandboxOptions): Promise<Sandbox> => {
		const started = await startSandbox(options);
		stops.push(started.stop);
		return started;
	};
	afterEach(async () => {
		for (const stop of stops.splice(0)) await stop();
	});

	test('a taken port is told, and nothing is left listening', async () => {
		const first = await start();
		const port = Number(new URL(first.outboundSync.origin).port);
		await expect(start({ ports: { outboundSync: port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
		await first.stop();
		await expect(send('GET', `${first.control.origin}/control`)).rejects.toThrow();
		const second = await start({ ports: { outboundSync: port } });
		expect(new URL(second.outboundSync.origin).port).toBe(String(port));
	});

	test('a SQLite file carries records, credentials and unsent deliveries over a restart', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
		const store = { sqliteFile: path.join(folder, 'sandbox.db') };
		stops.push(async () => rmSync(folder, { recursive: true }));
		const receiver = await new Receiver().start();
		stops.unshift(async () => await receiver.stop());

		const first = await start({ store });
		const api = await salesOsApi(first);
		const kept = await api('POST', '/v1/leads', { name: 'Ána "A"', email: 'ana@example.com', custom_fields: { a: [1] } });
		const gone = await api('POST', '/v1/leads', { name: 'Bia', email: 'bia@example.com' });
		await api('DELETE', `/v1/leads/${gone.json.data.id}`);
		await api('POST', '/v1/webhooks', { url: receiver.url, events: ['deal.created'] });
		const client = first.salesOs.credentials.addClient();
		receiver.answer = () => 500;
		await api('POST', '/v1/deals', { name: 'Fleet' });
		await until(() => first.salesOs.events.deliveries.all()[0]?.status === 'FAILED');
		await first.stop();
		receiver.clear();

		const second = await start({ store, webhookTimeCompression: 1_000_000 });
		const other = await salesOsApi(second, { client_id: client.id, client_secret: client.clientSecret });
		const listed = await other('GET', '/v1/leads');
		expect(listed.json.data).toEqual([kept.json.data]);
		expect((await other('GET', '/v1/stages')).json.data).toHaveLength(6);
		expect(second.outboundSync.state.syncs.size).toBe(first.outboundSync.state.syncs.size);
		await second.salesOs.events.deliverer.idle();
		expect(second.salesOs.events.deliveries.all()[0].attempts.map(({ status }) => status)).toEqual([500, 200]);
		second.reset();
		expect((await other('GET', '/v1/leads')).status).toBe(401);
		await second.stop();

		const third = await start({ store });
		expect(third.salesOs.state.leads.size).toBe(0);
	});
});

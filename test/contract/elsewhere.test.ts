import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';

import { signDelivery } from '../../sandbox/webhooks/sign';
import { SECTIONS } from '../support/operationsTable';
import { TriggerBench } from '../support/engine/hooks';
import { startContractBench, type ContractBench, type Wire } from './contractBench';
import { NODES } from './examples';
import type { VendorName } from './openApi';

/** What the package sends beside the operations: triggers, lists in the editor, tests of credentials. */

let bench: ContractBench;

beforeAll(async () => {
	bench = await startContractBench();
});
beforeEach(() => bench.sandbox.reset());
afterEach(async () => await bench.disconnect());
afterAll(async () => await bench.stop());

function callsOf({ proxy }: Wire): string[] {
	const calls = proxy.exchanges.map(({ method, operation }) => `${method} ${operation?.path.replace(/\{(\w+)\}/g, ':$1')}`);
	return [...new Set(calls)].sort();
}

function trigger(vendor: VendorName, { credentials }: Wire, parameters: INodeParameters): TriggerBench {
	const node = bench.engine.node({ type: `${vendor}Trigger`, parameters, credentials }, 'Trigger');
	return new TriggerBench(bench.engine, { ...node, webhookId: randomUUID() });
}

describe('triggers', () => {
	it('SalesOS: registers, finds, mends and removes its webhook within the contract', async () => {
		const wire = await bench.connect('salesOs');
		const own = trigger('salesOs', wire, { events: ['lead.created', 'deal.won'], options: { allowHttp: true } });
		await own.activate();
		const { webhooks } = bench.sandbox.salesOs.state;
		const [{ id }] = webhooks.all();
		webhooks.change(id, { active: false, events: ['lead.created'] });
		await own.activate();
		expect(webhooks.get(id)).toMatchObject({ active: true, events: expect.arrayContaining(['lead.created', 'deal.won']) as unknown });
		await own.deactivate();
		expect(webhooks.size).toBe(0);
		expect(wire.proxy.problems()).toEqual([]);
		expect(callsOf(wire)).toEqual(SECTIONS[0].trigger);
	});

	it('OutboundSync: registers, finds, mends and removes its webhook, confirms and polls within the contract', async () => {
		const wire = await bench.connect('outboundSync');
		const own = trigger('outboundSync', wire, { events: ['sync.failed'], options: { confirmWithApi: true } });
		await own.activate();
		const { state } = bench.sandbox.outboundSync;
		const [{ id, secret }] = state.webhooks.all();
		state.webhooks.change(id, { isActive: false, enabledEvents: ['sync.recovered'] });
		await own.activate();
		expect(state.webhooks.get(id)).toMatchObject({ isActive: true, enabledEvents: ['sync.failed'] });

		const [event] = state.events.all().filter(({ type }) => type === 'sync.failed');
		const { createdAt: created, data, summary, type } = event;
		const signed = signedDelivery(secret, JSON.stringify({ id: event.id, type, created, summary, data }));
		expect((await own.deliver(signed)).items).toHaveLength(1);

		// Without its secret the webhook is of no use, and the vendor tells a secret once.
		for (const key of Object.keys(own.staticData)) Reflect.deleteProperty(own.staticData, key);
		await own.activate();
		await own.deactivate();
		expect(state.webhooks.size).toBe(0);

		const polling = trigger('outboundSync', wire, { source: 'polling', events: ['sync.failed'] });
		expect(await polling.poll('manual')).not.toHaveLength(0);
		await polling.poll();

		// A key of one connection cannot have webhooks, and the node asks what kind of key it has.
		state.webhooks.clear();
		const { connectionScopedKey } = bench.sandbox.outboundSync;
		const limited = bench.engine.credentials.add('outboundSyncApi', { baseUrl: wire.proxy.origin, apiKey: connectionScopedKey });
		await expect(trigger('outboundSync', { ...wire, credentials: { outboundSyncApi: limited } }, {}).activate()).rejects.toThrow();

		expect(wire.proxy.problems()).toEqual([]);
		expect(callsOf(wire)).toEqual(SECTIONS[1].trigger);
	});
});

function signedDelivery(secret: string, body: string): { body: string; headers: Record<string, string> } {
	const timestampSeconds = Math.floor(Date.now() / 1000);
	const headers = signDelivery('timestamped', {
		secret,
		rawBody: body,
		eventId: 'osevt_of_this_test',
		timestampSeconds,
		headerPrefix: 'OutboundSync',
		encoding: 'hex',
	});
	return { body, headers };
}

describe.each(NODES)('$folder', ({ examples, vendor }) => {
	it('fills the lists of the editor within the contract', async () => {
		const wire = await bench.connect(vendor);
		examples(bench.sandbox);
		const { credentials } = wire;
		const methods = Object.keys(bench.engine.types.getByNameAndVersion(bench.engine.types.fullName(vendor)).methods?.listSearch ?? {});
		expect(methods.length).toBeGreaterThan(4);
		for (const method of methods) {
			const { results } = await bench.engine.listSearch({ type: vendor, credentials, method });
			expect({ method, found: results.length > 0 }).toEqual({ method, found: true });
			await bench.engine.listSearch({ type: vendor, credentials, method, filter: 'a' });
		}
		expect(wire.proxy.problems()).toEqual([]);
		expect(wire.proxy.exchanges.length).toBeGreaterThanOrEqual(2 * methods.length);
	});

	it('tests its credentials within the contract', async () => {
		for (const authentication of vendor === 'salesOs' ? (['oAuth2', 'signedApiKey'] as const) : (['oAuth2'] as const)) {
			const wire = await bench.connect(vendor, authentication);
			for (const [type, reference] of Object.entries(wire.credentials)) {
				// A credential of OAuth2 is tested by fetching its token.
				if (!bench.engine.types.credential(type).test) continue;
				expect(await bench.engine.testCredential(type, reference)).toMatchObject({ status: 'OK' });
				expect(wire.proxy.exchanges.length).toBeGreaterThan(0);
			}
			expect(wire.proxy.problems()).toEqual([]);
		}
	});
});

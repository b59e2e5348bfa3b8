import { setTimeout as wait } from 'node:timers/promises';

import { Triggers } from './bench';

let triggers: Triggers;

beforeAll(async () => {
	triggers = await Triggers.start();
});

afterAll(async () => {
	await triggers.stop();
});

afterEach(() => {
	const { outboundSync, faults } = triggers.sandbox;
	faults.clear();
	outboundSync.state.webhooks.clear();
	Object.assign(outboundSync.settings, { canUseWebhooks: true });
});

const hooks = () => triggers.sandbox.outboundSync.state.webhooks.all();
const key = (apiKey: string) => triggers.credential('outboundSyncApi', { apiKey, baseUrl: triggers.sandbox.outboundSync.origin });
const monitoring = (parameters: object = {}, credentials = {}) => triggers.outboundSync({ source: 'syncMonitoring', ...parameters }, credentials);

describe('sync monitoring', () => {
	/** What the sandbox would send, as it would sign it. */
	async function deliver(trigger: ReturnType<typeof monitoring>, type: string) {
		const { events, state } = triggers.sandbox.outboundSync;
		const hook = hooks().find(({ url }) => url === trigger.url);
		if (!hook) throw new Error('No webhook');
		const { signDelivery } = await import('../../../sandbox/webhooks/sign');
		const event = events.raise({ type, summary: 'S', data: { sourceId: 1 }, connectionId: 1 });
		const body = JSON.stringify({ id: event.id, type, created: event.createdAt, summary: 'S', data: event.data });
		const headers = signDelivery(triggers.sandbox.outboundSync.settings.webhookScheme, {
			secret: hook.secret,
			rawBody: body,
			eventId: event.id,
			timestampSeconds: Math.floor(state.clock.now() / 1000),
			headerPrefix: 'OutboundSync',
			encoding: 'hex',
		});
		return { event, reception: await trigger.deliver({ body, headers }) };
	}

	it('keeps the secret sealed, and lets no delivery in before it has one', async () => {
		const trigger = monitoring();
		expect(await trigger.deliver({ body: '{"id":"osevt_1","type":"sync.failed"}' })).toMatchObject({ answer: { status: 401 } });
		await trigger.activate();
		const [{ secret }] = hooks();
		expect(JSON.stringify(trigger.staticData)).not.toContain(secret.slice(8));
		expect((await deliver(trigger, 'sync.failed')).reception.items).toMatchObject([{ type: 'sync.failed', data: { sourceId: 1 } }]);
		await trigger.deactivate();
		expect(hooks()).toEqual([]);
		expect(trigger.staticData).not.toHaveProperty('secret');
	});

	it.each<[string, (trigger: ReturnType<typeof monitoring>) => void]>([
		['lost', ({ staticData }) => void delete staticData.secret],
		['lost with everything else', ({ staticData }) => Object.keys(staticData).forEach((name) => Reflect.deleteProperty(staticData, name))],
		['sealed under another API key', ({ node }) => Object.assign(node.credentials ?? {}, key(triggers.sandbox.outboundSync.keys.add().id))],
		['tampered with', ({ staticData }) => void (staticData.secret = `${String(staticData.secret).slice(0, -2)}zz`)],
	])('asks for a new secret when it is %s, and until then lets nothing in', async (_what, lose) => {
		const trigger = monitoring();
		await trigger.activate();
		const [{ id, secret }] = hooks();
		lose(trigger);
		expect((await deliver(trigger, 'sync.failed')).reception).toMatchObject({ answer: { status: 401 }, items: undefined });
		await trigger.activate();
		expect(hooks()).toMatchObject([{ id }]);
		expect(hooks()[0].secret).not.toBe(secret);
		expect((await deliver(trigger, 'sync.failed')).reception.items).toHaveLength(1);
	});

	it.each<[string, () => Promise<void>, RegExp]>([
		['write', async () => await monitoring({}, key(triggers.sandbox.outboundSync.readOnlyKey)).activate(), /lacks the scope "write"/],
		['the account', async () => await monitoring({}, key(triggers.sandbox.outboundSync.connectionScopedKey)).activate(), /must be account-scoped/],
		[
			'webhooks',
			async () => {
				triggers.sandbox.outboundSync.settings.canUseWebhooks = false;
				await monitoring().activate();
			},
			/Platform webhooks are not enabled for this account/,
		],
		['a known event', async () => await monitoring({ additionalEvents: 'contact.created' }).activate(), /contact\.created; available: sync\.failed, sync\.recovered/],
		['any event', async () => await monitoring({ events: [] }).activate(), /No event is chosen/],
	])('says at activation that %s is missing', async (_what, activate, message) => {
		await expect(activate()).rejects.toThrow(message);
		expect(hooks()).toEqual([]);
	});

	it('answers test pings, and emits them only where asked', async () => {
		const [quiet, asked] = [monitoring(), monitoring({ options: { emitTestPings: true } })];
		await quiet.activate();
		await asked.activate();
		expect((await deliver(quiet, 'test.ping')).reception).toMatchObject({ answer: { status: 200 }, items: undefined });
		expect((await deliver(asked, 'test.ping')).reception.items).toMatchObject([{ type: 'test.ping' }]);
	});

	it('confirms with the API, answers before it reads, and says when it could not', async () => {
		const trigger = monitoring({ options: { confirmWithApi: true } });
		await trigger.activate();
		const { event, reception } = await deliver(trigger, 'sync.failed');
		expect(reception).toMatchObject({ answer: { status: 200 }, items: [{ id: event.id, connectionId: 1, confirmed: true }] });
		triggers.sandbox.faults.add({ vendor: 'outboundSync', method: 'GET', path: '/api/v1/events/:id', kind: 'answer', status: 404, body: '{"message":"Event not found"}' });
		expect((await deliver(trigger, 'sync.failed')).reception.items).toMatchObject([{ confirmed: false, confirmError: expect.stringContaining('Event not found') }]);
	});

	describe('without a signature, where the API confirms', () => {
		const UNCONFIRMED = { status: 503, body: '{"error":"Service Unavailable"}' };
		const open = (options = {}) => monitoring({ options: { confirmWithApi: true, scheme: 'none', ...options } });
		const raise = (type = 'sync.failed') => triggers.sandbox.outboundSync.events.raise({ type, summary: 'S', data: { sourceId: 1 } });
		/** Who knows no secret can say what he likes of an event. */
		const said = (id: string | undefined, type = 'sync.failed') => ({ body: JSON.stringify({ id, type, data: { sourceId: 666 } }) });
		const outage = (fault: { status: number; body: string }) =>
			triggers.sandbox.faults.add({ vendor: 'outboundSync', method: 'GET', path: '/api/v1/events/:id', kind: 'answer', everyNth: 1, ...fault });

		it('what the API says of the event is put out, once, and n8n answers after the execution has started', async () => {
			const trigger = open();
			const { id } = raise();
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: undefined, items: [{ id, data: { sourceId: 1 }, confirmed: true }] });
			const asked = triggers.sandbox.journal.list().length;
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: { status: 200 }, items: undefined });
			expect(triggers.sandbox.journal.list()).toHaveLength(asked);
		});

		it.each(['osevt_unknown', 'evt_1', '../me', undefined])('an event that the API does not know is refused (%s)', async (id) => {
			expect(await open().deliver(said(id))).toMatchObject({ answer: { status: 401 }, items: undefined });
		});

		it('an event that cannot be confirmed is put off, and taken when the vendor sends it again', async () => {
			const trigger = open();
			const { id } = raise();
			const fault = outage({ status: 500, body: '{"message":"Internal Server Error"}' });
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: UNCONFIRMED, items: undefined });
			triggers.sandbox.faults.remove(fault);
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: undefined, items: [{ id }] });
		});

		it('a forgery with the ID of an event does not keep the event out', async () => {
			const trigger = open();
			const { id } = raise();
			const fault = outage({ status: 404, body: '{"message":"Event not found"}' });
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: { status: 401 } });
			triggers.sandbox.faults.remove(fault);
			expect(await trigger.deliver(said(id))).toMatchObject({ items: [{ id }] });
		});

		it('an event is what the API says it is: another kind, which nobody asked for, starts nothing', async () => {
			const trigger = open();
			const { id } = raise('sync.recovered');
			expect(await trigger.deliver(said(id))).toMatchObject({ answer: { status: 200 }, items: undefined });
		});

		it('two deliveries at the same moment start one execution', async () => {
			const trigger = open();
			const { id } = raise();
			const receptions = await Promise.all([1, 2, 3].map(async () => await trigger.deliver(said(id))));
			expect(receptions.filter(({ items }) => items !== undefined)).toHaveLength(1);
		});
	});
});

describe('forwarded events', () => {
	const forwarded = (parameters: object = {}, credentials = {}) => {
		const trigger = triggers.outboundSync({ source: 'forwarded', events: [], ...parameters }, credentials);
		return trigger;
	};
	const SMARTLEAD = { event_type: 'EMAIL_REPLY', event_timestamp: '2026-01-01T00:00:00Z', to_email: 'p@example.com', stats_id: 's', campaign_id: 7, campaign_name: 'Q1', reply_message: { text: 'Yes' } };

	it('come out in one shape with the original beside it', async () => {
		const { items } = await forwarded().deliver({ body: JSON.stringify(SMARTLEAD) });
		expect(items).toEqual([
			{
				event: 'EMAIL_REPLY',
				sequencerEvent: 'EMAIL_REPLY',
				sequencer: 'smartlead',
				email: 'p@example.com',
				occurredAt: '2026-01-01T00:00:00Z',
				campaign: { id: '7', name: 'Q1' },
				message: { text: 'Yes' },
				original: SMARTLEAD,
			},
		]);
	});

	it.each([
		['smartlead', 'EMAIL_LINK_CLICK'],
		['instantly', 'EMAIL_OPEN'],
		['emailbison', 'EMAIL_BOUNCE'],
		['heyreach', 'MESSAGE_REPLY_RECEIVED'],
	] as const)('of %s keep their meaning', async (sequencer, event) => {
		const { sequencerPayload } = await import('../../../sandbox/outboundSync/forwarding');
		const { systemClock } = await import('../../../sandbox/clock');
		const payload = sequencerPayload({ sequencer, event, email: 'p@example.com', firstName: 'Paula', lastName: 'Prado' }, systemClock);
		const { items } = await forwarded().deliver({ body: JSON.stringify(payload) });
		expect(items).toMatchObject([{ event, sequencer, email: 'p@example.com', campaign: { name: 'Q1 outreach' }, occurredAt: expect.any(String), original: payload }]);
	});

	it('of shapes that nobody knows come out with the original', async () => {
		const { items } = await forwarded().deliver({ body: '{"hello":{"email":1}}' });
		expect(items).toEqual([{ event: '', sequencerEvent: '', original: { hello: { email: 1 } } }]);
	});

	it('are filtered by either name, and start an execution once', async () => {
		const trigger = forwarded({ events: ['EMAIL_OPEN'], additionalEvents: 'lead_replied' });
		const send = async (payload: object) => (await trigger.deliver({ body: JSON.stringify(payload) })).items?.length ?? 0;
		expect(await send({ event_type: 'email_opened', timestamp: '1' })).toBe(1);
		expect(await send({ event_type: 'email_opened', timestamp: '1' })).toBe(0);
		expect(await send({ event_type: 'email_opened', timestamp: '2' })).toBe(1);
		expect(await send({ event: { type: 'LEAD_REPLIED' } })).toBe(1);
		expect(await send(SMARTLEAD)).toBe(0);
	});

	it('must show the header where one is set', async () => {
		const secret = 'a-long-forwarding-secret';
		const trigger = forwarded({}, triggers.credential('outboundSyncForwardingApi', { headerName: 'X-Own', secret }));
		const body = JSON.stringify(SMARTLEAD);
		for (const headers of [{}, { 'X-Own': `${secret}x` }, { 'X-Own': '' }] as Array<Record<string, string>>) {
			expect(await trigger.deliver({ body, headers })).toMatchObject({ answer: { status: 401 }, items: undefined });
		}
		expect((await trigger.deliver({ body, headers: { 'x-own': secret } })).items).toHaveLength(1);
	});

	it('need a URL that nobody can guess', async () => {
		const bare = triggers.outboundSync({ source: 'forwarded' });
		delete bare.node.webhookId;
		await expect(bare.activate()).rejects.toThrow('anybody could guess');
		expect(await bare.deliver({ body: JSON.stringify(SMARTLEAD) })).toMatchObject({ answer: { status: 401 } });
		await forwarded().activate();
		expect(hooks()).toEqual([]);
	});

	it('with bodies that are no JSON objects are refused', async () => {
		for (const body of ['', '[]', 'x', '{']) {
			expect(await forwarded().deliver({ body })).toMatchObject({ answer: { status: 401 }, items: undefined });
		}
	});
});

describe('polling', () => {
	const DAY_MS = 86_400_000;
	const polling = (credentials = {}) => triggers.outboundSync({ source: 'polling' }, credentials);
	let nextId = 900_000;

	function addSync(change: { status?: 'error' | 'success'; createdAt?: string } = {}): number {
		const { syncs } = triggers.sandbox.outboundSync.state;
		const [like] = syncs.all();
		nextId += 1;
		syncs.put({ ...like, id: nextId, status: 'error', createdAt: new Date().toISOString(), ...change });
		return nextId;
	}
	const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

	beforeEach(() => {
		const { syncs } = triggers.sandbox.outboundSync.state;
		for (const { id, status } of syncs.all()) if (status === 'error') syncs.change(id, { status: 'success' });
	});

	it('outputs what failed since it began, each once, the oldest first', async () => {
		addSync({ createdAt: ago(60_000) });
		const trigger = polling();
		expect(await trigger.poll()).toBeNull();
		// The server tells its time in whole seconds.
		const createdMs = Math.max(Date.now(), Number(trigger.staticData.pollingSinceMs) + 1);
		const createdAt = new Date(createdMs).toISOString();
		const ids = [addSync({ createdAt }), addSync({ createdAt })];
		addSync({ status: 'success', createdAt });
		while (Date.now() <= createdMs) await wait(5);
		expect((await trigger.poll())?.map(({ id }) => id)).toEqual(ids);
		expect(await trigger.poll()).toBeNull();
	});

	it('goes on where it stopped: over more than 31 days, over a failed poll and over a restart', async () => {
		const trigger = polling();
		await trigger.poll();
		Object.assign(trigger.staticData, { pollingSinceMs: Date.now() - 80 * DAY_MS, polledUntilMs: Date.now() - 75 * DAY_MS });
		const ids = [70, 62, 40, 31, 5, 0.1].map((days) => addSync({ createdAt: ago(days * DAY_MS) }));
		addSync({ createdAt: ago(79 * DAY_MS) });

		// The third part of the range fails: nothing is output, and nothing forgotten.
		triggers.sandbox.faults.add({ vendor: 'outboundSync', method: 'GET', path: '/api/v1/syncs', everyNth: 3, count: 1, kind: 'answer', status: 400, body: '{"message":"no"}' });
		await expect(trigger.poll()).rejects.toThrow('refused');
		const restarted = polling();
		Object.assign(restarted.staticData, JSON.parse(JSON.stringify(trigger.staticData)));
		expect((await restarted.poll())?.map(({ id }) => id)).toEqual(ids);
		const ranges = triggers.sandbox.journal.list({ vendor: 'outboundSync', path: '/api/v1/syncs' }).map(({ query }) => Date.parse(String(query.to)) - Date.parse(String(query.from)));
		expect(Math.max(...ranges)).toBeLessThanOrEqual(31 * DAY_MS);
		expect(await restarted.poll()).toBeNull();
	});

	it('reads back far enough for what gets its status late, and does not output it twice', async () => {
		const trigger = polling();
		await trigger.poll();
		Object.assign(trigger.staticData, { pollingSinceMs: Date.now() - DAY_MS });
		const late = addSync({ createdAt: ago(10 * 60_000) });
		expect((await trigger.poll())?.map(({ id }) => id)).toEqual([late]);
		const later = addSync({ createdAt: ago(14 * 60_000) });
		expect((await trigger.poll())?.map(({ id }) => id)).toEqual([later]);
		expect(await trigger.poll()).toBeNull();
	});

	it('reads every page, short ones too', async () => {
		const trigger = polling();
		await trigger.poll();
		Object.assign(trigger.staticData, { pollingSinceMs: Date.now() - DAY_MS });
		const ids = Array.from({ length: 1300 }, (_, index) => addSync({ createdAt: ago(600_000 - index) }));
		expect((await trigger.poll())?.map(({ id }) => id)).toEqual(ids);
	});

	it('shows the latest in a test, and remembers nothing of it', async () => {
		const ids = Array.from({ length: 12 }, (_, index) => addSync({ createdAt: ago(3_600_000 - index) }));
		const trigger = polling();
		const wanted = ids.slice(-10).reverse();
		expect((await trigger.poll('manual'))?.map(({ id }) => id)).toEqual(wanted);
		expect((await trigger.execute([{ json: {} }], 'manual')).map(({ id }) => id)).toEqual(wanted);
		expect(await trigger.execute([{ json: { id: 1 } }], 'trigger')).toEqual([{ id: 1 }]);
		expect(trigger.staticData).toEqual({});
	});

	it('says at activation that the key is wrong, and works with any that may read', async () => {
		await expect(polling(key('osapi_nobody')).poll()).rejects.toThrow('Invalid or missing API key');
		expect(await polling(key(triggers.sandbox.outboundSync.connectionScopedKey)).poll()).toBeNull();
		expect(await polling(key(triggers.sandbox.outboundSync.readOnlyKey)).poll()).toBeNull();
	});

	it('registers nothing and takes no deliveries', async () => {
		const trigger = polling();
		await trigger.activate();
		expect(hooks()).toEqual([]);
		expect(await trigger.deliver({ body: '{}' })).toMatchObject({ answer: { status: 401 } });
		await trigger.deactivate();
	});

	it('is asked for at set times by this source alone', () => {
		const { description } = triggers.engine.types.getByNameAndVersion(triggers.engine.types.fullName('outboundSyncTrigger'));
		expect(description.polling).toBeUndefined();
		expect(description.usableAsTool).toBeUndefined();
	});
});

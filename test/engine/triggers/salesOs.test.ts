import { derivedSecret } from '../../../nodes/shared/webhook/derivedSecret';
import { signDelivery } from '../../../nodes/shared/webhook/sign';
import { webhookIdentity } from '../../../nodes/shared/webhook/trigger';
import { TriggerBench } from '../../support/engine/hooks';
import { Triggers } from './bench';

let triggers: Triggers;

beforeAll(async () => {
	triggers = await Triggers.start();
});

afterAll(async () => {
	await triggers.stop();
});

afterEach(() => {
	triggers.sandbox.salesOs.state.webhooks.clear();
});

const REFUSED = { status: 401 };
const LONG = 'a-long-secret-of-the-dashboard';
const deal = (id: string, data: object = {}) => JSON.stringify({ id, type: 'deal.won', data: { id: 'd1', ...data } });

describe('a webhook entered in the dashboard', () => {
	const manual = (credential: Record<string, string>, parameters: object = {}) =>
		triggers.salesOs({ registration: 'manual', ...parameters }, triggers.credential('salesOsWebhookApi', credential));

	it.each<[string, Record<string, string>, (body: string) => Record<string, string>, Record<string, string>]>([
		[
			'hmac',
			{ method: 'hmac', secret: LONG },
			(body) => signDelivery({ rawBody: Buffer.from(body), secret: LONG, scheme: 'prefixedBody', timestamp: 0, signatureHeader: 'X-SalesOS-Signature' }),
			{ 'X-SalesOS-Signature': `sha256=${'0'.repeat(64)}` },
		],
		['bearer', { method: 'bearer', secret: LONG }, () => ({ Authorization: `Bearer ${LONG}` }), { Authorization: `Bearer ${LONG}x` }],
		[
			'basic',
			{ method: 'basic', user: 'ana', password: LONG },
			() => ({ Authorization: `Basic ${Buffer.from(`ana:${LONG}`).toString('base64')}` }),
			{ Authorization: `Basic ${Buffer.from(`eva:${LONG}`).toString('base64')}` },
		],
		['header', { method: 'header', headerName: 'X-Own-Key', secret: LONG }, () => ({ 'x-own-key': LONG }), { 'x-own-key': LONG.slice(1) }],
	])('is believed by %s', async (_method, credential, genuine, forged) => {
		const trigger = manual(credential);
		await trigger.activate();
		expect(triggers.sandbox.salesOs.state.webhooks.size).toBe(0);
		const body = deal('evt_1');
		expect(await trigger.deliver({ body, headers: forged })).toMatchObject({ answer: REFUSED, items: undefined });
		expect(await trigger.deliver({ body })).toMatchObject({ answer: REFUSED });
		expect(await trigger.deliver({ body, headers: genuine(body) })).toMatchObject({ items: [{ id: 'evt_1' }] });
		expect(await trigger.deliver({ body: '[1]', headers: genuine('[1]') })).toMatchObject({ answer: REFUSED });
		await trigger.deactivate();
	});

	it('refuses everything under an empty secret', async () => {
		const blank: Array<Record<string, string>> = [{ method: 'hmac', secret: ' ' }, { method: 'bearer', secret: '' }, { method: 'basic', user: 'a', password: '' }];
		for (const credential of blank) {
			const headers = { Authorization: 'Bearer ', 'X-Signature': '' };
			expect(await manual(credential).deliver({ body: deal('evt'), headers })).toMatchObject({ answer: REFUSED });
		}
	});

	it('passes every event where none is chosen, since SalesOS was told which to send', async () => {
		const trigger = manual({ method: 'bearer', secret: LONG }, { events: [] });
		expect(await trigger.deliver({ body: deal('evt_any'), headers: { authorization: `Bearer ${LONG}` } })).toMatchObject({ items: [{ id: 'evt_any' }] });
	});

	it('refuses, and records no execution, when the credential is gone', async () => {
		const trigger = triggers.salesOs({ registration: 'manual' }, { salesOsWebhookApi: { id: 'gone', name: 'Gone' } });
		expect(await trigger.deliver({ body: deal('evt') })).toMatchObject({ answer: REFUSED, items: undefined });
	});
});

describe('what comes out', () => {
	const open = (parameters: object = {}) => triggers.salesOs({ registration: 'manual', ...parameters }, triggers.credential('salesOsWebhookApi', { method: 'bearer', secret: LONG }));
	const headers = { authorization: `Bearer ${LONG}` };

	it('has one shape for both envelopes', async () => {
		const current = { id: 'e1', type: 'deal.won', version: '1.0', ts: '2026-01-01T00:00:00Z', tenant: 't', data: { id: 'd1' } };
		const older = { event_id: 'e2', event_type: 'deal.won', timestamp: '2026-01-01T00:00:00Z', data: { id: 'd1' } };
		expect((await open().deliver({ body: JSON.stringify(current), headers })).items).toEqual([
			{ id: 'e1', type: 'deal.won', timestamp: '2026-01-01T00:00:00Z', version: '1.0', tenant: 't', data: { id: 'd1' } },
		]);
		expect((await open().deliver({ body: JSON.stringify(older), headers })).items).toEqual([
			{ id: 'e2', type: 'deal.won', timestamp: '2026-01-01T00:00:00Z', data: { id: 'd1' } },
		]);
	});

	it.each<[string, object, object, object]>([
		['owner', { ownerId: { __rl: true, mode: 'id', value: 'u1' } }, { owner_id: 'U1' }, { owner_id: 'u2' }],
		['team', { teamId: { __rl: true, mode: 'id', value: 't1' } }, { team: { id: 't1' } }, { team_id: 't2' }],
		['stage', { stageId: { __rl: true, mode: 'id', value: 's1' } }, { stage: { id: 's1' } }, { stage: { id: 's2' } }],
		['stage name', { stageId: { __rl: true, mode: 'name', value: 'proposal' } }, { stage: { id: 's1', name: 'Proposal' } }, { stage: { name: 'Won' } }],
		['value', { minValue: 100 }, { value: 100 }, { value: 99.99 }],
		['value', { minValue: 100 }, { value: '100' }, {}],
	])('is filtered by %s', async (_what, options, passes, fails) => {
		const trigger = open({ options });
		expect((await trigger.deliver({ body: deal('e1', passes), headers })).items).toHaveLength(1);
		expect(await trigger.deliver({ body: deal('e2', fails), headers })).toMatchObject({ answer: { status: 200 }, items: undefined });
	});

	it('has the full record where asked, read after the answer', async () => {
		const trigger = triggers.salesOs({ options: { includeRecord: true, scheme: 'none' } });
		const lead = triggers.sandbox.salesOs.addLead({ email: 'full@example.com' });
		const body = (id: string, leadId: string) => JSON.stringify({ id, type: 'lead.created', data: { id: leadId } });
		expect(await trigger.deliver({ body: body('e1', lead.id) })).toMatchObject({
			answer: { status: 200 },
			items: [{ id: 'e1', record: { email: 'full@example.com' } }],
		});
		const { items } = await trigger.deliver({ body: body('e2', '00000000-0000-4000-8000-000000000000') });
		expect(items).toMatchObject([{ id: 'e2', record: null, recordError: expect.stringContaining('SalesOS refused') }]);
	});
});

describe('registration', () => {
	const hooks = () => triggers.sandbox.salesOs.state.webhooks.all();

	it.each(['oAuth2', 'signedApiKey'])('works with %s, and delivers what the sandbox signs', async (authentication) => {
		const trigger = triggers.salesOs({ authentication });
		await trigger.activate();
		await trigger.activate();
		expect(hooks()).toMatchObject([{ url: trigger.url, events: ['deal.won', 'lead.created'], active: true }]);
		await trigger.deactivate();
		expect(hooks()).toEqual([]);
	});

	it('sets the events that are typed beside those that are chosen', async () => {
		const trigger = triggers.salesOs({ additionalEvents: ' deal.archived, lead.created,, ' });
		await trigger.activate();
		expect(hooks()).toMatchObject([{ events: ['deal.archived', 'deal.won', 'lead.created'] }]);
	});

	it('needs an event, a public URL and a secret, and asks nobody before it has them', async () => {
		const before = triggers.sandbox.journal.list().length;
		await expect(triggers.salesOs({ events: [] }).activate()).rejects.toThrow('No event is chosen');
		const local = triggers.salesOs();
		Object.assign(local, { publicOrigin: 'http://localhost:5678' });
		await expect(local.activate()).rejects.toThrow('WEBHOOK_URL');
		expect(triggers.sandbox.journal.list()).toHaveLength(before);
	});

	it('sets a new secret when the credential’s has changed', async () => {
		const trigger = triggers.salesOs();
		await trigger.activate();
		const [{ id, secret }] = hooks();
		trigger.node.parameters.authentication = 'signedApiKey';
		await trigger.activate();
		expect(hooks()).toMatchObject([{ id }]);
		expect(hooks()[0].secret).not.toBe(secret);
	});

	it('finds out whether an unclear creation happened', async () => {
		triggers.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/webhooks', kind: 'resetAfterWork' });
		const trigger = triggers.salesOs();
		await trigger.activate();
		expect(hooks()).toMatchObject([{ url: trigger.url, active: true }]);
	});

	it('ends a test without touching the production webhook, though n8n calls both ends alike', async () => {
		const trigger = triggers.salesOs();
		await trigger.activate();
		const production = hooks();
		// n8n gives each test static data of its own.
		const test = new TriggerBench(triggers.engine, trigger.node);
		Object.assign(test.workflow, { id: trigger.workflow.id });
		await test.hook('checkExists', { mode: 'manual', activation: 'manual', isTest: true });
		await test.hook('create', { mode: 'manual', activation: 'manual', isTest: true });
		expect(hooks()).toHaveLength(2);
		await test.hook('delete', { mode: 'internal', activation: 'update', isTest: true });
		expect(hooks()).toEqual(production);
	});

	it('names the webhook that could not be removed, and removes the others', async () => {
		const trigger = triggers.salesOs();
		await trigger.activate();
		const [hook] = hooks();
		triggers.sandbox.salesOs.state.webhooks.put({ ...hook, id: 'ffffffff-0000-4000-8000-000000000000' });
		triggers.sandbox.faults.add({ vendor: 'salesOs', method: 'DELETE', path: `/v1/webhooks/${hook.id}`, kind: 'answer', status: 403, body: '{}' });
		await expect(trigger.deactivate()).rejects.toThrow(`/v1/webhooks/${hook.id} could not be removed and is still registered`);
		expect(hooks()).toMatchObject([{ id: hook.id }]);
		await trigger.deactivate();
		expect(hooks()).toEqual([]);
	});
});

describe('the secret of deliveries', () => {
	it('is read anew where the one at hand does not fit, and is another one for another credential', async () => {
		const credential = { environment: 'custom', baseUrl: triggers.sandbox.salesOs.origin, apiKey: 'p2s_key', apiSecret: 'the-first-api-secret' };
		const credentials = triggers.credential('salesOsSignedApi', credential);
		const trigger = triggers.salesOs({ authentication: 'signedApiKey' }, credentials);
		const secretFor = (apiSecret: string) => derivedSecret(apiSecret, webhookIdentity(trigger.node, trigger.instanceId)) ?? '';
		const deliver = async (id: string, apiSecret: string) =>
			await trigger.deliver({
				body: deal(id),
				headers: signDelivery({ rawBody: Buffer.from(deal(id)), secret: secretFor(apiSecret), scheme: 'prefixedBody', timestamp: 0, signatureHeader: 'X-Signature' }),
			});
		expect(await deliver('e1', 'the-first-api-secret')).toMatchObject({ items: [{ id: 'e1' }] });
		expect(await deliver('e2', 'the-second-api-secret')).toMatchObject({ answer: REFUSED });
		triggers.engine.credentials.change(String(credentials.salesOsSignedApi.id), { apiSecret: 'the-second-api-secret' });
		expect(await deliver('e2', 'the-second-api-secret')).toMatchObject({ items: [{ id: 'e2' }] });
		expect(await deliver('e3', 'the-first-api-secret')).toMatchObject({ answer: REFUSED });
	});
});

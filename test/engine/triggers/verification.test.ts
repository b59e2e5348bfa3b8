import { randomUUID } from 'node:crypto';

import { signDelivery } from '../../../nodes/shared/webhook/sign';
import type { SchemeName } from '../../../nodes/shared/webhook/schemes';
import type { TriggerBench } from '../../support/engine/hooks';
import { Triggers } from './bench';

/** The rules of verification, through the nodes: what a delivery becomes, and what the sender sees. */

let triggers: Triggers;

beforeAll(async () => {
	triggers = await Triggers.start();
});

afterAll(async () => {
	await triggers.stop();
});

const REFUSED = { status: 401, body: '{"error":"Unauthorized"}' };
const TAKEN = { status: 200, body: '{"received":true}' };

interface Vendor {
	name: string;
	make(options?: Record<string, string | number | boolean>): TriggerBench;
	/** As the vendor knows it, after registration. */
	secretOf(trigger: TriggerBench): string;
	body(id: string): string;
	header: string;
}

const vendors: Vendor[] = [
	{
		name: 'SalesOS',
		make: (options = {}) => triggers.salesOs({ options }),
		secretOf: ({ url }) => triggers.sandbox.salesOs.state.webhooks.all().find((hook) => hook.url === url)?.secret ?? '',
		body: (id) => JSON.stringify({ id, type: 'lead.created', ts: '2026-09-21T14:13:20Z', data: { id: 'l1' } }),
		header: 'X-SalesOS-Signature',
	},
	{
		name: 'OutboundSync',
		make: (options = {}) => triggers.outboundSync({ source: 'syncMonitoring', options }),
		secretOf: ({ url }) => triggers.sandbox.outboundSync.state.webhooks.all().find((hook) => hook.url === url)?.secret ?? '',
		body: (id) => JSON.stringify({ id, type: 'sync.failed', created: '2026-09-21T14:13:20Z', summary: 's', data: { sourceId: 1 } }),
		header: 'OutboundSync-Signature',
	},
];

type Signable = Exclude<SchemeName, 'auto' | 'custom' | 'none'>;
const SCHEMES: Signable[] = ['timestamped', 'prefixedBody', 'bareBody', 'standardWebhooks', 'headerTimestamp'];
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe.each(vendors)('$name', ({ body, header, make, secretOf }) => {
	const sign = (secret: string, text: string, scheme: Signable, timestamp = nowSeconds()) =>
		signDelivery({ rawBody: Buffer.from(text), secret, scheme, timestamp, id: 'msg_1', signatureHeader: header });

	/** One for each set of options: our own quota lets through 120 requests a minute. */
	const active = new Map<string, Promise<{ trigger: TriggerBench; secret: string }>>();

	async function listening(options: Parameters<typeof make>[0] = {}): Promise<{ trigger: TriggerBench; secret: string }> {
		const key = JSON.stringify(options);
		const start = async () => {
			const trigger = make(options);
			await trigger.activate();
			return { trigger, secret: secretOf(trigger) };
		};
		const listener = active.get(key) ?? start();
		active.set(key, listener);
		return await listener;
	}

	it.each(SCHEMES)('takes a genuine delivery signed as %s, once', async (scheme) => {
		const { secret, trigger } = await listening();
		const id = `evt_${randomUUID()}`;
		const delivery = { body: body(id), headers: sign(secret, body(id), scheme) };
		expect(await trigger.deliver(delivery)).toMatchObject({ answer: undefined, items: [{ id }] });
		expect(await trigger.deliver(delivery)).toMatchObject({ answer: TAKEN, items: undefined });
	});

	it('starts one execution for deliveries of one event at the same moment', async () => {
		const { secret, trigger } = await listening();
		const delivery = { body: body('evt_same'), headers: sign(secret, body('evt_same'), 'prefixedBody') };
		const receptions = await Promise.all(Array.from({ length: 20 }, async () => await trigger.deliver(delivery)));
		expect(receptions.filter(({ items }) => items !== undefined)).toHaveLength(1);
	});

	it('leaves nothing for n8n to save', async () => {
		const { secret, trigger } = await listening();
		const saved = JSON.stringify(trigger.staticData);
		await trigger.deliver({ body: body('evt_a'), headers: sign(secret, body('evt_a'), 'prefixedBody') });
		expect(JSON.stringify(trigger.staticData)).toBe(saved);
		expect(saved).not.toContain('seenEvents');
	});

	it.each<[string, (text: string, secret: string) => Record<string, string>]>([
		['no signature', () => ({})],
		['another secret', (text) => sign('another secret entirely', text, 'prefixedBody')],
		['the signature of another body', (_text, secret) => sign(secret, body('evt_other'), 'prefixedBody')],
		['a signature of nothing', () => ({ [header]: '' })],
		['a short signature', () => ({ [header]: 'sha256=00' })],
		['an old timestamp', (text, secret) => sign(secret, text, 'timestamped', nowSeconds() - 301)],
		['a timestamp to come', (text, secret) => sign(secret, text, 'timestamped', nowSeconds() + 302)],
	])('refuses %s, says nothing of why, and starts nothing', async (_what, headers) => {
		const { secret, trigger } = await listening();
		const id = `evt_${randomUUID()}`;
		const text = body(id);
		expect(await trigger.deliver({ body: text, headers: headers(text, secret) })).toMatchObject({ answer: REFUSED, items: undefined });
		// What was refused is not remembered as seen.
		expect(await trigger.deliver({ body: text, headers: sign(secret, text, 'timestamped') })).toMatchObject({ items: [{ id }] });
	});

	it('judges the raw bytes alone', async () => {
		const { secret, trigger } = await listening();
		const text = body('evt_raw');
		const headers = sign(secret, text, 'prefixedBody');
		expect(await trigger.deliver({ body: `${text} `, headers })).toMatchObject({ answer: REFUSED });
		expect(await trigger.deliver({ body: JSON.stringify(JSON.parse(text), null, 1), headers })).toMatchObject({ answer: REFUSED });
		expect(await trigger.deliver({ body: text, headers, withoutRawBody: true })).toMatchObject({ answer: REFUSED });
	});

	it.each(['[]', 'null', '"text"', '{', ''])('refuses the signed body %j', async (text) => {
		const { secret, trigger } = await listening();
		expect(await trigger.deliver({ body: text, headers: sign(secret, text, 'prefixedBody') })).toMatchObject({ answer: REFUSED });
	});

	it('takes any of several signatures', async () => {
		const { secret, trigger } = await listening();
		const text = body('evt_rotating');
		const { [header]: genuine } = sign(secret, text, 'timestamped');
		const headers = { [header]: genuine.replace(',v1=', `,v1=${'0'.repeat(64)},v1=`) };
		expect(await trigger.deliver({ body: text, headers })).toMatchObject({ items: [{ id: 'evt_rotating' }] });
	});

	it('holds to the scheme and the tolerance that are set', async () => {
		const strict = await listening({ scheme: 'timestamped', toleranceSeconds: 5 });
		const text = body('evt_strict');
		const deliver = async (scheme: Signable, timestamp?: number) =>
			await strict.trigger.deliver({ body: text, headers: sign(strict.secret, text, scheme, timestamp) });
		expect(await deliver('prefixedBody')).toMatchObject({ answer: REFUSED });
		expect(await deliver('timestamped', nowSeconds() - 10)).toMatchObject({ answer: REFUSED });
		expect(await deliver('timestamped')).toMatchObject({ items: [{ id: 'evt_strict' }] });
	});

	it('takes a custom signature as described', async () => {
		const customScheme = { scheme: { signatureHeader: 'X-Own', label: 'v9:', encoding: 'base64', content: '{body}' } };
		const { secret, trigger } = await listening({ scheme: 'custom', customScheme } as never);
		const text = body('evt_custom');
		const custom = { signatureHeader: 'X-Own', label: 'v9:', encoding: 'base64', content: '{body}' } as const;
		const headers = signDelivery({ rawBody: Buffer.from(text), secret, scheme: 'custom', timestamp: 0, custom, signatureHeader: 'X-Own' });
		expect(await trigger.deliver({ body: text, headers })).toMatchObject({ items: [{ id: 'evt_custom' }] });
		expect(await trigger.deliver({ body: text, headers: { 'X-Own': 'v9:AAAA' } })).toMatchObject({ answer: REFUSED });
	});

	it('takes whatever comes only where verification is switched off', async () => {
		const { trigger } = await listening({ scheme: 'none' });
		expect(await trigger.deliver({ body: body('evt_open') })).toMatchObject({ items: [{ id: 'evt_open' }] });
	});

	it('acknowledges events that nobody asked for', async () => {
		const { secret, trigger } = await listening();
		const text = JSON.stringify({ id: 'evt_u', type: 'user.created', data: {} });
		expect(await trigger.deliver({ body: text, headers: sign(secret, text, 'prefixedBody') })).toMatchObject({ answer: TAKEN, items: undefined });
	});

	it('adds body and headers where asked, without what the delivery is believed for', async () => {
		const { secret, trigger } = await listening({ includeRaw: true });
		const text = body('evt_included');
		const headers = { ...sign(secret, text, 'prefixedBody'), Authorization: 'Bearer x', 'X-Trace': '1' };
		const { items } = await trigger.deliver({ body: text, headers });
		expect(items).toMatchObject([{ rawBody: text, headers: { 'x-trace': '1' } }]);
		expect(Object.keys(items?.[0].headers ?? {})).toEqual(['x-trace']);
	});

	it('hands on in a test what the webhook brought', async () => {
		const { trigger } = await listening();
		expect(await trigger.execute([{ json: { id: 'evt_test' } }], 'manual')).toEqual([{ id: 'evt_test' }]);
		expect(await trigger.poll()).toBeNull();
	});
});

import type { INodeParameters } from 'n8n-workflow';

import { startBench, type TestBench } from '../../support/bench';
import { byId, find, jsonOf, requests, withOperation } from './support';

/** Calls that change something: secrets, repetitions, and what is told before they are sent. */
let bench: TestBench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const state = () => bench.sandbox.outboundSync.state;
const create = (parameters: INodeParameters = {}) =>
	withOperation('webhook create', { url: 'https://example.com/hook', ...parameters });

describe('the signing secret of a webhook', () => {
	it('stays out of the execution unless asked for', async () => {
		const created = await bench.outboundSync(create());
		const [webhook] = state().webhooks.all();
		const rotated = await bench.outboundSync(withOperation('webhook rotateSecret', { webhookId: byId(webhook.id) }));
		for (const run of [created, rotated]) {
			expect(run.error).toBeUndefined();
			expect(jsonOf(run.items)).toMatchObject([{ id: webhook.id }]);
			expect(JSON.stringify(run.raw)).not.toContain('oswhsec_');
			expect(run.hints).toEqual([]);
		}
	});

	it('comes under a name of its own with a warning, when asked for', async () => {
		const items = [{ n: 1 }, { n: 2 }];
		const run = await bench.outboundSync(create({ includeSecret: true }), { items });
		const secrets = state().webhooks.all().map(({ secret }) => secret);
		expect(jsonOf(run.items).map(({ signingSecret }) => signingSecret).sort()).toEqual([...secrets].sort());
		expect(run.items.some(({ json }) => 'secret' in json)).toBe(false);
		expect(run.hints).toMatchObject([{ type: 'warning', message: expect.stringContaining('"signingSecret"') as string }]);
		expect(JSON.stringify(run.hints)).not.toContain('oswhsec_');

		const { id } = state().webhooks.all()[0];
		const rotated = await bench.outboundSync(withOperation('webhook rotateSecret', { webhookId: byId(id), includeSecret: true }));
		expect(jsonOf(rotated.items)[0].signingSecret).toBe(state().webhooks.get(id)?.secret);
		expect(jsonOf(rotated.items)[0].signingSecret).not.toBe(secrets[0]);
	});

	const answering = (path: string, answer: object) =>
		bench.sandbox.faults.add({ vendor: 'outboundSync', path, kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) });

	it.each([
		[{ id: 'oswhk_1', secret: 'oswhsec_1' }],
		[{ data: { id: 'oswhk_1', secret: 'oswhsec_1' } }],
		[{ id: 'oswhk_1', signingSecret: 'oswhsec_1' }],
		[{ webhooks: [{ key: 'oswhsec_1' }] }],
	])('is found wherever in the answer it stands: %j', async (answer) => {
		answering('/api/v1/webhooks/oswhk_1/rotate-secret', answer);
		const run = await bench.outboundSync(withOperation('webhook rotateSecret', { webhookId: byId('oswhk_1'), includeSecret: true }));
		expect(jsonOf(run.items)).toMatchObject([{ signingSecret: 'oswhsec_1' }]);
		expect(run.hints).toHaveLength(1);
	});

	it('that was asked for and did not come is missed aloud', async () => {
		answering('/api/v1/webhooks/oswhk_1/rotate-secret', { id: 'oswhk_1' });
		const run = await bench.outboundSync(withOperation('webhook rotateSecret', { webhookId: byId('oswhk_1'), includeSecret: true }));
		expect(run.hints).toMatchObject([{ type: 'warning', message: expect.stringContaining('holds no signing secret') as string }]);
	});

	it('is rotated once more when the answer was lost', async () => {
		await bench.outboundSync(create());
		const [{ id }] = state().webhooks.all();
		bench.sandbox.faults.add({ vendor: 'outboundSync', method: 'POST', kind: 'resetAfterWork' });
		const run = await bench.outboundSync(withOperation('webhook rotateSecret', { webhookId: byId(id), includeSecret: true }));
		expect(jsonOf(run.items)).toMatchObject([{ signingSecret: state().webhooks.get(id)?.secret }]);
	});

	it.each([
		['webhook replay', { deliveryId: 'oswhd_1' }, '/api/v1/webhooks/oswhk_1/deliveries/oswhd_1/replay', { id: 'oswhd_1', secret: 's' }],
		['webhook test', {}, '/api/v1/webhooks/oswhk_1/test', { eventId: 'osevt_1', webhook: { secret: 's' } }],
		['webhook getDeliveries', {}, '/api/v1/webhooks/oswhk_1/deliveries', { data: [{ id: 'oswhd_1', secret: 's', note: 'oswhsec_2' }], hasMore: false }],
	])('does not get out by %s', async (operation, parameters, path, answer) => {
		answering(path, answer);
		const run = await bench.outboundSync(withOperation(operation, { webhookId: byId('oswhk_1'), ...parameters }));
		expect(run.error).toBeUndefined();
		expect(run.items).toHaveLength(1);
		expect(JSON.stringify(jsonOf(run.items))).not.toMatch(/secret|oswhsec/);
	});

	describe('in an API request', () => {
		const request = (path: string, parameters: INodeParameters = {}) =>
			withOperation('apiRequest request', { method: 'POST', path, ...parameters });
		const body = '{"url": "https://example.com/hook"}';

		it.each(['/webhooks', 'api/v1/webhooks', '/web%68ooks'])('stays out of the execution unless asked for (%s)', async (path) => {
			const created = await bench.outboundSync(request(path, { body }));
			const [{ id }] = state().webhooks.all();
			const rotated = await bench.outboundSync(request(`${path}/${id}/rotate-secret`));
			for (const run of [created, rotated]) {
				expect(run.error).toBeUndefined();
				expect(jsonOf(run.items)).toMatchObject([{ id, url: 'https://example.com/hook' }]);
				expect(JSON.stringify(run.raw)).not.toContain('oswhsec_');
				expect(run.hints).toEqual([]);
			}
		});

		it('stays out wherever in the answer it stands', async () => {
			const answer = { data: [{ id: 'oswhk_1', secret: 'plain' }], note: 'The key is oswhsec_1', inner: { key: 'oswhsec_2' } };
			const headers = { 'content-type': 'application/json' };
			bench.sandbox.faults.add({ vendor: 'outboundSync', kind: 'answer', status: 200, headers, body: JSON.stringify(answer) });
			const { items } = await bench.outboundSync(request('/webhooks', { method: 'GET' }));
			expect(jsonOf(items)).toEqual([{ data: [{ id: 'oswhk_1' }], inner: {} }]);
		});

		it('comes under the name that n8n hides, with a warning, when asked for', async () => {
			const run = await bench.outboundSync(request('/webhooks', { body, includeSecret: true }));
			const [{ secret }] = state().webhooks.all();
			expect(jsonOf(run.items)).toMatchObject([{ signingSecret: secret }]);
			expect(jsonOf(run.items)[0]).not.toHaveProperty('secret');
			expect(run.hints).toMatchObject([{ type: 'warning', message: expect.stringContaining('"signingSecret"') as string }]);
		});

		it('goes into no file', async () => {
			const { error } = await bench.outboundSync(request('/webhooks', { body, responseFormat: 'file' }));
			expect(error?.message).toBe('Response Format is File, and the answers of this path may hold a secret');
			expect(requests(bench.sandbox)).toHaveLength(0);
		});
	});

	it('is declared sensitive, so that n8n hides it', () => {
		const { description } = bench.engine.types.getByNameAndVersion(bench.engine.types.fullName('outboundSync'));
		expect(description).toMatchObject({ sensitiveOutputFields: ['signingSecret'] });
	});
});

describe('before anything is sent', () => {
	it.each([
		['webhook create', { url: 'http://example.com/hook' }, /^URL is not an https URL$/],
		['webhook create', { url: 'example.com' }, /^URL is not an https URL$/],
		['webhook create', { url: '={{ $json.nothing }}' }, /^URL is empty$/],
		['webhook update', { webhookId: byId('oswhk_1'), updateFields: {} }, /^Update Fields has nothing to change$/],
		['webhook update', { webhookId: byId('oswhk_1'), updateFields: { enabledEvents: [] } }, /^Events has no event chosen$/],
		['webhook update', { webhookId: byId('oswhk_1'), updateFields: { url: 'ftp://example.com' } }, /^URL is not an https URL$/],
		['webhook replay', { webhookId: byId('oswhk_1'), deliveryId: '17' }, /^Delivery ID does not look like "oswhd_…"$/],
		['delivery replay', { destinationId: byId(301), deliveryId: 'oswhd_1' }, /^Delivery ID is not an ID/],
		['blocklist pause', { blocklistId: byId('={{ $json.nothing }}') }, /^Blocklist is empty$/],
		['event get', { eventId: '17' }, /^Event ID does not look like "osevt_…"$/],
		['sync retry', { syncId: '../me' }, /^Sync ID is not an ID/],
	])('%s says what is wrong with %j', async (operation, parameters, message) => {
		const { error } = await bench.outboundSync(withOperation(operation, parameters));
		expect(error?.message).toMatch(message);
		expect(requests(bench.sandbox)).toHaveLength(0);
	});
});

describe('a connection that breaks after the work', () => {
	const breakOnce = () => void bench.sandbox.faults.add({ vendor: 'outboundSync', kind: 'resetAfterWork' });

	it('leaves the outcome of a retry unknown, and is not repeated', async () => {
		const { id } = find(state().syncs.all(), ({ crm, status }) => status === 'error' && crm === 'hubspot');
		breakOnce();
		const { error } = await bench.outboundSync(withOperation('sync retry', { syncId: id }));
		expect(error?.message).toMatch(/^It is not known whether OutboundSync carried out the request/);
		expect(requests(bench.sandbox)).toHaveLength(1);
	});

	it.each([
		['blocklist pause', () => ({ blocklistId: byId(501) })],
		['webhook test', () => ({ webhookId: byId('oswhk_1') })],
		['webhook delete', () => ({ webhookId: byId('oswhk_1') })],
	])('%s is sent again, because doing it twice does no harm', async (operation, parameters) => {
		state().webhooks.put({
			id: 'oswhk_1',
			url: 'https://127.0.0.1:1/hook',
			description: null,
			enabledEvents: [],
			isActive: true,
			autoDisabledAt: null,
			secret: 'oswhsec_1',
			consecutiveDead: 0,
			createdAt: new Date().toISOString(),
			updatedAt: new Date().toISOString(),
		});
		breakOnce();
		const { error, items } = await bench.outboundSync(withOperation(operation, parameters()));
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(requests(bench.sandbox)).toHaveLength(2);
	});
});

it('states in the panel what an operation needs', () => {
	const { properties } = bench.engine.types.getByNameAndVersion(bench.engine.types.fullName('outboundSync')).description;
	const noticeOf = (resource: string, operation: string) =>
		properties.find(
			({ displayOptions, name }) =>
				name === 'accessNotice' &&
				displayOptions?.show?.resource?.[0] === resource &&
				displayOptions.show.operation?.[0] === operation,
		)?.displayName;
	expect(noticeOf('sync', 'getAll')).toBe('This needs an API key with the scope "read".');
	expect(noticeOf('sync', 'retry')).toBe('This needs an API key with the scope "write".');
	expect(noticeOf('event', 'getAll')).toBe(
		'This needs an API key with the scope "read", and platform webhooks switched on for the account.',
	);
	expect(noticeOf('webhook', 'create')).toBe(
		'This needs an account-scoped API key with the scope "write", and platform webhooks switched on for the account.',
	);
});

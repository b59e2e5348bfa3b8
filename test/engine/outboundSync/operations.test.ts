import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Delivery, PlatformEvent, Sync, WebhookEndpoint } from '../../../sandbox/outboundSync/model';
import type { OutboundSyncState } from '../../../sandbox/outboundSync/state';
import { defaultOutboundSyncSettings } from '../../../sandbox/settings';
import type { WebhookDelivery } from '../../../sandbox/webhooks/deliverer';
import { startBench, type TestBench } from '../../support/bench';
import { byId, daysAgo, DAY_MS, find, jsonOf, requests, runWithKey, withOperation } from './support';

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	Object.assign(bench.sandbox.outboundSync.settings, defaultOutboundSyncSettings(), {
		requestsPerWindowPerIp: 100_000,
		requestsPerWindowPerAccount: 100_000,
	});
	bench.sandbox.reset();
});

const SECRET = 'oswhsec_of_this_test';
/** Nothing listens there, so that deliveries end at once. */
const NOWHERE = 'https://127.0.0.1:1/hook';

interface World {
	readonly failed: Sync;
	readonly delivery: Delivery;
	readonly webhook: WebhookEndpoint;
	readonly webhookDelivery: WebhookDelivery;
	readonly event: PlatformEvent;
}

function populate(): World {
	const { events, state } = bench.sandbox.outboundSync;
	const webhook = state.webhooks.put({
		id: 'oswhk_0123456789abcdef',
		url: NOWHERE,
		description: 'Alerts',
		enabledEvents: ['sync.failed'],
		isActive: true,
		autoDisabledAt: null,
		secret: SECRET,
		consecutiveDead: 0,
		createdAt: daysAgo(9),
		updatedAt: daysAgo(9),
	});
	const event = find(state.events.all(), ({ type }) => type === 'sync.failed');
	const webhookDelivery = events.deliveries.put({
		id: 'oswhd_0123456789abcdef',
		webhookId: webhook.id,
		eventId: event.id,
		eventType: event.type,
		url: webhook.url,
		body: '{}',
		status: 'DEAD',
		attempts: [{ at: daysAgo(1), status: 500, error: null, responseBody: '' }],
		nextAttemptAt: null,
		createdAt: daysAgo(1),
	});
	return {
		failed: find(state.syncs.all(), ({ crm, status }) => status === 'error' && crm === 'hubspot'),
		delivery: find(state.deliveries.all(), ({ status }) => status === 'error'),
		webhook,
		webhookDelivery,
		event,
	};
}

interface Case {
	readonly operation: string;
	parameters?(world: World): INodeParameters;
	/** What the node puts out, or the part of it that matters. */
	output(world: World): IDataObject[];
	/** What must then be in the account. */
	after?(world: World): void;
	readonly failure: {
		prepare?(world: World): void;
		parameters?(world: World): INodeParameters;
		/** Another key than the one with full access. */
		readonly apiKey?: 'connectionScopedKey' | 'none' | 'readOnlyKey';
		readonly httpCode: string;
		readonly message: RegExp;
		readonly description: RegExp;
	};
}

const settings = () => bench.sandbox.outboundSync.settings;
const state = (): OutboundSyncState => bench.sandbox.outboundSync.state;
const today = ({ createdAt }: { createdAt: string }) => Date.parse(createdAt) > Date.now() - DAY_MS;

function countOf<T extends { status: string }>(records: readonly T[], ...statuses: readonly string[]): IDataObject {
	return Object.fromEntries(statuses.map((status) => [status, records.filter((record) => record.status === status).length]));
}

/** What the output shows of the destinations that get the events of a source: no address. */
function boundTo(sourceId: number): IDataObject[] {
	return state()
		.destinations.all()
		.filter(({ sourceIds }) => sourceIds.includes(sourceId))
		.map(({ description, eventTypes, isDelayed }) => ({ description, eventTypes, isDelayed }));
}

/** IDs of the newest records of a list, as the API orders them. */
function newest<T extends { id: number; createdAt: string }>(records: readonly T[], limit: number): IDataObject[] {
	return [...records]
		.reverse()
		.sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
		.slice(0, limit)
		.map(({ id }) => ({ id }));
}

const noSuchRecord = { httpCode: '404', description: /no such record for this account/ };
const noWrite = {
	apiKey: 'readOnlyKey',
	httpCode: '403',
	message: /missing the required scope: write/,
	description: /This needs an API key with the scope "write"/,
} as const;
const noWebhooks = {
	prepare: () => void (settings().canUseWebhooks = false),
	httpCode: '403',
	message: /Platform webhooks are not enabled for this account/,
	description: /Ask OutboundSync to switch on platform webhooks[\s\S]*This needs .* platform webhooks switched on/,
} as const;
const oneConnectionOnly = {
	apiKey: 'connectionScopedKey',
	httpCode: '403',
	message: /requires an account-scoped API key/,
	description: /limited to one connection[\s\S]*This needs an account-scoped API key/,
} as const;
const backwards = {
	parameters: () => ({ from: daysAgo(1), to: daysAgo(2) }),
	httpCode: '',
	message: /From is after To/,
	description: /Enter a range that begins before it ends/,
};

const CASES: readonly Case[] = [
	{
		operation: 'account getMe',
		output: () => [{ account: { id: 7001 }, apiKey: { name: 'Full access', scopes: ['read', 'write'] } }],
		failure: { apiKey: 'none', httpCode: '401', message: /Invalid or missing API key/, description: /starts with osapi_/ },
	},
	{
		operation: 'account getStatus',
		output: () => [{ ready: true, blockers: [] }],
		failure: {
			prepare: () => void (settings().apiAccess = false),
			httpCode: '403',
			message: /API access is not enabled/,
			description: /An admin enables API access on the CRM connection/,
		},
	},
	{
		operation: 'account getMetrics',
		parameters: () => ({ filters: { connectionId: byId(1) } }),
		output: () => [{ counts: {
				syncs: countOf(
					state()
						.syncs.all()
						.filter((sync) => today(sync) && sync.connectionId === 1),
					'success',
					'warning',
					'error',
				),
			} }],
		failure: backwards,
	},
	{
		operation: 'connection getAll',
		parameters: () => ({ limit: 2 }),
		output: () => [
			{ id: 1, crm: 'hubspot' },
			{ id: 2, crm: 'salesforce' },
		],
		failure: {
			prepare: () => answerAlways('/api/v1/connections', '{"total": 0}'),
			parameters: () => ({ options: { maxRetries: 0 } }),
			httpCode: '200',
			message: /it answered with something else than a list/,
			description: /Try again later/,
		},
	},
	{
		operation: 'source getAll',
		output: () =>
			state()
				.sources.all()
				.map(({ url: _url, ...source }) => ({ ...source, destinations: boundTo(source.id) })),
		failure: { apiKey: 'none', httpCode: '401', message: /Invalid or missing API key/, description: /starts with osapi_/ },
	},
	{
		operation: 'request getAll',
		parameters: () => ({ limit: 3, filters: { sourceId: byId(101) } }),
		output: () =>
			newest(
				state()
					.requests.all()
					.filter((request) => today(request) && request.sourceId === 101),
				3,
			),
		failure: {
			parameters: () => ({ filters: { sourceId: byId('smartlead') } }),
			httpCode: '',
			message: /Source is not an ID: "smartlead"/,
			description: /whole number above 0/,
		},
	},
	{
		operation: 'request getAllOfSource',
		parameters: () => ({ sourceId: byId(104), limit: 4 }),
		output: () =>
			newest(
				state()
					.requests.all()
					.filter((request) => today(request) && request.sourceId === 104),
				4,
			),
		failure: { parameters: () => ({ sourceId: byId(999) }), ...noSuchRecord, message: /Source 999 not found/ },
	},
	{
		operation: 'request getMetrics',
		parameters: () => ({ filters: { sourceId: byId(102) } }),
		output: () => [{ counts: {
				count: state()
					.requests.all()
					.filter((request) => today(request) && request.sourceId === 102).length,
			} }],
		failure: backwards,
	},
	{
		operation: 'sync getAll',
		parameters: () => ({ returnAll: true, filters: { status: 'error', connectionId: byId(1), sourceId: byId(101) } }),
		output: () =>
			newest(
				state()
					.syncs.all()
					.filter((sync) => today(sync) && sync.status === 'error' && sync.sourceId === 101),
				Infinity,
			),
		failure: {
			prepare: () => void (settings().heavyRangeDays = 7),
			parameters: () => ({ from: daysAgo(10), options: { maxRetries: 0 } }),
			httpCode: '504',
			message: /took longer than 20 seconds/,
			description: /Narrow the window/,
		},
	},
	{
		operation: 'sync getAllOfSource',
		parameters: () => ({ sourceId: byId(103), returnAll: true, filters: { status: 'success' } }),
		output: () =>
			newest(
				state()
					.syncs.all()
					.filter((sync) => today(sync) && sync.status === 'success' && sync.sourceId === 103),
				Infinity,
			),
		failure: { parameters: () => ({ sourceId: byId(999) }), ...noSuchRecord, message: /Source 999 not found/ },
	},
	{
		operation: 'sync getMetrics',
		parameters: () => ({ filters: { sourceId: byId(101) } }),
		output: () => [{ counts: countOf(
				state()
					.syncs.all()
					.filter((sync) => today(sync) && sync.sourceId === 101),
				'success',
				'warning',
				'error',
			) }],
		failure: backwards,
	},
	{
		operation: 'sync get',
		parameters: ({ failed }) => ({ syncId: failed.id }),
		output: ({ failed }) => [{ ...failed }],
		failure: { parameters: () => ({ syncId: 1 }), ...noSuchRecord, message: /Sync 1 not found/ },
	},
	{
		operation: 'sync retry',
		parameters: ({ failed }) => ({ syncId: String(failed.id) }),
		output: ({ failed }) => [{ queued: true, syncId: failed.id }],
		after: ({ failed }) => expect(state().syncs.get(failed.id)).toMatchObject({ status: 'success', attempts: 2 }),
		failure: {
			parameters: () => ({ syncId: find(state().syncs.all(), ({ status }) => status === 'success').id }),
			httpCode: '400',
			message: /Only syncs with the status error can be retried/,
			description: /to HubSpot or Salesforce/,
		},
	},
	{
		operation: 'destination getAll',
		output: () =>
			state()
				.destinations.all()
				.map(({ url: _url, ...destination }) => ({ ...destination })),
		failure: { apiKey: 'none', httpCode: '401', message: /Invalid or missing API key/, description: /starts with osapi_/ },
	},
	{
		operation: 'destination get',
		parameters: () => ({ destinationId: byId(303) }),
		output: () => [{ id: 303, sourceIds: [] }],
		failure: { parameters: () => ({ destinationId: byId(999) }), ...noSuchRecord, message: /Destination 999 not found/ },
	},
	{
		operation: 'delivery getAll',
		parameters: () => ({ from: daysAgo(30), limit: 5, filters: { destinationId: byId(302), status: 'error' } }),
		output: () =>
			newest(
				state()
					.deliveries.all()
					.filter(({ createdAt, destinationId, status }) => createdAt > daysAgo(30) && destinationId === 302 && status === 'error'),
				5,
			),
		failure: backwards,
	},
	{
		operation: 'delivery getAllOfDestination',
		parameters: () => ({ destinationId: byId(301), from: daysAgo(20), returnAll: true, filters: { status: 'success' } }),
		output: () =>
			newest(
				state()
					.deliveries.all()
					.filter(({ createdAt, destinationId, status }) => createdAt > daysAgo(20) && destinationId === 301 && status === 'success'),
				Infinity,
			),
		failure: { parameters: () => ({ destinationId: byId(999) }), ...noSuchRecord, message: /Destination 999 not found/ },
	},
	{
		operation: 'delivery getMetrics',
		parameters: () => ({ destinationId: byId(302) }),
		output: () => [{ counts: countOf(
				state()
					.deliveries.all()
					.filter((delivery) => today(delivery) && delivery.destinationId === 302),
				'success',
				'error',
			) }],
		failure: { parameters: () => ({ destinationId: byId(999) }), ...noSuchRecord, message: /Destination 999 not found/ },
	},
	{
		operation: 'delivery replay',
		parameters: ({ delivery }) => ({ destinationId: byId(delivery.destinationId), deliveryId: delivery.id }),
		output: ({ delivery }) => [{ queued: true, destinationId: delivery.destinationId, payloadId: delivery.payloadId }],
		after: ({ delivery }) =>
			expect(state().deliveries.all().filter(({ payloadId }) => payloadId === delivery.payloadId)).toHaveLength(2),
		failure: {
			...noWrite,
			parameters: ({ delivery }) => ({ destinationId: byId(delivery.destinationId), deliveryId: delivery.id }),
		},
	},
	{
		operation: 'replyRelay getAll',
		output: () => [
			{ id: 401, sourceIds: [101] },
			{ id: 402, sourceIds: [103] },
		],
		failure: { apiKey: 'none', httpCode: '401', message: /Invalid or missing API key/, description: /starts with osapi_/ },
	},
	{
		operation: 'contact checkOutreach',
		parameters: () => ({ email: 'Prospect8@prospects.example', profileUrls: 'https://x.com/prospect8', contactedWithinDays: 365 }),
		output: () => [
			{ doNotContact: true, contactedWithinDays: true, record: { found: true, summary: { everContacted: true }, doNotContact: { reasons: ['UNSUBSCRIBED'] } } },
		],
		failure: {
			prepare: () => answerAlways('/api/v1/contacts/outreach', '{"found": false}'),
			parameters: () => ({ email: 'prospect8@prospects.example', options: { maxRetries: 0 } }),
			httpCode: '200',
			message: /it answered with something else than whether it knows the contact/,
			description: /This says nothing about the contact/,
		},
	},
	{
		operation: 'blocklist getAll',
		parameters: () => ({ filters: { connectionId: byId(1) } }),
		output: () => [{ id: 501, connectionId: 1, listName: 'Customers', blockType: 'ADDRESS', status: 'SYNCED', syncedCount: 1840 }],
		failure: {
			prepare: () => void (settings().blockListsDisabledFor = [1]),
			parameters: () => ({ filters: { connectionId: byId(1) } }),
			httpCode: '403',
			message: /Block lists are not enabled for this connection/,
			description: /Switch on blocklists for this connection/,
		},
	},
	{
		operation: 'blocklist pause',
		parameters: () => ({ blocklistId: byId(502) }),
		output: () => [{ id: 502, isEnabled: false, status: 'CREATED' }],
		after: () => expect(state().blocklists.get(502)).toMatchObject({ status: 'CREATED', isEnabled: false }),
		failure: { ...noWrite, parameters: () => ({ blocklistId: byId(502) }) },
	},
	{
		operation: 'blocklist resync',
		parameters: () => ({ blocklistId: byId(501) }),
		output: () => [{ id: 501, queued: true, isEnabled: true, status: 'FETCHING' }],
		failure: {
			prepare: () =>
				void state().blocklists.change(501, { status: 'SYNCING', resyncStartedAt: new Date().toISOString() }),
			parameters: () => ({ blocklistId: byId(501) }),
			httpCode: '409',
			message: /A resync is already running/,
			description: /already running\. Wait until/,
		},
	},
	{
		operation: 'webhook getAll',
		output: ({ webhook: { consecutiveDead: _dead, secret: _secret, ...webhook } }) => [{ ...webhook }],
		failure: oneConnectionOnly,
	},
	{
		operation: 'webhook get',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
		output: ({ webhook: { consecutiveDead: _dead, secret: _secret, ...webhook } }) => [{ ...webhook }],
		failure: {
			parameters: () => ({ webhookId: byId('oswhd_0123456789abcdef') }),
			httpCode: '',
			message: /^Webhook does not look like "oswhk_…"$/,
			description: /starts with oswhk_/,
		},
	},
	{
		operation: 'webhook create',
		parameters: () => ({ url: 'https://example.com/hook', description: 'New', enabledEvents: ['sync.recovered'] }),
		output: () => [{ url: 'https://example.com/hook', description: 'New', enabledEvents: ['sync.recovered'], isActive: true }],
		after: () => expect(state().webhooks.size).toBe(2),
		failure: {
			prepare: ({ webhook }) => {
				for (let count = 1; count < 20; count += 1) state().webhooks.put({ ...webhook, id: `oswhk_${count}` });
			},
			parameters: () => ({ url: 'https://example.com/hook' }),
			httpCode: '400',
			message: /at most 20 webhooks/,
			description: /at most 20 webhooks: delete one/,
		},
	},
	{
		operation: 'webhook update',
		parameters: ({ webhook }) => ({
			webhookId: byId(webhook.id),
			updateFields: { isActive: false, description: 'Paused', enabledEvents: ['sync.failed', 'sync.recovered'], url: 'https://example.com/2' },
		}),
		output: ({ webhook: { id } }) => [{ id, isActive: false, description: 'Paused', url: 'https://example.com/2' }],
		after: ({ webhook }) => expect(state().webhooks.get(webhook.id)).toMatchObject({ isActive: false, description: 'Paused' }),
		failure: {
			parameters: ({ webhook }) => ({ webhookId: byId(webhook.id), updateFields: { enabledEvents: '={{ ["contact.created"] }}' } }),
			httpCode: '400',
			message: /enabledEvents cannot contain contact\.created; available: sync\.failed, sync\.recovered/,
			description: /Correct the fields named above/,
		},
	},
	{
		operation: 'webhook delete',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
		output: () => [{ deleted: true }],
		after: () => expect(state().webhooks.size).toBe(0),
		failure: { parameters: () => ({ webhookId: byId('oswhk_gone') }), ...noSuchRecord, message: /Webhook oswhk_gone not found/ },
	},
	{
		operation: 'webhook rotateSecret',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
		output: ({ webhook: { id } }) => [{ id }],
		after: ({ webhook }) => expect(state().webhooks.get(webhook.id)?.secret).not.toBe(SECRET),
		failure: {
			apiKey: 'readOnlyKey',
			parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
			httpCode: '403',
			message: /missing the required scope: write/,
			description: /This needs an account-scoped API key with the scope "write", and platform webhooks/,
		},
	},
	{
		operation: 'webhook test',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }),
		output: () => [{ eventId: expect.stringMatching(/^osevt_/) as string }],
		failure: {
			prepare: () => void (settings().testNotQueued = true),
			parameters: ({ webhook }) => ({ webhookId: byId(webhook.id), options: { maxRetries: 0 } }),
			httpCode: '502',
			message: /could not be queued/,
			description: /The test event was not queued\. Try again later/,
		},
	},
	{
		operation: 'webhook getDeliveries',
		parameters: ({ webhook }) => ({ webhookId: byId(webhook.id), filters: { status: 'DEAD' } }),
		output: ({ webhook, webhookDelivery }) => [
			{ id: webhookDelivery.id, endpointId: webhook.id, status: 'DEAD', attemptCount: 1, lastHttpStatus: 500, replayOfDeliveryId: null },
		],
		failure: { ...noWebhooks, parameters: ({ webhook }) => ({ webhookId: byId(webhook.id) }) },
	},
	{
		operation: 'webhook replay',
		parameters: ({ webhook, webhookDelivery }) => ({ webhookId: byId(webhook.id), deliveryId: webhookDelivery.id }),
		output: () => [{ queued: true, deliveryId: expect.stringMatching(/^oswhd_/) as string }],
		after: ({ webhookDelivery }) =>
			expect(bench.sandbox.outboundSync.events.deliveries.all().map(({ replayOf }) => replayOf)).toContain(webhookDelivery.id),
		failure: {
			parameters: ({ webhook }) => ({ webhookId: byId(webhook.id), deliveryId: 'oswhd_gone' }),
			...noSuchRecord,
			message: /Delivery oswhd_gone not found/,
		},
	},
	{
		operation: 'event getAll',
		parameters: () => ({ returnAll: true, filters: { types: ['sync.recovered', 'test.ping'], delivered: false } }),
		output: () =>
			[...state().events.all()]
				.reverse()
				.sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
				.filter(({ delivered, type }) => !delivered && type === 'sync.recovered')
				.map(({ id }) => ({ id })),
		failure: noWebhooks,
	},
	{
		operation: 'event get',
		parameters: ({ event }) => ({ eventId: event.id }),
		output: ({ event, webhookDelivery }) => [{ id: event.id, type: 'sync.failed', deliveries: [{ id: webhookDelivery.id }] }],
		failure: { parameters: () => ({ eventId: 'osevt_gone' }), ...noSuchRecord, message: /Event osevt_gone not found/ },
	},
];

function answerAlways(path: string, body: string): void {
	const headers = { 'content-type': 'application/json' };
	bench.sandbox.faults.add({ vendor: 'outboundSync', path, count: Infinity, kind: 'answer', status: 200, headers, body });
}

function keyFor(apiKey: Case['failure']['apiKey']): string {
	const { outboundSync } = bench.sandbox;
	if (apiKey === undefined) return outboundSync.apiKey;
	return apiKey === 'none' ? 'osapi_of_nobody' : outboundSync[apiKey];
}

it('has a case for every operation of the node but the free request', () => {
	const { properties } = bench.engine.types.getByNameAndVersion(bench.engine.types.fullName('outboundSync')).description;
	const all = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) =>
			(options ?? []).map((option) => `${String(displayOptions?.show?.resource?.[0])} ${'value' in option ? String(option.value) : ''}`),
		)
		.filter((operation) => !operation.startsWith('apiRequest '));
	expect(CASES.map(({ operation }) => operation).sort()).toEqual(all.sort());
	expect(CASES).toHaveLength(35);
});

describe.each(CASES)('$operation', ({ after, failure, operation, output, parameters }) => {
	it('does what it says', async () => {
		const world = populate();
		const expected = output(world);
		const run = await bench.outboundSync(withOperation(operation, parameters?.(world)));
		expect(run.error).toBeUndefined();
		expect(jsonOf(run.items)).toMatchObject(expected);
		expect(expected.length).toBeGreaterThan(0);
		expect(run.items).toHaveLength(expected.length);
		expect(run.items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		// Neither the webhook's secret nor the address of a source.
		expect(JSON.stringify(run.items)).not.toMatch(/oswhsec_|app\.outboundsync\.com\/webhooks|hooks\.sandbox\.example/);
		after?.(world);
	});

	it('says what went wrong', async () => {
		const world = populate();
		failure.prepare?.(world);
		const run = await runWithKey(bench, keyFor(failure.apiKey), withOperation(operation, failure.parameters?.(world)));
		expect(run.status).toBe('error');
		expect(run.error?.message).toMatch(failure.message);
		expect(run.error?.description ?? '').toMatch(failure.description);
		expect(run.error?.httpCode ?? '').toBe(failure.httpCode);
		expect(JSON.stringify(run.raw)).not.toMatch(/oswhsec_|osapi_of_nobody|osapi_sandbox/);
	});
});

it('makes every call of the API that the sandbox has', async () => {
	for (const { operation, parameters } of CASES) {
		const world = populate();
		await bench.outboundSync(withOperation(operation, parameters?.(world)));
	}
	const made = requests(bench.sandbox).map(({ method, route }) => `${method} ${String(route)}`);
	expect(new Set(made).size).toBe(35);
});

import type { Sandbox } from '../../../sandbox';
import { byId, type Examples } from './example';

const DAY_MS = 86_400_000;
/** Nothing listens there, so that deliveries end at once. */
const NOWHERE = 'https://127.0.0.1:1/hook';
const WEBHOOK_ID = 'oswhk_0123456789abcdef';
const DELIVERY_ID = 'oswhd_0123456789abcdef';

function daysAgo(days: number): string {
	return new Date(Date.now() - days * DAY_MS).toISOString();
}

/** One record of the seed; its absence is a fault of the examples. */
function find<T>(records: readonly T[], is: (record: T) => boolean): T {
	const found = records.find(is);
	if (found === undefined) throw new Error('The sandbox has no such record');
	return found;
}

/** Every operation of the OutboundSync node on a freshly filled account. */
export function outboundSyncExamples(sandbox: Sandbox): Examples {
	sandbox.reset();
	const { events, state } = sandbox.outboundSync;
	const webhook = state.webhooks.put({
		id: WEBHOOK_ID,
		url: NOWHERE,
		description: 'Alerts',
		enabledEvents: ['sync.failed'],
		isActive: true,
		autoDisabledAt: null,
		secret: 'oswhsec_of_the_contract',
		consecutiveDead: 0,
		createdAt: daysAgo(9),
		updatedAt: daysAgo(9),
	});
	state.webhooks.put({ ...webhook, id: `${WEBHOOK_ID}00`, isActive: false, autoDisabledAt: daysAgo(2) });
	const event = find(state.events.all(), ({ type }) => type === 'sync.failed');
	const attempted = events.deliveries.put({
		id: DELIVERY_ID,
		webhookId: WEBHOOK_ID,
		eventId: event.id,
		eventType: event.type,
		url: NOWHERE,
		body: '{}',
		status: 'FAILED',
		attempts: [{ at: daysAgo(1), status: 500, error: 'The endpoint failed', responseBody: '' }],
		nextAttemptAt: daysAgo(-1),
		createdAt: daysAgo(1),
	});
	events.deliveries.put({ ...attempted, id: `${DELIVERY_ID}00`, status: 'DEAD', replayOf: DELIVERY_ID });
	// A list that has failed, so that the output shows what that looks like.
	state.blocklists.change(502, { lastError: 'The sequencer refused the list' });
	// The list and a connection that was lost give the status its warnings and blockers.
	state.connections.change(3, { status: 'DISCONNECTED' });
	const failed = find(state.syncs.all(), ({ crm, status }) => status === 'error' && crm === 'hubspot');
	const delivery = find(state.deliveries.all(), ({ status }) => status === 'error');
	const webhookId = byId(WEBHOOK_ID);
	const raw = { simplify: false };
	const month = { from: daysAgo(30), to: daysAgo(1) };
	/** Longer than the API takes at once. */
	const quarter = { from: daysAgo(90), returnAll: true };

	return {
		'account getMe': [{ parameters: {} }],
		'account getMetrics': [{ parameters: {} }, { parameters: { from: daysAgo(70), filters: { connectionId: byId(1), sourceId: byId(101) } } }],
		'account getStatus': [{ parameters: {} }],
		'apiRequest request': [
			{ parameters: { method: 'GET', path: '/events' } },
			{ parameters: { method: 'GET', path: '/api/v1/events', readPages: true, returnAll: true } },
			{ parameters: { method: 'GET', path: '/contacts/outreach?email=prospect1%40prospects.example' } },
			{ parameters: { method: 'POST', path: `/blocklists/501/pause` } },
			{ parameters: { method: 'PATCH', path: `/webhooks/${WEBHOOK_ID}`, body: '{"isActive": false}' } },
			{ parameters: { method: 'DELETE', path: `/webhooks/${WEBHOOK_ID}` } },
		],
		'blocklist getAll': [{ parameters: {} }, { parameters: { ...raw, filters: { connectionId: byId(1) } } }],
		'blocklist pause': [{ parameters: { blocklistId: byId(502) } }],
		'blocklist resync': [{ parameters: { blocklistId: byId(501) } }],
		'connection getAll': [{ parameters: {} }],
		'contact checkOutreach': [
			{ parameters: { email: 'prospect8@prospects.example' } },
			{ parameters: { email: 'nobody@people.example' } },
			// Has replied, and was put into a category.
			{ parameters: { email: 'prospect10@prospects.example' } },
			// Is in a category alone.
			{ parameters: { email: 'prospect13@prospects.example' } },
			{ parameters: { profileUrls: 'https://www.linkedin.com/in/prospect-3, https://x.com/prospect3', contactedWithinDays: 365 } },
		],
		'delivery getAll': [
			{ parameters: month },
			{ parameters: { ...quarter, ...raw, filters: { destinationId: byId(302), status: 'error' } } },
		],
		'delivery getAllOfDestination': [
			{ parameters: { destinationId: byId(302), ...month } },
			{ parameters: { destinationId: byId(301), ...quarter, ...raw, filters: { status: 'success' } } },
		],
		'delivery getMetrics': [{ parameters: { destinationId: byId(302) } }, { parameters: { destinationId: byId(302), from: daysAgo(60) } }],
		'delivery replay': [{ parameters: { destinationId: byId(delivery.destinationId), deliveryId: delivery.id } }],
		'destination get': [{ parameters: { destinationId: byId(302) } }, { parameters: { destinationId: byId(303), ...raw } }],
		'destination getAll': [{ parameters: {} }, { parameters: { ...raw, returnAll: true } }],
		'event get': [{ parameters: { eventId: event.id } }],
		'event getAll': [{ parameters: {} }, { parameters: { returnAll: true, filters: { delivered: true, types: ['sync.failed', 'test.ping'] } } }],
		'replyRelay getAll': [{ parameters: {} }],
		'request getAll': [{ parameters: month }, { parameters: { ...quarter, ...raw, filters: { sourceId: byId(101) } } }],
		'request getAllOfSource': [{ parameters: { sourceId: byId(104), ...month } }, { parameters: { sourceId: byId(104), ...quarter, ...raw } }],
		'request getMetrics': [{ parameters: {} }, { parameters: { from: daysAgo(40), filters: { sourceId: byId(101) } } }],
		'source getAll': [{ parameters: {} }, { parameters: raw }],
		'sync get': [{ parameters: { syncId: failed.id } }, { parameters: { syncId: String(failed.id), ...raw } }],
		'sync getAll': [
			{ parameters: month },
			{ parameters: { ...quarter, ...raw, filters: { connectionId: byId(1), sourceId: byId(101), status: 'error' } } },
		],
		'sync getAllOfSource': [
			{ parameters: { sourceId: byId(103), ...month } },
			{ parameters: { sourceId: byId(103), ...quarter, ...raw, filters: { status: 'success' } } },
		],
		'sync getMetrics': [{ parameters: {} }, { parameters: { from: daysAgo(65), filters: { connectionId: byId(1), sourceId: byId(101) } } }],
		'sync retry': [{ parameters: { syncId: failed.id } }],
		'webhook create': [
			{ parameters: { url: NOWHERE, description: 'Alerts', enabledEvents: ['sync.failed'] } },
			{ parameters: { url: NOWHERE, includeSecret: true } },
		],
		'webhook delete': [{ parameters: { webhookId } }],
		'webhook get': [{ parameters: { webhookId } }],
		'webhook getAll': [{ parameters: {} }],
		'webhook getDeliveries': [{ parameters: { webhookId } }, { parameters: { webhookId, returnAll: true, filters: { status: 'FAILED' } } }],
		'webhook replay': [{ parameters: { webhookId, deliveryId: DELIVERY_ID } }],
		'webhook rotateSecret': [{ parameters: { webhookId } }, { parameters: { webhookId, includeSecret: true } }],
		'webhook test': [{ parameters: { webhookId } }],
		'webhook update': [
			{ parameters: { webhookId, updateFields: { description: 'Alerts of the night' } } },
			{ parameters: { webhookId, updateFields: { enabledEvents: ['sync.recovered'], isActive: true, url: `${NOWHERE}/2` } } },
		],
	};
}

import type { Operation } from '../../shared/operation/operation';
import type { Resource } from '../../shared/operation/properties';
import { withAccessNotice } from '../access';
import { sendApiRequest } from './apiRequest/request';
import { getMe } from './account/getMe';
import { getAccountMetrics } from './account/getMetrics';
import { getAccountStatus } from './account/getStatus';
import { getManyBlocklists } from './blocklist/getAll';
import { pauseBlocklist } from './blocklist/pause';
import { resyncBlocklist } from './blocklist/resync';
import { getManyConnections } from './connection/getAll';
import { checkOutreach } from './contact/checkOutreach';
import { getManyDeliveries } from './delivery/getAll';
import { getManyDeliveriesOfDestination } from './delivery/getAllOfDestination';
import { getDeliveryMetrics } from './delivery/getMetrics';
import { replayDelivery } from './delivery/replay';
import { getDestination } from './destination/get';
import { getManyDestinations } from './destination/getAll';
import { getEvent } from './event/get';
import { getManyEvents } from './event/getAll';
import { getManyReplyRelays } from './replyRelay/getAll';
import { getManyRequests } from './request/getAll';
import { getManyRequestsOfSource } from './request/getAllOfSource';
import { getRequestMetrics } from './request/getMetrics';
import { getManySources } from './source/getAll';
import { getSync } from './sync/get';
import { getManySyncs } from './sync/getAll';
import { getManySyncsOfSource } from './sync/getAllOfSource';
import { getSyncMetrics } from './sync/getMetrics';
import { retrySync } from './sync/retry';
import { createWebhook } from './webhook/create';
import { deleteWebhook } from './webhook/delete';
import { getWebhook } from './webhook/get';
import { getManyWebhooks } from './webhook/getAll';
import { getWebhookDeliveries } from './webhook/getDeliveries';
import { replayWebhookDelivery } from './webhook/replay';
import { rotateWebhookSecret } from './webhook/rotateSecret';
import { testWebhook } from './webhook/sendTest';
import { updateWebhook } from './webhook/update';

export const OUTBOUND_SYNC_RESOURCES: readonly Resource[] = [
	{ id: 'account', label: 'Account' },
	{ id: 'apiRequest', label: 'API Request' },
	{ id: 'blocklist', label: 'Blocklist' },
	{ id: 'connection', label: 'Connection' },
	{ id: 'contact', label: 'Contact' },
	{ id: 'delivery', label: 'Delivery' },
	{ id: 'destination', label: 'Destination' },
	{ id: 'event', label: 'Event' },
	{ id: 'replyRelay', label: 'Reply Relay' },
	{ id: 'request', label: 'Request' },
	{ id: 'source', label: 'Source' },
	{ id: 'sync', label: 'Sync' },
	{ id: 'webhook', label: 'Webhook' },
];

/** Everything the OutboundSync node can do. */
export const OUTBOUND_SYNC_OPERATIONS: readonly Operation[] = [
	getMe,
	getAccountMetrics,
	getAccountStatus,
	sendApiRequest,
	getManyBlocklists,
	pauseBlocklist,
	resyncBlocklist,
	getManyConnections,
	checkOutreach,
	getManyDeliveries,
	getManyDeliveriesOfDestination,
	getDeliveryMetrics,
	replayDelivery,
	getDestination,
	getManyDestinations,
	getEvent,
	getManyEvents,
	getManyReplyRelays,
	getManyRequests,
	getManyRequestsOfSource,
	getRequestMetrics,
	getManySources,
	getSync,
	getManySyncs,
	getManySyncsOfSource,
	getSyncMetrics,
	retrySync,
	createWebhook,
	deleteWebhook,
	getWebhook,
	getManyWebhooks,
	getWebhookDeliveries,
	replayWebhookDelivery,
	rotateWebhookSecret,
	testWebhook,
	updateWebhook,
].map(withAccessNotice);

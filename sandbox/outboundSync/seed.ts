import { isoTime } from '../clock';
import { SeededRandom } from '../random';
import {
	outreachEvents,
	type ContactEvent,
	type Crm,
	type Delivery,
	type Destination,
	type InboundRequest,
	type OutreachEvent,
	type Sequencer,
	type Sync,
} from './model';
import type { OutboundSyncState } from './state';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const connectionSeeds: Array<[Crm, string, string]> = [
	['hubspot', 'aurora-moveis.example', '44512010'],
	['salesforce', 'boreal-energia.example', '00D5g00000SANDB'],
	['close', 'cais-logistica.example', 'orga_sandbox_03'],
];

const sourceSeeds: Array<[Sequencer, number]> = [
	['smartlead', 1],
	['instantly', 1],
	['emailbison', 2],
	['heyreach', 2],
	['smartlead', 3],
];

const emailEvents: OutreachEvent[] = ['EMAIL_SENT', 'EMAIL_SENT', 'EMAIL_OPEN', 'EMAIL_REPLY', 'EMAIL_LINK_CLICK', 'EMAIL_BOUNCE'];
const socialEvents: OutreachEvent[] = ['CONNECTION_REQUEST_SENT', 'CONNECTION_REQUEST_ACCEPTED', 'MESSAGE_SENT', 'MESSAGE_REPLY_RECEIVED'];

const syncErrors = [
	'The property "outreach_status" does not exist on contacts',
	'The access token of the CRM connection has expired',
	'REQUIRED_FIELD_MISSING: LastName',
];

/** How long ago the n-th newest of `count` records happened: a quarter in the last day, the rest over 45 days. */
function ageMs(index: number, count: number): number {
	const recent = Math.floor(count / 4);
	return index < recent
		? Math.round(((index + 0.5) / recent) * dayMs)
		: Math.round(dayMs + ((index - recent + 0.5) / (count - recent)) * 44 * dayMs);
}

/** Fills an empty account. Ids and contents are the same each time, times are relative to now. */
export function seedOutboundSync(state: OutboundSyncState): void {
	const random = new SeededRandom(20_260_101);
	const nowMs = state.clock.now();
	const ago = (ms: number): string => isoTime(nowMs - ms);

	connectionSeeds.forEach(([crm, organizationDomain, organizationId], index) => {
		state.connections.put({
			id: index + 1,
			crm,
			status: 'CONNECTED',
			organizationDomain,
			organizationId,
			capabilities: { sync: true, destinations: true, blocklists: crm !== 'close' },
			createdAt: ago(200 * dayMs),
		});
	});
	sourceSeeds.forEach(([platform, connectionId], index) => {
		state.sources.put({
			id: 101 + index,
			url: `https://app.outboundsync.com/webhooks/${random.hex(24)}`,
			platform,
			connectionId,
			crm: connectionSeeds[connectionId - 1][0],
			config: {
				createOrUpdateCompany: true,
				createOrUpdateTask: index % 2 === 0,
				assignContactOwner: false,
				salesforceObjectType: connectionId === 2 ? 'Lead' : null,
			},
			createdAt: ago((190 - index * 10) * dayMs),
		});
	});
	seedForwarding(state, ago);
	const requests = seedRequests(state, random, nowMs);
	seedSyncs(state, random, requests);
	seedDeliveries(state, random, requests);
	seedContacts(state, random, ago);
	[1, 2].forEach((connectionId) => {
		state.blocklists.put({
			id: 500 + connectionId,
			connectionId,
			listName: connectionId === 1 ? 'Customers' : 'Competitors',
			crm: connectionSeeds[connectionId - 1][0],
			platform: connectionId === 1 ? 'smartlead' : 'emailbison',
			blockType: connectionId === 1 ? 'ADDRESS' : 'DOMAIN',
			status: connectionId === 1 ? 'SYNCED' : 'CREATED',
			isEnabled: true,
			syncedCount: connectionId === 1 ? 1840 : 0,
			pendingCount: connectionId === 1 ? 0 : 265,
			lastFetchedAt: connectionId === 1 ? ago(6 * hourMs) : null,
			lastError: null,
			lastAttemptedAt: connectionId === 1 ? ago(6 * hourMs) : null,
			createdAt: ago(90 * dayMs),
			resyncStartedAt: null,
		});
	});
	seedEvents(state, random, nowMs);
}

function seedForwarding(state: OutboundSyncState, ago: (ms: number) => string): void {
	const destinations: Array<Pick<Destination, 'description' | 'sourceIds' | 'eventTypes' | 'isDelayed'>> = [
		{ description: 'Replies to n8n', sourceIds: [101], eventTypes: ['EMAIL_REPLY', 'LEAD_UNSUBSCRIBED'], isDelayed: false },
		{ description: 'Everything to the warehouse', sourceIds: [101, 104], eventTypes: [...outreachEvents], isDelayed: true },
		{ description: 'Not connected yet', sourceIds: [], eventTypes: ['EMAIL_REPLY'], isDelayed: false },
	];
	destinations.forEach((destination, index) => {
		state.destinations.put({
			id: 301 + index,
			url: `https://hooks.sandbox.example/outreach/${index + 1}`,
			connectionId: index === 2 ? 3 : 1,
			createdAt: ago((150 - index * 20) * dayMs),
			...destination,
		});
	});
	[1, 2].forEach((connectionId) => {
		state.replyRelays.put({
			id: 400 + connectionId,
			connectionId,
			description: connectionId === 1 ? 'Inside sales' : 'Field sales',
			ccEmail: `relay${connectionId}@sandbox.example`,
			delayMinutes: connectionId * 5,
			sourceIds: connectionId === 1 ? [101] : [103],
		});
	});
}

/** Puts records into a table oldest first, so that insertion order is the order of time. */
function putByAge<T extends { id: number }>(table: { put(record: T): T }, count: number, make: (age: number, id: number) => T): T[] {
	return Array.from({ length: count }, (_, index) => table.put(make(ageMs(count - 1 - index, count), index + 1)));
}

function seedRequests(state: OutboundSyncState, random: SeededRandom, nowMs: number): InboundRequest[] {
	return putByAge(state.requests, 640, (age, position) => {
		const source = random.pick(state.sources.all());
		return {
			id: 10_000 + position,
			sourceId: source.id,
			connectionId: source.connectionId,
			eventType: random.pick(source.platform === 'heyreach' ? socialEvents : emailEvents),
			httpStatus: random.below(40) === 0 ? 400 : 200,
			contactEmail: `prospect${random.below(120) + 1}@prospects.example`,
			createdAt: isoTime(nowMs - age),
		};
	});
}

function seedSyncs(state: OutboundSyncState, random: SeededRandom, requests: InboundRequest[]): void {
	requests
		.filter((request) => request.httpStatus === 200)
		.forEach((request, index) => {
			const roll = random.below(20);
			const status: Sync['status'] = roll === 0 || roll === 1 ? 'error' : roll === 2 ? 'warning' : 'success';
			state.syncs.put({
				id: 20_001 + index,
				requestId: request.id,
				sourceId: request.sourceId,
				connectionId: request.connectionId,
				crm: connectionSeeds[request.connectionId - 1][0],
				status,
				eventType: request.eventType,
				toEmail: request.contactEmail,
				message: status === 'error' ? random.pick(syncErrors) : status === 'warning' ? 'The contact has no company' : null,
				attempts: 1,
				createdAt: request.createdAt,
			});
		});
}

function seedDeliveries(state: OutboundSyncState, random: SeededRandom, requests: InboundRequest[]): void {
	const rows = requests.flatMap((request) =>
		state.destinations
			.all()
			.filter((destination) => destination.sourceIds.includes(request.sourceId))
			.filter((destination) => destination.eventTypes.includes(request.eventType))
			.map((destination) => ({ request, destination })),
	);
	rows.forEach(({ request, destination }, index) => {
		const failed = random.below(12) === 0;
		const delivery: Delivery = {
			id: 30_001 + index,
			payloadId: 40_001 + index,
			destinationId: destination.id,
			destinationUrl: destination.url,
			sourceId: request.sourceId,
			connectionId: destination.connectionId,
			eventType: request.eventType,
			status: failed ? 'error' : 'success',
			httpStatus: failed ? random.pick([404, 500, 503]) : 200,
			error: failed ? 'The endpoint did not answer with 2xx' : null,
			createdAt: request.createdAt,
		};
		state.deliveries.put(delivery);
	});
}

/** Most were written to; number 13 was only put into a category, and number 17 only opened a mail of somebody else. */
function seedContacts(state: OutboundSyncState, random: SeededRandom, ago: (ms: number) => string): void {
	Array.from({ length: 24 }, (_, index) => index + 1).forEach((position) => {
		const connectionId = random.below(3) + 1;
		const lastDaysAgo = random.below(60) + 1;
		const mails = random.below(9) + 1;
		const event = (type: OutreachEvent, daysAgo: number, platform: Sequencer = 'smartlead'): ContactEvent => ({ type, platform, at: ago(daysAgo * dayMs) });
		// An hour more, so that the whole days since are as many as here.
		const sent = Array.from({ length: mails }, (_, index) => event('EMAIL_SENT', lastDaysAgo + 1 / 24 + (mails - 1 - index) * 2));
		const usual = [
			...(position % 3 === 0 ? [event('CONNECTION_REQUEST_SENT', lastDaysAgo + 20, 'heyreach')] : [event('EMAIL_OPEN', lastDaysAgo)]),
			...sent,
			...(position % 5 === 0 ? [event('EMAIL_REPLY', lastDaysAgo)] : []),
			...(position % 8 === 0 ? [event('LEAD_UNSUBSCRIBED', lastDaysAgo)] : []),
			...(position % 11 === 0 ? [event('EMAIL_BOUNCE', lastDaysAgo)] : []),
		];
		const inCategory = { ...event('LEAD_CATEGORY_UPDATED', lastDaysAgo), category: 'Interested' };
		state.contacts.put({
			id: `prospect${position}@prospects.example`,
			profileUrls: [`https://www.linkedin.com/in/prospect-${position}`, `https://x.com/prospect${position}`],
			connectionId,
			events: position === 13 ? [inCategory] : position === 17 ? [event('EMAIL_OPEN', 2)] : position % 10 === 0 ? [...usual, inCategory] : usual,
		});
	});
}

function seedEvents(state: OutboundSyncState, random: SeededRandom, nowMs: number): void {
	Array.from({ length: 60 }, (_, index) => 59 - index).forEach((newness) => {
		const failed = newness % 2 === 1;
		const source = random.pick(state.sources.all());
		state.events.put({
			id: `osevt_${random.hex(24)}`,
			type: failed ? 'sync.failed' : 'sync.recovered',
			summary: `${failed ? 'Syncs are failing' : 'Syncs work again'} for source ${source.id}`,
			data: {
				connectionId: source.connectionId,
				crm: source.crm,
				sourceId: source.id,
				sourcePlatform: source.platform,
				...(failed && {
					consecutiveFailures: random.below(9) + 3,
					reason: random.pick(syncErrors),
					remediation: 'Check the CRM connection, then retry the failed syncs',
				}),
			},
			connectionId: source.connectionId,
			sourceId: source.id,
			delivered: random.below(4) > 0,
			createdAt: isoTime(nowMs - ageMs(newness, 60)),
		});
	});
}

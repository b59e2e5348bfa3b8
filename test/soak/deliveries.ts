import type { Sandbox } from '../../sandbox';
import { post } from '../../sandbox/webhooks/post';
import { signDelivery } from '../../sandbox/webhooks/sign';
import type { Collector } from './collector';

const ANSWER_TIMEOUT_MS = 10_000;
/** Long enough for the first retry of either vendor, which comes after a minute. */
const EXECUTION_TIMEOUT_MS = 120_000;
const HOUR_SECONDS = 3600;

/** Where the three triggers listen. */
export interface TriggerUrls {
	salesOs: string;
	sync: string;
	forwarded: string;
}

export interface SenderOptions {
	sandbox: Sandbox;
	collector: Collector;
	urls: TriggerUrls;
	/** The header that a forwarded event must carry. */
	forwardingHeaders: Record<string, string>;
}

/** How many events of each kind are under way at a time. */
const LANES = { salesOs: 3, sync: 3, forwarded: 2 } as const;
const CONCURRENCY = LANES.salesOs + LANES.sync + LANES.forwarded;

/** Of so many events one is delivered again. */
const REPEATED_OF = 25;
const FORGERIES_A_ROUND = 14;

/** An event that has been executed, and how its vendor sends it once more. */
interface SentEvent {
	id: string;
	repeat(): Promise<void>;
}

type Kind = keyof typeof LANES;

/** Sends events to the triggers as the vendors do, and beside them repetitions and forgeries. */
export class Sender {
	/** Every genuine event, by what its execution reports. */
	readonly eventIds: string[] = [];

	repeated = 0;
	/** The answers to forgeries, which must all be 401. */
	readonly forgeryStatuses = new Map<number | null, number>();
	/** Answers to forwarded events and to their repetitions, which must all be 200. */
	readonly forwardedStatuses = new Map<number | null, number>();

	private readonly raise: Record<Kind, (label: string) => SentEvent | Promise<SentEvent>> = {
		salesOs: (label) => this.raiseSalesOs(label),
		sync: () => this.raiseSync(),
		forwarded: async (label) => await this.forward(label),
	};

	constructor(private readonly options: SenderOptions) {}

	/** Sends a number of events, each when the one before it in its lane has been executed; then repetitions and forgeries. */
	async sendRound(round: number, count: number): Promise<void> {
		const { outboundSync, salesOs } = this.options.sandbox;
		const sent: SentEvent[] = [];
		const lane = async (kind: Kind, index: number): Promise<void> => {
			for (let turn = 0; turn < count / CONCURRENCY; turn += 1) {
				const event = await this.raise[kind](`${round}-${index}-${turn}`);
				await this.options.collector.reported(event.id, EXECUTION_TIMEOUT_MS);
				sent.push(event);
			}
		};
		const kinds = Object.keys(LANES) as Kind[];
		await Promise.all(kinds.flatMap((kind) => Array.from({ length: LANES[kind] }, async (_, index) => await lane(kind, index))));
		await Promise.all([salesOs.events.deliverer.idle(), outboundSync.events.deliverer.idle()]);
		this.eventIds.push(...sent.map(({ id }) => id));

		for (const event of sent.filter((_, index) => index % REPEATED_OF === 0)) {
			await event.repeat();
			this.repeated += 1;
		}
		await this.forge(round);
	}

	private raiseSalesOs(label: string): SentEvent {
		const { events } = this.options.sandbox.salesOs;
		const { id } = events.raise('deal.won', wonDeal(label));
		return { id, repeat: async () => await replay(events, id) };
	}

	private raiseSync(): SentEvent {
		const { events, state } = this.options.sandbox.outboundSync;
		const { id } = events.raiseSyncFailed(state.sources.all()[0]);
		return { id, repeat: async () => await replay(events, id) };
	}

	/** A forwarded event has no ID: its contact's address tells it from others. A repetition has the same body. */
	private async forward(label: string): Promise<SentEvent> {
		const { forwardingHeaders: headers, sandbox, urls } = this.options;
		const id = `reply-${label}@soak.example.com`;
		const { payload, status } = await sandbox.outboundSync.forward(
			urls.forwarded,
			{ sequencer: 'smartlead', event: 'EMAIL_REPLY', email: id },
			headers,
		);
		count(this.forwardedStatuses, status);
		const repeat = async () => {
			const again = await post({ url: urls.forwarded, headers, body: JSON.stringify(payload), timeoutMs: ANSWER_TIMEOUT_MS });
			count(this.forwardedStatuses, again.status);
		};
		return { id, repeat };
	}

	/** Events nobody raised, each wrong in one way. */
	private async forge(round: number): Promise<void> {
		const { sandbox, urls, forwardingHeaders } = this.options;
		const eventId = `forged-${round}`;
		const salesOsBody = JSON.stringify({ id: eventId, type: 'deal.won', data: wonDeal(eventId) });
		const syncBody = JSON.stringify({ id: eventId, type: 'sync.failed', created: new Date().toISOString(), summary: 'Forged', data: {} });
		const repliedBody = JSON.stringify({ event_type: 'EMAIL_REPLY', to_email: eventId, stats_id: eventId });
		const salesOsSecret = secretOf(sandbox.salesOs.state.webhooks.all(), urls.salesOs);
		const syncSecret = secretOf(sandbox.outboundSync.state.webhooks.all(), urls.sync);
		const nowSeconds = Math.floor(Date.now() / 1000);
		const signed = (secret: string, rawBody: string) =>
			signDelivery('prefixedBody', { secret, rawBody, eventId, timestampSeconds: nowSeconds, headerPrefix: 'X-SalesOS', encoding: 'hex' });
		const stamped = (secret: string, timestampSeconds: number) =>
			signDelivery('timestamped', { secret, rawBody: syncBody, eventId, timestampSeconds, headerPrefix: 'OutboundSync', encoding: 'hex' });
		const [headerName] = Object.keys(forwardingHeaders);
		const forgeries: ReadonlyArray<readonly [url: string, body: string, headers: Record<string, string>]> = [
			[urls.salesOs, salesOsBody, {}],
			[urls.salesOs, salesOsBody, signed(`${salesOsSecret}x`, salesOsBody)],
			[urls.salesOs, salesOsBody, signed(salesOsSecret, `${salesOsBody} `)],
			[urls.sync, syncBody, stamped(`${syncSecret}x`, nowSeconds)],
			[urls.sync, syncBody, stamped(syncSecret, nowSeconds - HOUR_SECONDS)],
			[urls.forwarded, repliedBody, {}],
			[urls.forwarded, repliedBody, { [headerName]: 'a guess of the right length?' }],
		];
		for (let index = 0; index < FORGERIES_A_ROUND; index += 1) {
			const [url, body, headers] = forgeries[index % forgeries.length];
			const { status } = await post({ url, headers, body, timeoutMs: ANSWER_TIMEOUT_MS });
			count(this.forgeryStatuses, status);
		}
	}
}

/** About a kilobyte, as a deal with its custom fields is. */
function wonDeal(id: string): Record<string, unknown> {
	return { id, title: `Deal ${id}`, value: 12_500, status: 'won', custom_fields: { note: 'n'.repeat(800) } };
}

/** The same event with the same body, signed anew, as a vendor that got no answer sends it. */
async function replay({ deliverer, deliveries }: Pick<Sandbox['salesOs']['events'], 'deliverer' | 'deliveries'>, eventId: string): Promise<void> {
	const delivery = deliveries.all().findLast((candidate) => candidate.eventId === eventId);
	if (!delivery) throw new Error(`The sandbox has no delivery of event ${eventId}`);
	deliverer.replay(delivery.id);
	await deliverer.idle();
}

function secretOf(hooks: ReadonlyArray<{ url: string; secret: string | null }>, url: string): string {
	const secret = hooks.find((hook) => hook.url === url)?.secret;
	if (!secret) throw new Error(`No webhook with a secret is registered for ${url}`);
	return secret;
}

function count(counts: Map<number | null, number>, status: number | null): void {
	counts.set(status, (counts.get(status) ?? 0) + 1);
}

import { Quota, type QuotaDelay, type QuotaNews, type QuotaSend, type QuotaSpec, type QuotaWish } from './quota';

/** The effects that waiting needs, passed in so that tests can run on a virtual clock. */
export interface Clock {
	/** Epoch milliseconds. */
	now(): number;
	sleep(ms: number): Promise<void>;
	/** From 0 up to 1. */
	random(): number;
}

export interface TurnRequest {
	/** All the quotas that the request draws on; it goes when every one of them lets it. */
	readonly quotas: readonly QuotaSpec[];
	readonly wish: QuotaWish;
	/** The longest stated wait to accept; a longer one ends the turn at once. */
	readonly maxWaitMs: number;
	readonly isCancelled: () => boolean;
	/** Told when the turn begins to wait for a point in time, with the quota's label. */
	readonly onWait?: (label: string) => void;
}

/** The right to send one request. Must be ended, whatever became of the request. */
export interface Turn {
	/** @param newsOf what the answer told about the given quota */
	end(newsOf: (spec: QuotaSpec) => QuotaNews): void;
}

export type TurnResult =
	| { readonly kind: 'granted'; readonly turn: Turn }
	| { readonly kind: 'cancelled' }
	| { readonly kind: 'tooLong'; readonly label: string; readonly resumeAtMs: number };

interface Ticket {
	readonly request: TurnRequest;
	readonly quotas: readonly Quota[];
	/** The point in time that it waits for; undefined while it waits for an answer. */
	lookAgainAtMs: number | undefined;
	result: TurnResult | undefined;
	settle: () => void;
	readonly settled: Promise<void>;
}

/** A cancelled execution must end within a second, and there is no event for it in all contexts. */
const LONGEST_NAP_MS = 250;

/**
 * Hands out turns on quotas, first come first served, to all executions of the process.
 *
 * A request that must wait never holds up one that draws on other quotas: the oldest ticket that
 * all its quotas let go is the next. On the quota that it waits for, nobody passes it: otherwise one
 * with a smaller limit or share of its own would never have its turn beside others who use up what
 * they may. There are no timers: those who wait nap, and whoever wakes serves everybody.
 */
export class TurnKeeper {
	private readonly quotas = new Map<string, Quota>();

	private readonly waiting = new Set<Ticket>();

	private servedAtMs = -Infinity;

	constructor(private readonly clock: Clock) {}

	async take(request: TurnRequest): Promise<TurnResult> {
		const ticket = this.enqueue(request);
		this.serve();
		while (ticket.result === undefined) {
			const leftMs = (ticket.lookAgainAtMs ?? Infinity) - this.clock.now();
			await Promise.race([ticket.settled, this.clock.sleep(Math.min(LONGEST_NAP_MS, Math.max(1, leftMs)))]);
			if (ticket.result === undefined && (request.isCancelled() || this.isDue(ticket))) this.serve();
		}
		return ticket.result;
	}

	/**
	 * Its time has come, or nobody has looked for a while: a window may end while the answer that a
	 * ticket waits for does not come.
	 */
	private isDue({ lookAgainAtMs = Infinity }: Ticket): boolean {
		return this.clock.now() >= Math.min(lookAgainAtMs, this.servedAtMs + LONGEST_NAP_MS);
	}

	/** How many quotas are remembered; idle ones are dropped with the next turn. */
	get size(): number {
		return this.quotas.size;
	}

	private enqueue(request: TurnRequest): Ticket {
		this.dropIdle();
		let settle = (): void => undefined;
		const settled = new Promise<void>((resolve) => {
			settle = resolve;
		});
		const ticket: Ticket = {
			request,
			quotas: request.quotas.map((spec) => this.quotaFor(spec)),
			lookAgainAtMs: undefined,
			result: undefined,
			settle,
			settled,
		};
		this.waiting.add(ticket);
		return ticket;
	}

	private quotaFor(spec: QuotaSpec): Quota {
		const known = this.quotas.get(spec.key);
		if (known) return known;
		const quota = new Quota(spec);
		this.quotas.set(spec.key, quota);
		return quota;
	}

	private dropIdle(): void {
		const nowMs = this.clock.now();
		const awaited = new Set([...this.waiting].flatMap(({ quotas }) => quotas));
		for (const [key, quota] of this.quotas) {
			if (!awaited.has(quota) && quota.isIdle(nowMs)) this.quotas.delete(key);
		}
	}

	/** Grants every turn that can go now, oldest first. */
	private serve(): void {
		const nowMs = this.clock.now();
		this.servedAtMs = nowMs;
		const held: Holds = new Map();
		for (const ticket of this.waiting) {
			const { isCancelled, maxWaitMs, onWait } = ticket.request;
			const delays = delaysOf(ticket, nowMs, held);
			const longest = longestOf(delays);
			const untilMs = longest?.untilMs;
			ticket.lookAgainAtMs = untilMs;
			if (isCancelled()) {
				this.finish(ticket, { kind: 'cancelled' });
			} else if (longest === undefined) {
				this.grant(ticket, nowMs);
			} else if (untilMs !== undefined && untilMs - nowMs > maxWaitMs) {
				this.finish(ticket, { kind: 'tooLong', label: longest.label, resumeAtMs: untilMs });
			} else {
				if (untilMs !== undefined) onWait?.(longest.label);
				for (const delay of delays) if (delay.untilMs !== undefined) held.set(delay.quota, delay.untilMs);
			}
		}
	}

	private grant(ticket: Ticket, nowMs: number): void {
		const { wish, quotas: specs } = ticket.request;
		const sends: QuotaSend[] = ticket.quotas.map((quota) => quota.begin(nowMs));
		const turn: Turn = {
			end: (newsOf) => {
				const endedAtMs = this.clock.now();
				ticket.quotas.forEach((quota, index) => {
					quota.end(sends[index], endedAtMs, newsOf(specs[index]), wish);
				});
				this.serve();
			},
		};
		this.finish(ticket, { kind: 'granted', turn });
	}

	private finish(ticket: Ticket, result: TurnResult): void {
		this.waiting.delete(ticket);
		ticket.result = result;
		ticket.settle();
	}
}

/** The quotas that an older ticket waits for, and until when. */
type Holds = Map<Quota, number>;

interface Delay {
	readonly quota: Quota;
	/** Undefined while it is an answer that is waited for. */
	readonly untilMs?: number;
}

/** What keeps a ticket from going, by quota; empty when it may go. */
function delaysOf({ quotas, request }: Ticket, nowMs: number, held: Holds): Delay[] {
	return quotas.flatMap((quota) => {
		const own: QuotaDelay = quota.delay(nowMs, request.wish);
		const heldUntilMs = held.get(quota);
		if (own === undefined && heldUntilMs === undefined) return [];
		const untilMs = Math.max(own?.untilMs ?? 0, heldUntilMs ?? 0);
		return [{ quota, untilMs: untilMs > 0 ? untilMs : undefined }];
	});
}

/** The delay that decides: the latest stated time, else "until an answer", else none. */
function longestOf(delays: readonly Delay[]): { readonly untilMs?: number; readonly label: string } | undefined {
	if (delays.length === 0) return undefined;
	const { quota, untilMs } = delays.reduce((longest, delay) => ((delay.untilMs ?? 0) > (longest.untilMs ?? 0) ? delay : longest));
	return { untilMs, label: quota.spec.label };
}

import { setMaxListeners } from 'node:events';

import { isoTime, type Clock } from '../clock';
import type { Table } from '../store/store';
import { isSuccess, post } from './post';

export const deliveryStatuses = ['PENDING', 'SUCCEEDED', 'FAILED', 'DEAD'] as const;
/** PENDING before the first attempt, FAILED while retries remain, DEAD when none do. */
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export interface Attempt {
	at: string;
	/** The answer's status; null where none came. */
	status: number | null;
	error: string | null;
	responseBody: string;
}

/** The delivery of one event to one webhook. */
export interface WebhookDelivery {
	id: string;
	webhookId: string;
	eventId: string;
	eventType: string;
	url: string;
	/** Exactly the bytes sent. */
	body: string;
	/** ID of the delivery that this one repeats. */
	replayOf?: string;
	status: DeliveryStatus;
	attempts: Attempt[];
	nextAttemptAt: string | null;
	createdAt: string;
}

export interface DeliveryRules {
	/** The waits between attempts; after the last one fails the delivery is dead. */
	retryDelaysSeconds: readonly number[];
	attemptTimeoutMs: number;
	/** Answers after which no further attempt is made. */
	finalStatuses: readonly number[];
}

export interface DelivererOptions {
	rules: DeliveryRules;
	clock: Clock;
	deliveries: Table<WebhookDelivery>;
	timeCompression: () => number;
	/** Where a delivery goes and what signs it, read anew for each attempt; undefined drops it. */
	target(delivery: WebhookDelivery): { url: string; headers: Record<string, string> } | undefined;
	/** Counts the failures of a webhook, and may deactivate it. */
	attempted(delivery: WebhookDelivery, succeeded: boolean): void;
}

/** Carries deliveries out by a vendor's rules, and keeps the log. */
export class Deliverer {
	private readonly timers = new Map<string, NodeJS.Timeout>();
	private readonly running = new Set<string>();
	private idleWaiters: Array<() => void> = [];
	private readonly stopping = new AbortController();

	constructor(private readonly options: DelivererOptions) {
		// Every delivery under way listens to it, and there may be any number of them.
		setMaxListeners(0, this.stopping.signal);
	}

	/** Sends a delivery now and retries it by the rules. */
	start(delivery: Omit<WebhookDelivery, 'status' | 'attempts' | 'nextAttemptAt' | 'createdAt'>): WebhookDelivery {
		const started = this.options.deliveries.put({
			...delivery,
			status: 'PENDING',
			attempts: [],
			nextAttemptAt: null,
			createdAt: isoTime(this.options.clock.now()),
		});
		this.schedule(started.id, 0);
		return started;
	}

	/** Sends a delivery again, with the same ids and a fresh count of retries. */
	replay(id: string): WebhookDelivery | undefined {
		const delivery = this.options.deliveries.get(id);
		if (!delivery) return undefined;
		const replayed = this.options.deliveries.change(id, { status: 'PENDING', attempts: [], nextAttemptAt: null });
		this.schedule(id, 0);
		return replayed;
	}

	/** Takes up again what a stopped sandbox left unsent in its file. */
	resume(): void {
		for (const { id, status, nextAttemptAt } of this.options.deliveries.all()) {
			if (status !== 'PENDING' && status !== 'FAILED') continue;
			const waitMs = nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt) - this.options.clock.now();
			this.schedule(id, Math.max(0, waitMs) / this.options.timeCompression());
		}
	}

	/** Gives up what is still to be sent to a webhook, as when it was removed or deactivated. */
	abandon(webhookId: string): void {
		for (const id of [...this.timers.keys()]) {
			if (this.options.deliveries.get(id)?.webhookId !== webhookId) continue;
			this.unschedule(id);
			this.options.deliveries.change(id, { status: 'DEAD', nextAttemptAt: null });
		}
		this.announceIdle();
	}

	/** Resolves once nothing is being sent and no retry is waiting. */
	async idle(): Promise<void> {
		if (this.timers.size + this.running.size === 0) return;
		await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
	}

	/** Forgets every retry that is waiting; the log stays. */
	cancelAll(): void {
		for (const id of [...this.timers.keys()]) this.unschedule(id);
		this.announceIdle();
	}

	stop(): void {
		this.stopping.abort();
		this.cancelAll();
	}

	private schedule(id: string, delayMs: number): void {
		this.unschedule(id);
		this.timers.set(
			id,
			setTimeout(() => {
				this.timers.delete(id);
				void this.attempt(id);
			}, delayMs).unref(),
		);
	}

	private unschedule(id: string): void {
		clearTimeout(this.timers.get(id));
		this.timers.delete(id);
	}

	private async attempt(id: string): Promise<void> {
		const { deliveries, clock, rules } = this.options;
		const delivery = deliveries.get(id);
		const target = delivery && this.options.target(delivery);
		if (!delivery || !target) {
			if (delivery) deliveries.change(id, { status: 'DEAD', nextAttemptAt: null });
			this.announceIdle();
			return;
		}
		this.running.add(id);
		const at = isoTime(clock.now());
		const outcome = await post({
			...target,
			body: delivery.body,
			timeoutMs: rules.attemptTimeoutMs,
			signal: this.stopping.signal,
		});
		this.running.delete(id);
		// The log may have been cleared, or the sandbox stopped, while the receiver took its time.
		if (this.stopping.signal.aborted || !deliveries.get(id)) {
			this.announceIdle();
			return;
		}
		const attempt: Attempt = { at, status: outcome.status, error: outcome.error, responseBody: outcome.responseBody };
		const attempts = [...delivery.attempts, attempt];
		const succeeded = isSuccess(outcome);
		const waitSeconds = rules.retryDelaysSeconds[attempts.length - 1];
		const isOver =
			waitSeconds === undefined || (outcome.status !== null && rules.finalStatuses.includes(outcome.status));
		const retryInMs = succeeded || isOver ? null : (waitSeconds * 1000) / this.options.timeCompression();
		const updated = deliveries.change(id, {
			url: target.url,
			attempts,
			status: succeeded ? 'SUCCEEDED' : retryInMs === null ? 'DEAD' : 'FAILED',
			nextAttemptAt: retryInMs === null ? null : isoTime(clock.now() + retryInMs),
		});
		if (retryInMs !== null) this.schedule(id, retryInMs);
		this.options.attempted(updated, succeeded);
		this.announceIdle();
	}

	private announceIdle(): void {
		if (this.timers.size + this.running.size > 0) return;
		const waiters = this.idleWaiters;
		this.idleWaiters = [];
		for (const resolve of waiters) resolve();
	}
}

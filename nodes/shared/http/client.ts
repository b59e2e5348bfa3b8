import { sleep, type NodeApiError } from 'n8n-workflow';

import { backoffMs, decide } from './decision';
import { Exchange, type ExchangeContext, type SentBody } from './exchange';
import { toNodeApiError, type Failure, type FailureKind } from './failure';
import { failureFacts } from './failureFacts';
import { headersOf, isStatus, type Outcome } from './outcome';
import type { QuotaNews, QuotaSpec, QuotaWish } from './quota';
import { readRateLimitWindow, serverAheadMs } from './rateLimitHeaders';
import type { ApiAnswer, ApiRequest } from './request';
import { readRetryHintMs } from './retryHint';
import type { RunReport } from './runReport';
import type { Connection, Service } from './service';
import { TurnKeeper, type Clock, type Turn, type TurnResult } from './turns';
import { MultipartBody, type Upload } from './upload';

/** What a node may set about sending; see the options of the nodes. */
export interface SendSettings {
	readonly wish: QuotaWish;
	/** How often a request is sent again after a 429 or a fault. */
	readonly maxRetries: number;
	/** The longest single wait for a quota or a server's hint; a longer one fails at once. */
	readonly maxWaitMs: number;
	readonly timeoutMs: number;
}

export type SendResult =
	| { readonly ok: true; readonly answer: ApiAnswer; readonly sentAtMs: number }
	| { readonly ok: false; readonly failure: Failure; readonly sentAtMs?: number };

/** The part of n8n's contexts that sending needs; execute, hook, poll and load contexts have it. */
export interface SendContext extends ExchangeContext {
	getNode(): Parameters<typeof toNodeApiError>[0];
}

/** Spreads workers that wake at the same moment; added to the server's time, never subtracted. */
const PAUSE_JITTER_MS = 500;

export const REAL_CLOCK: Clock = { now: Date.now, sleep, random: Math.random };

/** Quotas are shared by all executions of this process; see the README on several processes. */
const PROCESS_TURNS = new TurnKeeper(REAL_CLOCK);

export interface ClientParts {
	readonly service: Service;
	readonly connection: Connection;
	readonly settings: SendSettings;
	readonly report: RunReport;
	readonly clock?: Clock;
	readonly turns?: TurnKeeper;
}

/**
 * Sends requests of one service with one credential: waits for the quota, sends, decides by the
 * outcome, and repeats where that is safe.
 */
export class ApiClient {
	readonly clock: Clock;

	/** How far the server's clock is ahead of ours, as of the latest answer that told; undefined before. */
	serverAheadMs: number | undefined;

	private readonly turns: TurnKeeper;

	private readonly exchange: Exchange;

	constructor(
		private readonly context: SendContext,
		private readonly parts: ClientParts,
	) {
		this.clock = parts.clock ?? REAL_CLOCK;
		this.turns = parts.turns ?? PROCESS_TURNS;
		this.exchange = new Exchange(context, parts.connection, parts.settings.timeoutMs, this.clock);
	}

	/** How many requests are worth preparing at the same time. */
	get maxConcurrency(): number {
		return this.parts.settings.wish.maxConcurrency;
	}

	/** How often a request is sent again after a 429 or a fault. */
	get maxRetries(): number {
		return this.parts.settings.maxRetries;
	}

	/** A key for what must not happen twice at once for this account, e.g. creating a given email. */
	lockKey(subject: string): string {
		const { accountDigest, baseUrl } = this.parts.connection;
		return `${baseUrl} ${accountDigest} ${subject.toLowerCase()}`;
	}

	/** @throws NodeApiError that says what happened and how to go on */
	async send(request: ApiRequest, itemIndex?: number): Promise<ApiAnswer> {
		const result = await this.trySend(request);
		if (result.ok) return result.answer;
		throw this.errorFor(result.failure, itemIndex);
	}

	errorFor(failure: Failure, itemIndex?: number): NodeApiError {
		return toNodeApiError(this.context.getNode(), failure, itemIndex);
	}

	/** Like {@link send}, with the failure as data for those who can do something about it. */
	async trySend(request: ApiRequest): Promise<SendResult> {
		const { service, settings } = this.parts;
		const json = request.body === undefined ? undefined : JSON.stringify(request.body);
		const bytes = json === undefined ? 0 : Buffer.byteLength(json);
		let attempts = 0;
		let waitedMs = 0;
		let sentAtMs: number | undefined;
		const fail = (kind: FailureKind, facts: Partial<Failure>): SendResult => ({
			ok: false,
			sentAtMs,
			failure: { kind, service: service.name, request, attempts, waitedMs, ...facts },
		});

		if (bytes > service.maxRequestBytes) {
			const problem = `its body has ${bytes} bytes, and at most ${service.maxRequestBytes} are taken`;
			return fail('tooLarge', { problem });
		}
		const body = request.upload ? formOf(request.upload) : jsonBody(json);
		// Once an outcome was unknown, a 404 on deleting means that an earlier try got through.
		let mayHaveHappened = false;
		const quotas = service.quotasFor(this.parts.connection, request);
		for (;;) {
			const turn = await this.takeTurn(quotas, (ms) => (waitedMs += ms));
			if (turn.kind === 'cancelled') return fail('cancelled', { problem: mayHaveHappened ? UNSURE : undefined });
			if (turn.kind === 'tooLong') {
				return fail('tooLong', { problem: `${turn.label} is used up until then`, retryAtMs: turn.resumeAtMs });
			}
			attempts += 1;
			this.parts.report.requests += 1;
			sentAtMs = this.clock.now();
			const outcome = await this.sendInTurn(turn.turn, { request, body, quotas, attempts });
			const hintMs = this.retryHintMs(outcome);
			const verdict = decide(request, outcome);
			if (outcome.kind === 'success') return { ok: true, answer: outcome.answer, sentAtMs };
			if (mayHaveHappened && request.method === 'DELETE' && isStatus(outcome, 404)) {
				return { ok: true, answer: { status: 404, headers: {}, body: undefined }, sentAtMs };
			}
			mayHaveHappened ||= outcome.kind !== 'notSent' && (verdict === 'retry' || verdict === 'unknown');
			const facts = failureFacts(outcome, { ...this.parts, request, nowMs: this.clock.now() });
			if (this.isCancelled()) {
				return fail('cancelled', { ...facts, problem: mayHaveHappened ? UNSURE : undefined });
			}
			if (verdict === 'fail') return fail(FAILURES[outcome.kind] ?? 'refused', facts);
			if (verdict === 'unknown') return fail('unknown', facts);
			if (outcome.kind === 'refused' && outcome.status === 429) this.parts.report.rateLimited += 1;
			if (attempts > settings.maxRetries) return fail(isStatus(outcome, 429) ? 'refused' : 'exhausted', facts);

			// After a 429 the quota is paused, and the next turn waits for it.
			if (verdict === 'wait') continue;
			this.parts.report.retries += 1;
			const waitMs = Math.max(hintMs ?? 0, backoffMs(attempts, this.clock.random));
			if (waitMs > settings.maxWaitMs) {
				return fail('tooLong', { ...facts, retryAtMs: this.clock.now() + waitMs });
			}
			waitedMs += await this.wait(waitMs, 'a fault of the server');
		}
	}

	private async takeTurn(
		quotas: readonly QuotaSpec[],
		addWaitMs: (ms: number) => void,
	): Promise<TurnResult> {
		const { report, settings } = this.parts;
		let endWait: (() => void) | undefined;
		const startMs = this.clock.now();
		const result = await this.turns.take({
			quotas,
			wish: settings.wish,
			maxWaitMs: settings.maxWaitMs,
			isCancelled: () => this.isCancelled(),
			onWait: (label) => {
				endWait ??= report.beginWait(label);
			},
		});
		if (endWait) addWaitMs(this.clock.now() - startMs);
		endWait?.();
		return result;
	}

	/** Sends once and ends the turn, whatever happens: a turn that is not ended would hold its quotas up for good. */
	private async sendInTurn(turn: Turn, sending: SendingOnce): Promise<Outcome> {
		let outcome: Outcome = NOTHING_KNOWN;
		try {
			outcome = await this.exchange.send(sending.request, sending.body);
			const headers = headersOf(outcome);
			this.serverAheadMs = (headers && serverAheadMs(headers, this.clock.now())) ?? this.serverAheadMs;
			return outcome;
		} finally {
			turn.end(this.newsOf(outcome, sending));
		}
	}

	private retryHintMs(outcome: Outcome): number | undefined {
		if (outcome.kind !== 'refused') return undefined;
		// X-RateLimit-Reset says nothing about when a broken gateway will be well again.
		const isHint = outcome.status === 429 || (outcome.status === 503 && 'retry-after' in outcome.headers);
		return isHint ? readRetryHintMs(outcome.headers, outcome.body, this.clock.now()) : undefined;
	}

	/** What an outcome tells each of the quotas it was sent under. */
	private newsOf(outcome: Outcome, { quotas, attempts }: SendingOnce): (spec: QuotaSpec) => QuotaNews {
		const headers = headersOf(outcome);
		const isOverloaded =
			outcome.kind === 'lost' ||
			(outcome.kind === 'refused' && (outcome.status === 429 || outcome.status >= 500));
		const news: QuotaNews = {
			sends: sendsOf(outcome),
			answered: headers !== undefined,
			window: headers && readRateLimitWindow(headers, this.clock.now()),
			effect: outcome.kind === 'success' ? 'grow' : isOverloaded ? 'shrink' : 'keep',
		};
		const pausedUntilMs = this.pausedUntilMs(outcome, attempts);
		const paused = this.pausedQuotas(outcome, quotas);
		return (spec) => ({ ...news, pausedUntilMs: paused.includes(spec) ? pausedUntilMs : undefined });
	}

	private pausedUntilMs(outcome: Outcome, attempts: number): number | undefined {
		if (!isStatus(outcome, 429)) return undefined;
		const { now, random } = this.clock;
		return now() + (this.retryHintMs(outcome) ?? backoffMs(attempts, random)) + PAUSE_JITTER_MS * random();
	}

	/** The quotas that a 429 is about; one that is about none of them is taken to be about all. */
	private pausedQuotas(outcome: Outcome, quotas: readonly QuotaSpec[]): readonly QuotaSpec[] {
		if (outcome.kind !== 'refused' || outcome.status !== 429) return [];
		const meant = quotas.filter((spec) => this.parts.service.isAbout(spec, outcome));
		return meant.length > 0 ? meant : quotas;
	}

	/** Waits in naps, so that a cancelled execution ends within one. @returns the time waited, ms */
	async wait(waitMs: number, reason: string): Promise<number> {
		const startMs = this.clock.now();
		const endWait = this.parts.report.beginWait(reason);
		while (!this.isCancelled()) {
			const leftMs = startMs + waitMs - this.clock.now();
			if (leftMs <= 0) break;
			await this.clock.sleep(Math.min(leftMs, 250));
		}
		endWait();
		return this.clock.now() - startMs;
	}

	isCancelled(): boolean {
		return this.exchange.isCancelled();
	}
}

/** Of a request that was cancelled when an answer was out or lost. */
const UNSURE = 'the request may or may not have been carried out';

/** What a send that is not worth another try is called, by its outcome; `refused` for the others. */
const FAILURES: Partial<Record<Outcome['kind'], FailureKind>> = { blocked: 'blocked', unreadable: 'unusable' };

/** One send of a request, and what it is sent under. */
interface SendingOnce {
	readonly request: ApiRequest;
	readonly body: SentBody | undefined;
	readonly quotas: readonly QuotaSpec[];
	/** How often it has been sent, this time included. */
	readonly attempts: number;
}

/** How often a request went out: n8n repeats every 401 once by itself. */
function sendsOf(outcome: Outcome): number {
	if (outcome.kind === 'notSent' || outcome.kind === 'blocked') return outcome.sends ?? 0;
	return isStatus(outcome, 401) ? 2 : 1;
}

/** What the quotas are told if not even an outcome came out: it may have been sent. */
const NOTHING_KNOWN: Outcome = { kind: 'lost', problem: 'the request ended without an outcome', timedOut: false };

function jsonBody(json: string | undefined): SentBody | undefined {
	return json === undefined ? undefined : { type: 'application/json', content: json };
}

function formOf(upload: Upload): SentBody {
	const form = new MultipartBody(upload);
	return { type: form.type, content: form };
}

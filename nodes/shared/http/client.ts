import { sleep, type IHttpRequestOptions, type NodeApiError } from 'n8n-workflow';

import { isBodyStream, readBody } from './body';
import { backoffMs, decide } from './decision';
import { toNodeApiError, type Failure, type FailureKind } from './failure';
import { parseHttpDate } from './httpDate';
import { isNestedTooDeeply, parseJson } from './json';
import { outcomeOfTransportError, type Outcome } from './outcome';
import type { QuotaNews, QuotaSpec, QuotaWish } from './quota';
import { readRateLimitWindow, serverAheadMs } from './rateLimitHeaders';
import { queryString, type ApiAnswer, type ApiRequest } from './request';
import { isRecord, readRetryHintMs } from './retryHint';
import type { RunReport } from './runReport';
import type { Connection, Refusal, Service } from './service';
import { readResponse, readThrown, type RawResponse } from './thrown';
import { TurnKeeper, type Clock, type TurnResult } from './turns';
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
export interface SendContext {
	getNode(): Parameters<typeof toNodeApiError>[0];
	getExecutionCancelSignal?(): AbortSignal | undefined;
	helpers: {
		httpRequestWithAuthentication(
			this: SendContext,
			credentialType: string,
			options: IHttpRequestOptions,
		): Promise<unknown>;
	};
}

/** Answers are pages of at most 500 records; this is far above any of them. */
const MAX_ANSWER_BYTES = 16_000_000;
/** Files are put together in memory; this is what SalesOS documents as the largest one. */
const MAX_FILE_BYTES = 50_000_000;
/** Spreads workers that wake at the same moment; added to the server's time, never subtracted. */
const PAUSE_JITTER_MS = 500;

const NO_CONTENT = 204;

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
 * outcome, and repeats where that is safe. The only place in the package that reaches the network.
 */
export class ApiClient {
	readonly clock: Clock;

	/** How far the server's clock is ahead of ours, as of its latest answer. */
	serverAheadMs = 0;

	private readonly turns: TurnKeeper;

	constructor(
		private readonly context: SendContext,
		private readonly parts: ClientParts,
	) {
		this.clock = parts.clock ?? REAL_CLOCK;
		this.turns = parts.turns ?? PROCESS_TURNS;
	}

	/** How many requests are worth preparing at the same time. */
	get maxConcurrency(): number {
		return this.parts.settings.wish.maxConcurrency;
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
		const body = request.upload ? await this.formOf(request.upload) : jsonBody(json);
		// Once an outcome was unknown, a 404 on deleting means that an earlier try got through.
		let mayHaveHappened = false;
		const quotas = service.quotasFor(this.parts.connection, request);
		for (;;) {
			const turn = await this.takeTurn(quotas, (ms) => (waitedMs += ms));
			if (turn.kind === 'cancelled') return fail('cancelled', {});
			if (turn.kind === 'tooLong') {
				return fail('tooLong', { problem: `${turn.label} is used up until then`, retryAtMs: turn.resumeAtMs });
			}
			attempts += 1;
			this.parts.report.requests += 1;
			sentAtMs = this.clock.now();
			const outcome = await this.sendOnce(request, body);
			const hintMs = this.retryHintMs(outcome);
			const pausedUntilMs = this.pausedUntilMs(outcome, hintMs, attempts);
			const paused = this.pausedQuotas(outcome, quotas);
			turn.turn.end((spec) => ({
				...this.newsOf(outcome),
				pausedUntilMs: paused.includes(spec) ? pausedUntilMs : undefined,
			}));

			const verdict = decide(request, outcome);
			if (outcome.kind === 'success') return { ok: true, answer: outcome.answer, sentAtMs };
			if (mayHaveHappened && request.method === 'DELETE' && isStatus(outcome, 404)) {
				return { ok: true, answer: { status: 404, headers: {}, body: undefined }, sentAtMs };
			}
			mayHaveHappened ||= outcome.kind !== 'notSent' && verdict !== 'wait';
			const facts = this.factsOf(outcome, request);
			if (this.isCancelled()) {
				const isUnsure = verdict === 'unknown' || verdict === 'retry';
				const problem = isUnsure ? 'the last request may or may not have been carried out' : undefined;
				return fail('cancelled', { ...facts, problem });
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

	private async formOf(upload: Upload): Promise<SentBody> {
		const form = new MultipartBody(upload);
		// Only a signature needs the bytes before they are sent.
		const content = this.parts.connection.signsBody === true ? await form.whole() : form;
		return { type: form.type, content };
	}

	private async sendOnce(request: ApiRequest, body: SentBody | undefined): Promise<Outcome> {
		const { connection, settings } = this.parts;
		const options: IHttpRequestOptions = {
			method: request.method,
			url: `${connection.baseUrl}${request.path}${queryString(request.query)}`,
			headers: {
				Accept: request.answer === 'bytes' ? '*/*' : 'application/json',
				...(body && { 'Content-Type': body.type }),
			},
			body: body?.content,
			timeout: settings.timeoutMs,
			// Read by ourselves, with bounds; see readBody.
			encoding: 'stream',
			returnFullResponse: true,
			// A redirect would carry the Authorization header along.
			disableFollowRedirect: true,
			abortSignal: this.cancelSignal(),
		};
		try {
			const response: unknown = await this.context.helpers.httpRequestWithAuthentication.call(
				this.context,
				connection.credentialType,
				options,
			);
			return await this.outcomeOfResponse(readResponse(response), request);
		} catch (error) {
			return await this.outcomeOfError(error, request);
		}
	}

	private async outcomeOfError(error: unknown, request: ApiRequest): Promise<Outcome> {
		const thrown = readThrown(error);
		if (thrown.kind === 'transport') return outcomeOfTransportError(thrown.error);
		return await this.outcomeOfResponse(thrown.response, request);
	}

	private async outcomeOfResponse(response: RawResponse, request: ApiRequest): Promise<Outcome> {
		const { body, headers, status } = response;
		this.serverAheadMs = serverAheadMs(headers, this.clock.now());
		const isRefused = status < 200 || status >= 300;
		const wantsBytes = request.answer === 'bytes' && !isRefused;
		const bytes = await this.bytesOf(body, wantsBytes ? MAX_FILE_BYTES : MAX_ANSWER_BYTES);
		if (!Buffer.isBuffer(bytes)) return { kind: 'unreadable', status, headers, ...bytes };
		if (wantsBytes) return { kind: 'success', answer: { status, headers, body: bytes } };
		const text = bytes.toString('utf8');
		const parsed = parseJson(text);
		if (isRefused) return { kind: 'refused', status, headers, body: parsed.ok ? parsed.value : text };
		const needsNoBody = request.method === 'DELETE' || status === NO_CONTENT;
		if (text.trim() === '' && needsNoBody) {
			return { kind: 'success', answer: { status, headers, body: undefined } };
		}
		if (!parsed.ok) return { kind: 'unreadable', status, headers, problem: describeText(text, headers) };
		return { kind: 'success', answer: { status, headers, body: parsed.value } };
	}

	private async bytesOf(body: unknown, maxBytes: number): Promise<Buffer | { problem: string; isTooLarge: boolean }> {
		if (!isBodyStream(body)) return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
		const read = await readBody(body, {
			maxBytes,
			maxMs: this.parts.settings.timeoutMs,
			clock: this.clock,
			isCancelled: () => this.isCancelled(),
		});
		if (read.kind === 'bytes') return read.bytes;
		return { problem: UNREAD_BODY[read.kind](maxBytes), isTooLarge: read.kind === 'tooLarge' };
	}

	private retryHintMs(outcome: Outcome): number | undefined {
		if (outcome.kind !== 'refused') return undefined;
		// X-RateLimit-Reset says nothing about when a broken gateway will be well again.
		const isHint = outcome.status === 429 || (outcome.status === 503 && 'retry-after' in outcome.headers);
		return isHint ? readRetryHintMs(outcome.headers, outcome.body, this.clock.now()) : undefined;
	}

	private newsOf(outcome: Outcome): Omit<QuotaNews, 'pausedUntilMs'> {
		const answer = outcome.kind === 'success' ? outcome.answer : outcome;
		const headers = 'headers' in answer ? answer.headers : undefined;
		const isOverloaded =
			outcome.kind === 'lost' ||
			(outcome.kind === 'refused' && (outcome.status === 429 || outcome.status >= 500));
		const neverLeft = outcome.kind === 'notSent' || outcome.kind === 'blocked';
		return {
			// n8n repeats every 401 once by itself.
			sends: neverLeft ? 0 : isStatus(outcome, 401) ? 2 : 1,
			answered: headers !== undefined,
			window: headers && readRateLimitWindow(headers, this.clock.now()),
			effect: outcome.kind === 'success' ? 'grow' : isOverloaded ? 'shrink' : 'keep',
		};
	}

	private pausedUntilMs(outcome: Outcome, hintMs: number | undefined, attempts: number): number | undefined {
		if (!isStatus(outcome, 429)) return undefined;
		const { now, random } = this.clock;
		return now() + (hintMs ?? backoffMs(attempts, random)) + PAUSE_JITTER_MS * random();
	}

	/** The quotas that a 429 is about; one that is about none of them is taken to be about all. */
	private pausedQuotas(outcome: Outcome, quotas: readonly QuotaSpec[]): readonly QuotaSpec[] {
		if (outcome.kind !== 'refused' || outcome.status !== 429) return [];
		const meant = quotas.filter((spec) => this.parts.service.isAbout(spec, outcome));
		return meant.length > 0 ? meant : quotas;
	}

	private factsOf(outcome: Outcome, request: ApiRequest): Partial<Failure> {
		const { connection, service } = this.parts;
		if (outcome.kind !== 'refused') {
			const problem = 'problem' in outcome ? outcome.problem : undefined;
			return {
				problem,
				status: outcome.kind === 'unreadable' ? outcome.status : undefined,
				timedOut: outcome.kind === 'lost' && outcome.timedOut,
				advice: outcome.kind === 'blocked' ? BLOCKED_ADVICE[outcome.code ?? ''] : undefined,
			};
		}
		const { body, headers, status } = outcome;
		const isJson = isRecord(body);
		const vendor = isJson ? service.readError(body) : { details: [] };
		const nowMs = this.clock.now();
		const saysTime = headers.date !== undefined && parseHttpDate(headers.date, nowMs) !== undefined;
		const sending = { connection, serverAheadMs: saysTime ? serverAheadMs(headers, nowMs) : undefined };
		return {
			status,
			vendor,
			problem: vendor.message ?? describeRefusal(outcome),
			advice: service.advise(outcome, vendor, request, sending) ?? REDIRECT_ADVICE[Math.floor(status / 100)]?.(headers),
		};
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

	private cancelSignal(): AbortSignal | undefined {
		return this.context.getExecutionCancelSignal?.();
	}

	isCancelled(): boolean {
		return this.cancelSignal()?.aborted === true;
	}
}

const UNREAD_BODY = {
	tooLarge: (maxBytes: number) => `its answer is larger than ${maxBytes / 1_000_000} MB`,
	tooSlow: () => 'its answer did not end in time',
	cutOff: () => 'its answer broke off',
	cancelled: () => 'the execution was cancelled while the answer came in',
} as const;

/** What a send that is not worth another try is called, by its outcome; `refused` for the others. */
const FAILURES: Partial<Record<Outcome['kind'], FailureKind>> = { blocked: 'blocked', unreadable: 'unusable' };

const BLOCKED_ADVICE: Readonly<Record<string, string | undefined>> = {
	NO_TOKEN: 'Check the client ID, the client secret and the environment in the credential.',
};

const REDIRECT_ADVICE: Readonly<Record<number, ((headers: ApiAnswer['headers']) => string) | undefined>> = {
	3: ({ location }) =>
		`The server points to ${originOf(location)}. Redirects are not followed, because they would carry your credentials along: put the address it points to into the credential if you trust it.`,
};

function originOf(location: string | undefined): string {
	if (location === undefined || !URL.canParse(location)) return 'another address';
	return new URL(location).origin;
}

/** A request body as it is handed to n8n. */
interface SentBody {
	readonly type: string;
	readonly content: Buffer | MultipartBody | string;
}

function jsonBody(json: string | undefined): SentBody | undefined {
	return json === undefined ? undefined : { type: 'application/json', content: json };
}

function isStatus(outcome: Outcome, status: number): boolean {
	return outcome.kind === 'refused' && outcome.status === status;
}

function describeRefusal({ body, headers, status }: Refusal): string {
	return `it answered with status ${status} and ${typeof body === 'string' ? describeBody(body, headers) : 'no explanation'}`;
}

function describeText(text: string, headers: ApiAnswer['headers']): string {
	return `it answered with ${describeBody(text, headers)} where JSON was expected`;
}

/** Never quotes the body: an HTML page says nothing to the user, and it may echo the request. */
function describeBody(text: string, headers: ApiAnswer['headers']): string {
	if (text.trim() === '') return 'an empty body';
	if (/^\s*<(!doctype|html)/i.test(text)) return 'an HTML page';
	if (isNestedTooDeeply(text)) return 'JSON that is nested too deeply';
	const type = headers['content-type']?.split(';')[0];
	return type === 'application/json' ? 'incomplete JSON' : `a body that is not JSON${type ? ` (${type})` : ''}`;
}

import type { IHttpRequestOptions } from 'n8n-workflow';

import { isBodyStream, readBody } from './body';
import { excessOf, parseJson } from './json';
import { outcomeOfTransportError, type Outcome } from './outcome';
import { queryString, type ApiAnswer, type ApiRequest } from './request';
import type { Connection } from './service';
import { tokenOutcome } from './tokenError';
import { readResponse, readThrown, type RawResponse } from './thrown';
import type { Clock } from './turns';
import type { MultipartBody } from './upload';

/** The part of n8n's contexts that sending needs; execute, hook, poll and load contexts have it. */
export interface ExchangeContext {
	getExecutionCancelSignal?(): AbortSignal | undefined;
	helpers: {
		httpRequestWithAuthentication(
			this: ExchangeContext,
			credentialType: string,
			options: IHttpRequestOptions,
		): Promise<unknown>;
	};
}

/** A request body as it is handed to n8n. */
export interface SentBody {
	readonly type: string;
	readonly content: Buffer | MultipartBody | string;
}

/** Answers are pages of at most 500 records; this is far above any of them. */
const MAX_ANSWER_BYTES = 16_000_000;
/** Files are put together in memory; this is what SalesOS documents as the largest one. */
const MAX_FILE_BYTES = 50_000_000;

const NO_CONTENT = 204;

/**
 * Sends requests of one connection, each one exactly once, and tells what became of them as data,
 * whatever the network or the server does. The only place in the package that reaches the network.
 */
export class Exchange {
	constructor(
		private readonly context: ExchangeContext,
		private readonly connection: Connection,
		private readonly timeoutMs: number,
		private readonly clock: Clock,
	) {}

	isCancelled(): boolean {
		return this.context.getExecutionCancelSignal?.()?.aborted === true;
	}

	async send(request: ApiRequest, body: SentBody | undefined): Promise<Outcome> {
		const { connection } = this;
		const options: IHttpRequestOptions = {
			method: request.method,
			url: `${connection.baseUrl}${request.path}${queryString(request.query)}`,
			headers: {
				Accept: request.answer === 'bytes' ? '*/*' : 'application/json',
				...(body && { 'Content-Type': body.type }),
			},
			body: body?.content,
			timeout: this.timeoutMs,
			// Read by ourselves, with bounds; see readBody.
			encoding: 'stream',
			returnFullResponse: true,
			// A redirect would carry the Authorization header along.
			disableFollowRedirect: true,
			abortSignal: this.context.getExecutionCancelSignal?.(),
		};
		try {
			const response: unknown = await this.context.helpers.httpRequestWithAuthentication.call(
				this.context,
				connection.credentialType,
				options,
			);
			return await this.outcomeOfResponse(readResponse(response), request);
		} catch (error) {
			return await this.outcomeOfError(error, request, options.url);
		}
	}

	private async outcomeOfError(error: unknown, request: ApiRequest, url: string): Promise<Outcome> {
		const withoutToken = tokenOutcome(error, url);
		if (withoutToken) return withoutToken;
		const thrown = readThrown(error);
		if (thrown.kind === 'transport') return outcomeOfTransportError(thrown.error);
		return await this.outcomeOfResponse(thrown.response, request);
	}

	private async outcomeOfResponse(response: RawResponse, request: ApiRequest): Promise<Outcome> {
		const { authorization, body, headers, status } = response;
		const isRefused = status < 200 || status >= 300;
		const wantsBytes = request.answer === 'bytes' && !isRefused;
		const bytes = await this.bytesOf(body, wantsBytes ? MAX_FILE_BYTES : MAX_ANSWER_BYTES);
		if (!Buffer.isBuffer(bytes)) {
			// A refusal is one without its explanation, too: nothing was carried out.
			return isRefused ? { kind: 'refused', status, headers, body: undefined, authorization } : { kind: 'unreadable', status, headers, ...bytes };
		}
		if (wantsBytes) return { kind: 'success', answer: { status, headers, body: bytes } };
		const text = bytes.toString('utf8');
		const parsed = parseJson(text);
		if (isRefused) return { kind: 'refused', status, headers, body: parsed.ok ? parsed.value : text, authorization };
		const needsNoBody = request.method === 'DELETE' || status === NO_CONTENT || request.expects?.fits(undefined) === true;
		if (text.trim() === '' && needsNoBody) {
			return { kind: 'success', answer: { status, headers, body: undefined } };
		}
		if (!parsed.ok) {
			return { kind: 'unreadable', status, headers, problem: describeText(text, headers), isTooLarge: excessOf(text) !== undefined };
		}
		if (request.expects?.fits(parsed.value) === false) {
			return { kind: 'unreadable', status, headers, problem: `it answered with something else than ${request.expects.what}` };
		}
		const size = { bytes: bytes.length, values: parsed.values };
		return { kind: 'success', answer: { status, headers, body: parsed.value, size } };
	}

	private async bytesOf(body: unknown, maxBytes: number): Promise<Buffer | { problem: string; isTooLarge: boolean }> {
		if (!isBodyStream(body)) return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
		const read = await readBody(body, {
			maxBytes,
			maxMs: this.timeoutMs,
			clock: this.clock,
			isCancelled: () => this.isCancelled(),
		});
		if (read.kind === 'bytes') return read.bytes;
		return { problem: UNREAD_BODY[read.kind](maxBytes), isTooLarge: read.kind === 'tooLarge' };
	}
}

const UNREAD_BODY = {
	tooLarge: (maxBytes: number) => `its answer is larger than ${maxBytes / 1_000_000} MB`,
	tooSlow: () => 'its answer did not end in time',
	cutOff: () => 'its answer broke off',
	cancelled: () => 'the execution was cancelled while the answer came in',
} as const;

function describeText(text: string, headers: ApiAnswer['headers']): string {
	return `it answered with ${describeBody(text, headers)} where JSON was expected`;
}

/** Never quotes the body: an HTML page says nothing to the user, and it may echo the request. */
export function describeBody(text: string, headers: ApiAnswer['headers']): string {
	if (text.trim() === '') return 'an empty body';
	if (/^\s*<(!doctype|html)/i.test(text)) return 'an HTML page';
	const excess = excessOf(text);
	if (excess !== undefined) return `JSON that ${excess}`;
	// No more of the header than a media type has, lest it fill the error.
	const type = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}/.exec(headers['content-type'] ?? '')?.[0];
	return type === 'application/json' ? 'incomplete JSON' : `a body that is not JSON${type ? ` (${type})` : ''}`;
}

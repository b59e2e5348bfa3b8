import type { TransportError } from './outcome';
import type { ApiAnswer } from './request';
import { isRecord } from './retryHint';

/** A response as n8n's helper gives or throws it. */
export interface RawResponse {
	readonly status: number;
	/** Header names in lower case. */
	readonly headers: ApiAnswer['headers'];
	/** A stream, unless the helper has read it already. */
	readonly body: unknown;
	/** The Authorization header that was sent, so that no text repeats it. */
	readonly authorization?: string;
}

export type Thrown =
	| { readonly kind: 'response'; readonly response: RawResponse }
	| { readonly kind: 'transport'; readonly error: TransportError };

/**
 * What an error of n8n's HTTP helper holds. It throws on every status outside 2xx: a NodeApiError
 * around the HTTP library's error. Where that one can be found differs:
 * - n8n 2.x keeps it as `cause`, with the response under `cause.response`.
 * - n8n 1.x loses `cause` (a class field of NodeApiError overwrites it). The body's stream is left
 *   in `context.data`, and Node's own response streams carry status and headers; where the body
 *   was compressed only `httpCode` is left. Of a broken connection, `messages` keeps the text.
 */
export function readThrown(error: unknown): Thrown {
	if (!isRecord(error)) return { kind: 'transport', error: { message: String(error) } };
	const cause = isRecord(error.cause) ? error.cause : undefined;
	if (cause) {
		return isRecord(cause.response)
			? { kind: 'response', response: { ...readResponse(cause.response), authorization: authorizationIn(cause.config) } }
			: { kind: 'transport', error: readTransportError(cause) };
	}
	const body = isRecord(error.context) ? error.context.data : undefined;
	if (isRecord(body) && typeof body.statusCode === 'number') {
		const response = readResponse({ status: body.statusCode, headers: body.headers, data: body });
		return { kind: 'response', response: { ...response, authorization: authorizationOf(body.req) } };
	}
	const status = Number(error.httpCode ?? Number.NaN);
	if (Number.isInteger(status)) return { kind: 'response', response: { status, headers: {}, body: body ?? '' } };
	return { kind: 'transport', error: readMessages(error) };
}

/** Reads a full response: n8n's own form, or the HTTP library's. */
export function readResponse(response: unknown): RawResponse {
	if (!isRecord(response)) return { status: 0, headers: {}, body: undefined };
	return {
		status: Number(response.statusCode ?? response.status),
		headers: plainHeaders(response.headers),
		body: 'data' in response ? response.data : response.body,
	};
}

/** From the settings of the HTTP library's request. */
function authorizationIn(config: unknown): string | undefined {
	const headers = isRecord(config) && isRecord(config.headers) ? Object.entries(config.headers) : [];
	return textOf(headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1]);
}

/** From Node.js's own request, which its response knows. */
function authorizationOf(request: unknown): string | undefined {
	return isRecord(request) && typeof request.getHeader === 'function' ? textOf(request.getHeader('authorization')) : undefined;
}

function plainHeaders(headers: unknown): ApiAnswer['headers'] {
	if (typeof headers !== 'object' || headers === null) return {};
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([, value]) => typeof value === 'string' || Array.isArray(value))
			.map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** The library nests the system's error; the outermost code is the one that Node.js documents. */
function readTransportError(error: Record<string, unknown>): TransportError {
	const inner = isRecord(error.cause) ? error.cause : {};
	return {
		code: textOf(error.code) ?? textOf(inner.code),
		syscall: textOf(error.syscall) ?? textOf(inner.syscall),
		message: textOf(error.message) ?? '',
	};
}

/** Texts by which a lost code is found again, as Node.js and the HTTP library word them. */
const CODES_BY_TEXT: ReadonlyArray<readonly [RegExp, string]> = [
	[/timeout of \d+ ?ms exceeded/, 'ECONNABORTED'],
	[/socket hang up|aborted/, 'ECONNRESET'],
	[/certificate/, 'CERT_UNKNOWN'],
	[/Invalid URL/, 'ERR_INVALID_URL'],
];

function readMessages(error: Record<string, unknown>): TransportError {
	const texts = [error.message, ...(Array.isArray(error.messages) ? error.messages : [])];
	const message = texts.filter((text) => typeof text === 'string').join('\n');
	const code =
		/\b(E[A-Z_]{4,}|CERT_[A-Z_]+)\b/.exec(message)?.[1] ?? CODES_BY_TEXT.find(([text]) => text.test(message))?.[1];
	const syscall = /\b(connect|getaddrinfo) E[A-Z_]+/.exec(message)?.[1];
	return { code, syscall, message };
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

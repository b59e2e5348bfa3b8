import { outcomeOfTransportError, type Outcome } from './outcome';
import { isRecord } from './retryHint';

/** Why n8n has no access token for a request, as far as its errors tell. */
interface TokenProblem {
	/** As the end of "no access token could be obtained, because …". */
	readonly reason?: string;
	/** Asking again may help. */
	readonly isTemporary?: boolean;
	/** By which the advice is chosen; NO_TOKEN unless given. */
	readonly code?: string;
}

/**
 * The error codes of OAuth 2.0 (RFC 6749, 4.1.2.1 and 5.2), each with the beginning of the sentence
 * that n8n puts in its place. Only codes of this table are shown: a server may put anything else there,
 * the client secret included.
 */
const OAUTH_ERRORS: Readonly<Record<string, RegExp>> = {
	access_denied: /The resource owner or authorization server denied/,
	invalid_client: /Client authentication failed/,
	invalid_grant: /The provided authorization grant/,
	invalid_request: /The request is missing a required parameter/,
	invalid_scope: /The requested scope is invalid/,
	server_error: /The authorization server encountered/,
	temporarily_unavailable: /The authorization server is currently unable/,
	unauthorized_client: /The client is not authorized to request/,
	unsupported_grant_type: /The authorization grant type is not supported/,
	unsupported_response_type: /The authorization server does not support/,
};

const TEMPORARY = new Set(['server_error', 'temporarily_unavailable']);

/** n8n words the failed first fetch of a token so since 2.x; its `cause` is what went wrong. */
const FIRST_FETCH = /^Failed to acquire OAuth2 access token/;

/** An error wraps another at most so often. */
const DEEPEST_CAUSE = 4;

/**
 * Recognises an error that is about the token and not about the request: n8n fetches and renews tokens
 * in the midst of sending, and throws what the authorization server did as if the API had done it. No
 * request has been carried out by then: there was none, or it was answered with 401.
 * @param requestUrl what was to be requested; an error about another URL is the authorization server's
 * @returns undefined for every other error
 */
export function tokenOutcome(error: unknown, requestUrl: string): Outcome | undefined {
	const links = causesOf(error);
	if (links.some((link) => isRecord(link.config) && isSameUrl(link.config, requestUrl))) return undefined;
	const found = links.map((link) => problemIn(link)).filter((problem) => problem !== undefined);
	if (found.length === 0) return undefined;
	const { code = 'NO_TOKEN', isTemporary, reason } = found.find((problem) => problem.reason !== undefined) ?? found[0];
	const problem = `no access token could be obtained${reason === undefined ? '' : `, because ${reason}`}`;
	// A renewal comes after a request that was answered with 401, and that counts.
	const sends = links.some(({ message }) => FIRST_FETCH.test(String(message))) || code === 'NOT_CONNECTED' ? 0 : 1;
	return { kind: isTemporary === true ? 'notSent' : 'blocked', problem, code, sends };
}

function causesOf(error: unknown): Array<Record<string, unknown>> {
	const links: Array<Record<string, unknown>> = [];
	for (let link = error; isRecord(link) && links.length < DEEPEST_CAUSE; link = link.cause) links.push(link);
	return links;
}

/** @param config the HTTP library's settings of the request that the error is about */
function isSameUrl({ baseURL, url }: Record<string, unknown>, requestUrl: string): boolean {
	const base = typeof baseURL === 'string' && baseURL !== '' ? baseURL : undefined;
	if (typeof url !== 'string' || !URL.canParse(url, base) || !URL.canParse(requestUrl)) return true;
	const [one, other] = [new URL(url, base), new URL(requestUrl)];
	return one.origin === other.origin && one.pathname === other.pathname;
}

function problemIn(link: Record<string, unknown>): TokenProblem | undefined {
	const texts = [link.message, ...(Array.isArray(link.messages) ? (link.messages as unknown[]) : [])].map(String);
	const says = (pattern: RegExp) => texts.some((text) => pattern.test(text));
	if (says(/OAuth credentials not connected|Unable to sign without access token/)) {
		return { reason: 'the credential has not been connected to an account yet', code: 'NOT_CONNECTED' };
	}
	if (says(/needs to be reconnected/)) {
		return { reason: 'the access that the credential was given has ended', code: 'RECONNECT' };
	}
	const named = isRecord(link.body) && typeof link.body.error === 'string' ? link.body.error : undefined;
	const code = Object.keys(OAUTH_ERRORS).find((name) => (named === undefined ? says(OAUTH_ERRORS[name]) : name === named));
	if (code !== undefined) return { reason: `the authorization server answered ${code}`, isTemporary: TEMPORARY.has(code) };
	if (link.code === 'EAUTH') return { reason: 'the authorization server refused the client' };
	const status = statusIn(link, texts);
	if (status !== undefined) {
		const isTemporary = status === 429 || status >= 500;
		return { reason: `the authorization server answered with status ${status}`, isTemporary };
	}
	if (isRecord(link.config)) return unreachable(link);
	return says(FIRST_FETCH) ? {} : undefined;
}

/** The status of the authorization server's answer. */
function statusIn({ cause, code, config, context, httpCode, response, status }: Record<string, unknown>, texts: readonly string[]): number | undefined {
	if (code === 'ESTATUS') return wholeNumber(status);
	if (isRecord(config) && isRecord(response)) return wholeNumber(response.status);
	// n8n 1.x: what the API answers is a stream, and what the authorization server answers a text or nothing.
	if (cause === undefined && isRecord(context) && !isRecord(context.data)) return wholeNumber(httpCode);
	const worded = texts.map((text) => /^HTTP status (\d{3})$/.exec(text)?.[1]).find((found) => found !== undefined);
	return wholeNumber(worded);
}

function wholeNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

function unreachable({ cause, code, message, syscall }: Record<string, unknown>): TokenProblem {
	const inner = isRecord(cause) ? cause : {};
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	const outcome = outcomeOfTransportError({
		code: text(code) ?? text(inner.code),
		syscall: text(syscall) ?? text(inner.syscall),
		message: text(message) ?? '',
	});
	const isTemporary = outcome.kind !== 'blocked';
	const how = 'problem' in outcome ? ` (${outcome.problem})` : '';
	return { reason: `the authorization server could not be reached${how}`, isTemporary };
}

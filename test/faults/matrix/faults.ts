import type { FaultKind } from '../../../sandbox/http/faults';

export type Service = 'OutboundSync' | 'SalesOS';

/** One kind of thing that goes wrong, and what is to be seen of it. */
export interface FaultRow {
	readonly strike: FaultKind;
	/** Whether the sandbox carries out the request that it strikes. */
	readonly isCarriedOut: boolean;
	/** What the error says went wrong; by service where the two word it differently. */
	readonly cause: string | Readonly<Record<Service, string>>;
	/** The status that the error names: `own` is that of the honest answer; absent where no answer came. */
	readonly status?: number | 'own';
	/** What else the error says: of fields, or of what to do. */
	readonly advice?: string;
	/** How long the next send must wait, in milliseconds: stated by the server, or until its window ends. */
	readonly waitMs?: number | 'window';
}

/** Longer than any backoff after one fault, so that a wait of its own making does not pass for the stated one. */
const STATED_SECONDS = 3;
/** Above Max Wait: 300 s unless set, 60 s in a registration. */
const TOO_LONG_SECONDS = 600;

/** The time-out of the operations that meet a slow answer, and how long that answer takes. */
export const SLOW_TIMEOUT_SECONDS = 2;
const SLOW_ANSWER_MS = 4_000;

const tooMany = { isCarriedOut: false, cause: 'Too many requests', status: 429 } as const;
const statedMs = STATED_SECONDS * 1000;
const refusal = (status: number, message: string, more: object = {}): FaultKind => ({
	kind: 'answer',
	status,
	body: JSON.stringify({ message, error: { code: 'REFUSED', message, ...more } }),
});

/** Every kind of fault that the sandbox has; `answer` stands for refusals and for JSON that nobody asked for. */
export const FAULTS = {
	'429, seconds': { ...tooMany, strike: { kind: 'tooManyRequests', retryAfter: 'seconds', retryAfterSeconds: STATED_SECONDS }, waitMs: statedMs },
	'429, date': { ...tooMany, strike: { kind: 'tooManyRequests', retryAfter: 'date', retryAfterSeconds: STATED_SECONDS }, waitMs: statedMs },
	'429, in the body': { ...tooMany, strike: { kind: 'tooManyRequests', retryAfter: 'body', retryAfterSeconds: STATED_SECONDS }, waitMs: statedMs },
	'429, no hint': { ...tooMany, strike: { kind: 'tooManyRequests', retryAfter: 'none' }, waitMs: 'window' },
	'429, above Max Wait': { ...tooMany, strike: { kind: 'tooManyRequests', retryAfterSeconds: TOO_LONG_SECONDS }, waitMs: TOO_LONG_SECONDS * 1000 },
	'401': { strike: { kind: 'tokenRevoked' }, isCarriedOut: false, cause: { OutboundSync: 'Invalid or missing API key', SalesOS: 'The token has been revoked' }, status: 401 },
	'403': { strike: refusal(403, 'Not for you'), isCarriedOut: false, cause: 'Not for you', status: 403 },
	'422': { strike: refusal(422, 'Not like this', { details: [{ field: 'email', message: 'is not wanted' }] }), isCarriedOut: false, cause: 'Not like this', status: 422 },
	'a redirect': {
		strike: { kind: 'answer', status: 302, headers: { location: 'https://elsewhere.example.com/' }, body: '' },
		isCarriedOut: false,
		cause: 'it answered with status 302 and an empty body',
		status: 302,
		advice: 'The server points to https://elsewhere.example.com.',
	},
	'500': { strike: { kind: 'serverError' }, isCarriedOut: false, cause: 'An unexpected error occurred', status: 500 },
	'500 after the work': { strike: { kind: 'serverErrorAfterWork' }, isCarriedOut: true, cause: 'An unexpected error occurred', status: 500 },
	'502, HTML': { strike: { kind: 'badGatewayHtml' }, isCarriedOut: false, cause: 'it answered with status 502 and an HTML page', status: 502 },
	'503': { strike: { kind: 'serviceUnavailable' }, isCarriedOut: false, cause: 'Service unavailable', status: 503 },
	'504': { strike: { kind: 'gatewayTimeout' }, isCarriedOut: false, cause: 'The request took too long', status: 504 },
	'reset before the work': { strike: { kind: 'resetBeforeWork' }, isCarriedOut: false, cause: 'the connection broke off before the answer' },
	'reset after the work': { strike: { kind: 'resetAfterWork' }, isCarriedOut: true, cause: 'the connection broke off before the answer' },
	'too slow an answer': { strike: { kind: 'slow', delayMs: SLOW_ANSWER_MS }, isCarriedOut: true, cause: 'the server did not answer in time' },
	'truncated JSON': { strike: { kind: 'truncatedJson' }, isCarriedOut: true, cause: 'it answered with incomplete JSON where JSON was expected', status: 'own' },
	'not JSON': { strike: { kind: 'notJson' }, isCarriedOut: true, cause: 'it answered with a body that is not JSON (text/plain) where JSON was expected', status: 200 },
	'an empty body': { strike: { kind: 'emptyBody' }, isCarriedOut: true, cause: 'it answered with an empty body where JSON was expected', status: 200 },
	'other JSON': { strike: { kind: 'answer', status: 200, body: '"ok"' }, isCarriedOut: false, cause: 'it answered with something else than ', status: 200 },
} satisfies Readonly<Record<string, FaultRow>>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export function faultOf(name: FaultName): FaultRow {
	return FAULTS[name];
}

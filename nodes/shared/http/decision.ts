import type { Outcome } from './outcome';
import type { ApiRequest } from './request';

/**
 * What to do after a send: `done`; `wait` for the stated time and send again; `retry` with
 * backoff; `fail`; or `unknown`: the server may have done the work, so it must not be repeated.
 */
export type Verdict = 'done' | 'fail' | 'retry' | 'unknown' | 'wait';

type Event =
	| 'blocked'
	| 'gateway'
	| 'lost'
	| 'notSent'
	| 'oversized'
	| 'rateLimited'
	| 'refused'
	| 'serverError'
	| 'success'
	| 'unreadable';

/** How safe it is to send a request again when nobody knows whether it was carried out. */
type Safety = 'repeatable' | 'safe' | 'unsafe';

/**
 * - `safe`: GET, PUT, DELETE: doing it twice ends in the same state.
 * - `repeatable`: a POST that the server dedupes by itself (activities carry `external_id`).
 * - `unsafe`: POST, PATCH. Never repeated after an outcome that nobody knows: it would create a
 *   second lead. 500 is such an outcome; so is a broken gateway, and an answer we cannot read.
 */
const VERDICTS: Readonly<Record<Event, Readonly<Record<Safety, Verdict>>>> = {
	success: { safe: 'done', repeatable: 'done', unsafe: 'done' },
	rateLimited: { safe: 'wait', repeatable: 'wait', unsafe: 'wait' },
	notSent: { safe: 'retry', repeatable: 'retry', unsafe: 'retry' },
	gateway: { safe: 'retry', repeatable: 'retry', unsafe: 'unknown' },
	lost: { safe: 'retry', repeatable: 'retry', unsafe: 'unknown' },
	unreadable: { safe: 'retry', repeatable: 'retry', unsafe: 'unknown' },
	oversized: { safe: 'fail', repeatable: 'fail', unsafe: 'unknown' },
	serverError: { safe: 'fail', repeatable: 'fail', unsafe: 'unknown' },
	refused: { safe: 'fail', repeatable: 'fail', unsafe: 'fail' },
	blocked: { safe: 'fail', repeatable: 'fail', unsafe: 'fail' },
};

const GATEWAY_STATUSES = new Set([502, 503, 504]);

/** Decides what follows from an outcome. Pure. */
export function decide(request: Pick<ApiRequest, 'method' | 'repeatable'>, outcome: Outcome): Verdict {
	return VERDICTS[eventOf(outcome)][safetyOf(request, outcome)];
}

function safetyOf({ method, repeatable }: Pick<ApiRequest, 'method' | 'repeatable'>, outcome: Outcome): Safety {
	if (method !== 'POST' && method !== 'PATCH') return 'safe';
	if (repeatable === 'unlessLate') return outcome.kind === 'lost' && outcome.timedOut ? 'unsafe' : 'repeatable';
	return repeatable === true ? 'repeatable' : 'unsafe';
}

function eventOf(outcome: Outcome): Event {
	if (outcome.kind === 'unreadable' && outcome.isTooLarge === true) return 'oversized';
	if (outcome.kind !== 'refused') return outcome.kind;
	if (outcome.status === 429) return 'rateLimited';
	if (GATEWAY_STATUSES.has(outcome.status)) return 'gateway';
	return outcome.status >= 500 ? 'serverError' : 'refused';
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** Spreads workers that were stopped at the same moment; added, never subtracted. */
const JITTER_SHARE = 0.25;

/** The wait before the retry after the given failed attempt (1 = the first), in milliseconds. */
export function backoffMs(failedAttempt: number, random: () => number): number {
	const baseMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failedAttempt - 1));
	return Math.ceil(baseMs * (1 + JITTER_SHARE * random()));
}

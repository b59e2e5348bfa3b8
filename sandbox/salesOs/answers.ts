import { randomUUID } from 'node:crypto';
import { isoTime, type Clock } from '../clock';
import { Refusal, type RefusalDetail } from '../http/refusal';
import type { Answer } from '../http/server';
import type { RequestIdPlace } from '../settings';

/** Documented: one record is wrapped in `data`, beside `meta` with the request's id and time. */
export function recordAnswer(data: unknown, clock: Clock, status = 200): Answer {
	return { status, body: { data, meta: { request_id: `req_${randomUUID()}`, timestamp: isoTime(clock.now()) } } };
}

/** Documented error body. The place of `request_id` varies over the vendor's pages. */
export function errorAnswer(refusal: Refusal, clock: Clock, place: RequestIdPlace): Answer {
	const { code, details, headers, bodyRetryAfterSeconds } = refusal.options;
	const requestId = { request_id: `req_${randomUUID()}` };
	return {
		status: refusal.status,
		headers,
		body: {
			error: {
				code: code ?? 'SERVER_ERROR',
				message: refusal.message,
				...(details && { details }),
				...(bodyRetryAfterSeconds !== undefined && { retry_after: bodyRetryAfterSeconds }),
				...(place === 'error' && requestId),
			},
			meta: { ...(place === 'meta' && requestId), timestamp: isoTime(clock.now()) },
			...(place === 'top' && requestId),
		},
	};
}

export function notFound(what: string): Refusal {
	return new Refusal(404, `${what} not found`, { code: 'NOT_FOUND' });
}

export function invalid(details: RefusalDetail[], message = 'The request is not valid'): Refusal {
	return new Refusal(400, message, { code: 'VALIDATION_ERROR', details });
}

export function unauthorized(message: string): Refusal {
	return new Refusal(401, message, { code: 'UNAUTHORIZED' });
}

import { STATUS_CODES } from 'node:http';
import { Refusal } from '../http/refusal';
import type { Answer } from '../http/server';

/** Documented error body: `{"statusCode", "message", "error"}`; several complaints stand in `message` as an array. */
export function errorAnswer(refusal: Refusal): Answer {
	const { messages, headers, bodyRetryAfterSeconds } = refusal.options;
	return {
		status: refusal.status,
		headers,
		body: {
			statusCode: refusal.status,
			message: messages ?? refusal.message,
			error: STATUS_CODES[refusal.status] ?? 'Error',
			...(bodyRetryAfterSeconds !== undefined && { retry_after: bodyRetryAfterSeconds }),
		},
	};
}

export function badRequest(message: string): Refusal {
	return new Refusal(400, message);
}

/** Refuses with every complaint at once, or does nothing where there is none. */
export function refuseAll(complaints: string[]): void {
	if (complaints.length > 0) throw new Refusal(400, complaints.join('; '), { messages: complaints });
}

export function notFound(what: string, id: string | number): Refusal {
	return new Refusal(404, `${what} ${id} not found`);
}

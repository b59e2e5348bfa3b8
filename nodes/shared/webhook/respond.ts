/**
 * Answers to a delivery that starts no execution. They are written to the response itself, because throwing inside a
 * trigger would record a failed execution for every stranger's request.
 */
const ANSWERS = {
	/** Taken, and nothing more to do: a duplicate, a filtered event, a test ping. */
	accepted: { status: 200, body: '{"received":true}' },
	/** Nobody can say now whether it is genuine: a vendor sends again what was not answered with 2xx. */
	postponed: { status: 503, body: '{"error":"Service Unavailable"}' },
	/** Not genuine. Why is for the log alone: the sender may be the one who tries to forge. */
	refused: { status: 401, body: '{"error":"Unauthorized"}' },
} as const;

export type Answer = keyof typeof ANSWERS;

/** The part of an HTTP response that is needed here; Node's own and Express's both are one. */
export interface DeliveryResponse {
	writeHead(status: number, headers: Record<string, string | number>): unknown;
	end(body: string): unknown;
}

/** Answers the delivery and tells n8n that it has been answered. */
export function answerDelivery(
	response: DeliveryResponse,
	answer: Answer,
): { noWebhookResponse: true } {
	const { status, body } = ANSWERS[answer];
	response.writeHead(status, {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(body),
	});
	response.end(body);
	return { noWebhookResponse: true };
}

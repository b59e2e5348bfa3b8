import http from 'node:http';
import https from 'node:https';

export interface Posting {
	url: string;
	headers: Record<string, string>;
	body: string;
	timeoutMs: number;
	signal?: AbortSignal;
}

export interface PostOutcome {
	/** Null where no answer came. */
	status: number | null;
	error: string | null;
	/** The answer's Retry-After, as sent. */
	retryAfter: string | null;
	/** The first kilobyte of the answer. */
	responseBody: string;
}

const keptBytes = 1024;

/** Sends one POST on a connection of its own, follows no redirect, and never throws. */
export async function post(posting: Posting): Promise<PostOutcome> {
	return await new Promise((resolve) => {
		const finish = (outcome: Partial<PostOutcome>): void => {
			clearTimeout(timer);
			resolve({ status: null, error: null, retryAfter: null, responseBody: '', ...outcome });
		};
		const send = posting.url.startsWith('https:') ? https.request : http.request;
		const request = send(
			posting.url,
			{
				method: 'POST',
				agent: false,
				headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(posting.body), ...posting.headers },
				signal: posting.signal,
			},
			(response) => {
				let responseBody = '';
				response.setEncoding('utf8');
				response.on('data', (chunk: string) => {
					if (responseBody.length < keptBytes) responseBody = (responseBody + chunk).slice(0, keptBytes);
				});
				response.on('error', (error) => finish({ error: error.message }));
				response.on('end', () =>
					finish({
						status: response.statusCode ?? null,
						retryAfter: response.headers['retry-after'] ?? null,
						responseBody,
					}),
				);
			},
		);
		// Over the whole exchange: a receiver that trickles its answer must not hold the sender for ever.
		const timer = setTimeout(() => request.destroy(new Error(`No answer within ${posting.timeoutMs} ms`)), posting.timeoutMs);
		request.on('error', (error) => finish({ error: error.message }));
		request.end(posting.body);
	});
}

export function isSuccess(outcome: PostOutcome): boolean {
	return outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
}

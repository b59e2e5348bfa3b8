import type { Clock } from './turns';

/** A response body as n8n's helper hands it out with `encoding: 'stream'`. */
export interface BodyStream extends AsyncIterable<Buffer | string> {
	destroy(): void;
}

export type ReadBody = { readonly kind: 'bytes'; readonly bytes: Buffer } | Unread;

type Unread = { readonly kind: 'cancelled' | 'cutOff' | 'tooLarge' | 'tooSlow' };

export interface ReadBodyLimits {
	readonly maxBytes: number;
	readonly maxMs: number;
	readonly clock: Clock;
	readonly isCancelled: () => boolean;
}

const NAP_MS = 250;

/**
 * Reads a body within a size and a time. n8n's helper bounds neither: it reads any number of
 * bytes into memory, and its timeout ends with the headers.
 */
export async function readBody(stream: BodyStream, limits: ReadBodyLimits): Promise<ReadBody> {
	const { clock, isCancelled, maxBytes, maxMs } = limits;
	const deadlineMs = clock.now() + maxMs;
	const chunks: Buffer[] = [];
	let bytes = 0;
	const iterator = stream[Symbol.asyncIterator]();
	let next = iterator.next();
	for (;;) {
		// Caught here and now: the stream may be left early, and fail when nobody awaits it any more.
		const step = await Promise.race([next.catch(() => 'cutOff' as const), clock.sleep(NAP_MS)]);
		const stop =
			step === 'cutOff'
				? 'cutOff'
				: isCancelled()
					? 'cancelled'
					: clock.now() > deadlineMs
						? 'tooSlow'
						: undefined;
		if (stop) return end(stream, { kind: stop });
		if (typeof step !== 'object') continue;
		if (step.done === true) return { kind: 'bytes', bytes: Buffer.concat(chunks) };
		const chunk = Buffer.from(step.value);
		bytes += chunk.length;
		if (bytes > maxBytes) return end(stream, { kind: 'tooLarge' });
		chunks.push(chunk);
		next = iterator.next();
	}
}

function end(stream: BodyStream, result: Unread): Unread {
	stream.destroy();
	return result;
}

export function isBodyStream(value: unknown): value is BodyStream {
	return (
		typeof value === 'object' &&
		value !== null &&
		Symbol.asyncIterator in value &&
		'destroy' in value &&
		typeof value.destroy === 'function'
	);
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
	apiKey: string;
	/** Epoch seconds, as sent. */
	timestamp: string;
	method: string;
	path: string;
	rawBody: Buffer;
}

/** P2S-SIGN-V1 as documented: a chain of HMAC-SHA256 whose intermediate results stay raw bytes. */
export function signRequest(secret: string, request: SignedRequest): string {
	const bodyHash = createHash('sha256').update(request.rawBody).digest('hex');
	let key: string | Buffer = secret;
	for (const part of [request.apiKey, request.timestamp, request.method, request.path]) {
		key = createHmac('sha256', key).update(part).digest();
	}
	return createHmac('sha256', key).update(bodyHash).digest('hex');
}

export function sameSignature(left: string, right: string): boolean {
	const [leftBytes, rightBytes] = [Buffer.from(left), Buffer.from(right)];
	return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}

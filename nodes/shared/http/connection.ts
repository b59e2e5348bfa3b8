import { createHash } from 'node:crypto';

/** A short digest that tells accounts apart in quota keys without holding a credential. */
export function accountDigest(identity: string): string {
	return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/**
 * A base URL as users type it, without blanks, trailing slashes and the path that the nodes add.
 * @param path what the nodes add, e.g. `/v1`
 */
export function originOf(baseUrl: string, path: string): string {
	const origin = baseUrl.trim().replace(/\/+$/, '');
	for (let end = path; end !== ''; end = end.slice(0, end.lastIndexOf('/'))) {
		if (origin.endsWith(end)) return origin.slice(0, -end.length);
	}
	return origin;
}

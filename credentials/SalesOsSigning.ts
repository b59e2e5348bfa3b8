import { createHash, createHmac } from 'node:crypto';
import { UserError, type IHttpRequestOptions } from 'n8n-workflow';

/**
 * P2S-SIGN-V1, the vendor's scheme for signed API keys (documented, newest page of docs.play2sell.com).
 * A signature is valid for 30 seconds, so it is made when a request is sent and never kept.
 */
const SCHEME = 'P2S-SIGN-V1';

/** Unknown: the vendor does not say whether PATH carries the query string. */
export const PATH_INCLUDES_QUERY = false;

export interface SignedKey {
	apiKey: string;
	apiSecret: string;
}

export interface SignedRequest {
	timestampSeconds: number;
	method: string;
	path: string;
	/** SHA-256 of the raw body, in hex; an empty body has one too. */
	bodyDigest: string;
}

function hmac(key: string | Buffer, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}

export function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** The signature in hex: a chain of HMACs whose links are raw bytes. An empty body hashes as nothing. */
export function signature(key: SignedKey, request: SignedRequest): string {
	const chain = [
		key.apiKey,
		String(request.timestampSeconds),
		request.method,
		request.path,
		request.bodyDigest,
	];
	return chain.reduce<string | Buffer>(hmac, key.apiSecret).toString('hex');
}

/** The value of the Authorization header. */
export function authorization(key: SignedKey, request: SignedRequest): string {
	return `${SCHEME} ${key.apiKey}:${request.timestampSeconds}:${signature(key, request)}`;
}

/** n8n's HTTP Request node still sends the options of an older helper, which name the URL `uri`. */
type AnyRequestOptions = Omit<IHttpRequestOptions, 'url'> & { url?: string; uri?: string };

/** The URL as it will be requested; n8n joins `baseURL` and `url` by text, not by URL resolution. */
function requestUrl({ baseURL, uri, url: ownUrl }: AnyRequestOptions): URL {
	const url = ownUrl ?? uri ?? '';
	const isAbsolute = /^[a-z][a-z\d+.-]*:\/\//i.test(url);
	if (isAbsolute || !baseURL) return new URL(url);
	return new URL(`${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`);
}

/** The query in one fixed spelling: what is signed is then put into the URL and so is what is sent. */
function appendQuery(url: URL, query: IHttpRequestOptions['qs']): void {
	for (const [name, value] of Object.entries(query ?? {})) {
		if (value === undefined || value === null) continue;
		for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
	}
}

interface EncodedBody {
	content: Buffer | StreamedBody;
	contentType: string;
	digest: string;
}

/** What the nodes upload files as: a body of known bytes that can be read again and again. */
interface StreamedBody {
	readonly [Symbol.toStringTag]: 'Blob';
	readonly type: string;
	stream(): AsyncIterable<Uint8Array>;
}

function isStreamed(body: unknown): body is StreamedBody {
	return Object.prototype.toString.call(body) === '[object Blob]' && typeof (body as StreamedBody).stream === 'function';
}

/** Reads the body once to sign it; it is read again to be sent, and so is never in memory as a whole. */
async function encodeStreamed(body: StreamedBody): Promise<EncodedBody> {
	const hash = createHash('sha256');
	for await (const chunk of body.stream()) hash.update(chunk);
	return { content: body, contentType: body.type, digest: hash.digest('hex') };
}

/**
 * The body as the bytes that go on the wire. They are sent as a Buffer, because a string under a JSON
 * content type is parsed, trimmed or quoted anew on its way out, and then no longer matches.
 * @throws UserError for a stream or form data, whose bytes are not known before they are sent
 */
function encodeWhole(body: unknown): EncodedBody {
	const { bytes, contentType } = bytesOf(body);
	return { content: bytes, contentType, digest: digestOf(bytes) };
}

function bytesOf(body: unknown): { bytes: Buffer; contentType: string } {
	if (body instanceof Uint8Array) {
		return { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType: 'application/octet-stream' };
	}
	if (body instanceof URLSearchParams) {
		return {
			bytes: Buffer.from(body.toString()),
			contentType: 'application/x-www-form-urlencoded;charset=utf-8',
		};
	}
	if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: 'application/json' };
	if (isJson(body)) {
		return { bytes: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
	}
	throw new UserError('A signed SalesOS request cannot carry a stream or form data', {
		description: 'The signature covers the whole body. Send JSON, or use the OAuth2 credential.',
	});
}

async function encodeBody(body: unknown): Promise<EncodedBody | undefined> {
	if (body === undefined || body === null) return undefined;
	return isStreamed(body) ? await encodeStreamed(body) : encodeWhole(body);
}

/** Whether n8n would send the value as JSON; compares no constructors, since values may come from another realm. */
function isJson(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	if (Array.isArray(value)) return true;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Signs one request as n8n is about to send it.
 * @param options n8n's request: `url` absolute, or `baseURL` and `url`; method GET unless given
 * @param now the clock, in milliseconds since 1970; asked once the body has been read
 * @returns new options with the Authorization header and the exact body bytes; signing them again
 *   later gives the same request under a fresh timestamp
 */
export async function signRequest(
	key: SignedKey,
	options: IHttpRequestOptions,
	now: () => number,
	pathIncludesQuery = PATH_INCLUDES_QUERY,
): Promise<IHttpRequestOptions> {
	const method = (options.method ?? 'GET').toUpperCase();
	const url = requestUrl(options);
	const signed: IHttpRequestOptions = { ...options };
	if (pathIncludesQuery) {
		appendQuery(url, options.qs);
		delete signed.baseURL;
		delete signed.qs;
		signed.url = url.href;
	}

	// n8n drops the body of a GET, whatever it holds.
	const body = method === 'GET' ? undefined : await encodeBody(options.body);
	const headers = { ...options.headers };
	if (body === undefined) {
		delete signed.body;
	} else {
		signed.body = body.content;
		if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
			headers['Content-Type'] = body.contentType;
		}
	}

	headers.Authorization = authorization(key, {
		timestampSeconds: Math.floor(now() / 1000),
		method,
		path: pathIncludesQuery ? url.pathname + url.search : url.pathname,
		bodyDigest: body?.digest ?? digestOf(Buffer.alloc(0)),
	});
	signed.headers = headers;
	return signed;
}

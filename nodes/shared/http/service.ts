import type { QuotaSpec } from './quota';
import type { ApiAnswer, ApiRequest } from './request';

/** Where requests go and who they come from, read from a credential. */
export interface Connection {
	/** Name of the n8n credential type that authenticates the requests. */
	readonly credentialType: string;
	/** URL that paths are appended to, without a trailing slash. */
	readonly baseUrl: string;
	/** Digest of what the vendor counts by (client ID, API key); tells accounts apart, reveals nothing. */
	readonly accountDigest: string;
	/** The hourly limit of the key, where it has one of its own. */
	readonly requestsPerHour?: number;
}

/** What a vendor's error body said, wherever it said it. */
export interface VendorError {
	readonly message?: string;
	readonly code?: string;
	/** One text for each faulty field, e.g. "email: is not valid". */
	readonly details: readonly string[];
	/** The problems of single entries, where the request carried many; `index` counts from 0. */
	readonly entryProblems?: ReadonlyArray<{ readonly index: number; readonly problem: string }>;
	/** What the vendor's support asks for. */
	readonly requestId?: string;
}

/** A refusal as the vendor's advice is chosen by. */
export interface Refusal {
	readonly status: number;
	readonly headers: ApiAnswer['headers'];
	readonly body: unknown;
	/** The Authorization header that was sent, where n8n's error tells. */
	readonly authorization?: string;
}

/** How a refused request was sent, for advice that depends on it. */
export interface Sending {
	readonly connection: Connection;
	/** How far the server's clock is ahead of ours, from its `Date` header; undefined where it does not say. */
	readonly serverAheadMs: number | undefined;
}

/** What the pipeline must know of a vendor; everything else is the same for both. */
export interface Service {
	/** As users know it, e.g. "SalesOS". */
	readonly name: string;
	/** The largest request body that the vendor takes, in bytes. */
	readonly maxRequestBytes: number;
	/** The quotas that a request draws on. */
	quotasFor(connection: Connection, request: ApiRequest): readonly QuotaSpec[];
	/** Whether a 429 is about the given quota; one that is about none is taken to be about all. */
	isAbout(spec: QuotaSpec, refusal: Refusal): boolean;
	readError(body: unknown): VendorError;
	/** What the user can do about a refusal, or undefined to fall back on the general advice. */
	advise(refusal: Refusal, vendorError: VendorError, request: ApiRequest, sending: Sending): string | undefined;
}

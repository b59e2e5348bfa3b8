import { NodeOperationError, type ICredentialDataDecryptedObject, type INode } from 'n8n-workflow';

import { accountDigest, originOf } from '../shared/http/connection';
import { plainText } from '../shared/http/json';
import type { QuotaSpec } from '../shared/http/quota';
import type { ApiRequest } from '../shared/http/request';
import { isRecord } from '../shared/http/retryHint';
import { formatDuration } from '../shared/http/runReport';
import type { Connection, Refusal, Sending, Service, VendorError } from '../shared/http/service';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Documented: Starter 100, Professional 500, Enterprise 2,000. The smallest holds until we know. */
const SMALLEST_PLAN_PER_MINUTE = 100;
/** Documented default for signed keys; the vendor sets it per key, and says so only in the 429 of one that is used up. */
const SIGNED_KEY_PER_HOUR = 1_000;
/** Documented as "1 MB"; which megabyte is unknown, so the smaller one. */
const MAX_REQUEST_BYTES = 1_000_000;

/** Documented: a signature holds for 30 s. */
const SIGNATURE_HOLDS_MS = 30_000;
/** `Date` has whole seconds and the answer takes its time, so just below 30 s nothing is sure. */
const SURELY_IN_TIME_MS = 25_000;

/** Documented hosts. */
const ORIGINS: Readonly<Record<string, string | undefined>> = {
	production: 'https://api.play2sell.com',
	staging: 'https://api-staging.play2sell.com',
};

export const CLIENT_GRANT = 'salesOsOAuth2Api';
export const SIGNED = 'salesOsSignedApi';

/** The connection that a credential describes. @throws NodeOperationError when it lacks its address */
export function connectionOf(
	credentialType: string,
	credential: ICredentialDataDecryptedObject,
	node: INode,
): Connection {
	const { apiKey, baseUrl, clientId, environment, requestsPerHour } = credential;
	const origin = ORIGINS[String(environment)] ?? originOf(String(baseUrl ?? ''), '/v1');
	if (!/^https?:\/\/[^/]/.test(origin)) {
		throw new NodeOperationError(node, 'The SalesOS credential has no usable base URL', {
			description: 'Open the credential and fill in Base URL, such as https://api.example.com, or choose another environment.',
		});
	}
	return {
		credentialType,
		baseUrl: origin,
		accountDigest: accountDigest(String(credentialType === SIGNED ? apiKey : clientId)),
		requestsPerHour: Number(requestsPerHour) > 0 ? Math.floor(Number(requestsPerHour)) : undefined,
	};
}

export const SALES_OS: Service = {
	name: 'SalesOS',
	maxRequestBytes: MAX_REQUEST_BYTES,

	quotasFor(connection: Connection): readonly QuotaSpec[] {
		const account = `salesOs ${connection.baseUrl} ${connection.accountDigest}`;
		const plan: QuotaSpec = {
			key: `${account} plan`,
			label: 'the rate limit of your SalesOS plan',
			limit: SMALLEST_PLAN_PER_MINUTE,
			windowMs: MINUTE_MS,
			followsHeaders: true,
			followsUser: true,
		};
		if (connection.credentialType !== SIGNED) return [plan];
		const hourly: QuotaSpec = {
			key: `${account} hourly`,
			label: 'the hourly limit of your SalesOS key',
			limit: connection.requestsPerHour ?? SIGNED_KEY_PER_HOUR,
			windowMs: HOUR_MS,
			followsHeaders: false,
			followsUser: false,
		};
		return [plan, hourly];
	},

	/** Documented: the hourly limit answers in the body (`error.retry_after`), the plan's in headers. */
	isAbout(spec: QuotaSpec, { body }: Refusal): boolean {
		const isHourly = isRecord(body) && isRecord(body.error) && body.error.retry_after !== undefined;
		return isHourly === (spec.windowMs === HOUR_MS);
	},

	readError(body: unknown): VendorError {
		if (!isRecord(body)) return { details: [] };
		const error = isRecord(body.error) ? body.error : body;
		const details: unknown[] = Array.isArray(error.details) ? error.details : [];
		const problems = details.flatMap(entryProblem);
		return {
			message: textOf(error.message) ?? textOf(body.error) ?? textOf(body.error_description),
			code: textOf(error.code),
			details: details.map(describeDetail),
			entryProblems: problems.length > 0 ? problems : undefined,
			requestId: requestIdOf(body),
		};
	},

	advise({ status }: Refusal, error: VendorError, request: ApiRequest, sending: Sending): string | undefined {
		if (status === 400 && error.details.length > 0) return 'Correct the fields named above.';
		if (status === 401 && sending.connection.credentialType === SIGNED) return adviseSignature(sending);
		return ADVICE[status]?.(request, error);
	},
};

const ADVICE: Readonly<Record<number, ((request: ApiRequest, error: VendorError) => string) | undefined>> = {
	400: () => 'Check the fields of this item.',
	// Documented causes of a 401.
	401: () =>
		'The access token was refused, also after n8n fetched a new one. Check that the audience in the credential is exactly https://api.play2sell.com, and in SalesOS under Admin > Integrations > API Keys that the client is not revoked.',
	403: (request, { message = '' }) => `${missingScope(request, message)} grants it under Admin > Integrations > API Keys.`,
	404: () => 'There is no such record for this account. Check the ID and the environment in the credential.',
	405: () => 'SalesOS does not offer this method here. The node or the path may be out of date.',
	413: () => 'Send fewer or shorter fields.',
	422: () => 'Correct the fields named above.',
	429: () => 'The rate limit stayed used up through all retries. Lower Max Concurrency or Share of Limit, or try again later.',
	500: () => 'SalesOS failed on its side. Try again later; with the request ID, its support can look it up.',
};

const CHECK_SIGNED_KEY =
	'Check the API key, the API secret and the environment in the credential, and in SalesOS under Admin > Integrations > API Keys that the key is not revoked.';

/** The vendor does not say why it refuses a signature, but its `Date` tells a wrong clock from a wrong secret. */
function adviseSignature({ serverAheadMs }: Sending): string {
	const offMs = Math.abs(serverAheadMs ?? NaN);
	if (offMs > SIGNATURE_HOLDS_MS) {
		const direction = Number(serverAheadMs) > 0 ? 'behind' : 'ahead of';
		return `The clock of the machine that runs n8n is ${formatDuration(offMs)} ${direction} the clock of SalesOS, and a signature holds for 30 s. Set the clock, best by turning on time synchronisation (NTP), and run this again.`;
	}
	return offMs < SURELY_IN_TIME_MS
		? `${CHECK_SIGNED_KEY} It is not the clock, which agrees with that of SalesOS.`
		: `${CHECK_SIGNED_KEY} Check the clock of the machine that runs n8n as well: a signature holds for 30 s.`;
}

/** Names the scope unless SalesOS has just done so itself. */
function missingScope(request: ApiRequest, message: string): string {
	const scope = scopeFor(request);
	if (scope === undefined) return 'The client lacks the scope for this. A SalesOS admin';
	return message.includes(scope) ? 'A SalesOS admin' : `This needs the scope ${scope}. A SalesOS admin`;
}

/** The scopes that the vendor's pages mention. */
function scopeFor({ method, path }: ApiRequest): string | undefined {
	const resource = /^\/v1\/(leads|deals)\b/.exec(path)?.[1];
	if (resource === undefined) return path.startsWith('/functions/') ? 'default:sync' : undefined;
	return `${resource}:${method === 'GET' ? 'read' : 'write'}`;
}

/** Documented in `meta`, in `error` and at the top, depending on the page. */
function requestIdOf(body: Record<string, unknown>): string | undefined {
	for (const place of [body.meta, body.error, body]) {
		if (isRecord(place)) {
			const id = textOf(place.request_id);
			if (id !== undefined) return id;
		}
	}
	return undefined;
}

/** `{field, message}`, or `{index, field, message}` from the integration endpoint (documented). */
function describeDetail(detail: unknown): string {
	const [entry] = entryProblem(detail);
	return entry ? `entry ${entry.index}, ${entry.problem}` : describeProblem(detail);
}

function entryProblem(detail: unknown): Array<{ index: number; problem: string }> {
	if (!isRecord(detail) || !isIndex(detail.index)) return [];
	return [{ index: detail.index, problem: describeProblem(detail) }];
}

function isIndex(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function describeProblem(detail: unknown): string {
	if (!isRecord(detail)) return plainText(detail);
	const field = textOf(detail.field);
	const message = textOf(detail.message) ?? JSON.stringify(detail);
	return field === undefined ? message : `${field}: ${message}`;
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

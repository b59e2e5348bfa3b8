import { describeBody } from './exchange';
import type { Failure } from './failure';
import type { Outcome } from './outcome';
import { serverAheadMs } from './rateLimitHeaders';
import type { ApiAnswer, ApiRequest } from './request';
import { isRecord } from './retryHint';
import type { Connection, Refusal, Service } from './service';
import { presentable } from './vendorText';

interface Circumstances {
	readonly service: Service;
	readonly connection: Connection;
	readonly request: ApiRequest;
	readonly nowMs: number;
}

/** What an outcome tells a user: what the vendor said, what went wrong, and what to do about it. Pure. */
export function failureFacts(outcome: Outcome, circumstances: Circumstances): Partial<Failure> {
	if (outcome.kind === 'refused') return refusalFacts(outcome, circumstances);
	return {
		problem: 'problem' in outcome ? outcome.problem : undefined,
		status: outcome.kind === 'unreadable' ? outcome.status : undefined,
		timedOut: outcome.kind === 'lost' && outcome.timedOut,
		advice: outcome.kind === 'blocked' ? BLOCKED_ADVICE[outcome.code ?? ''] : undefined,
	};
}

function refusalFacts(refusal: Refusal, { service, connection, request, nowMs }: Circumstances): Partial<Failure> {
	const { body, headers, status } = refusal;
	const vendor = isRecord(body) ? presentable(service.readError(body), request, refusal.authorization) : { details: [] };
	const sending = { connection, serverAheadMs: serverAheadMs(headers, nowMs) };
	return {
		status,
		vendor,
		problem: vendor.message ?? describeRefusal(refusal),
		advice: service.advise(refusal, vendor, request, sending) ?? REDIRECT_ADVICE[Math.floor(status / 100)]?.(headers),
	};
}

const BLOCKED_ADVICE: Readonly<Record<string, string | undefined>> = {
	NO_TOKEN: 'Check the client ID, the client secret and the environment in the credential, and that the client is not revoked.',
	NOT_CONNECTED: 'Open the credential and connect it to an account.',
	RECONNECT: 'Open the credential and connect it again.',
};

const REDIRECT_ADVICE: Readonly<Record<number, ((headers: ApiAnswer['headers']) => string) | undefined>> = {
	3: ({ location }) =>
		`The server points to ${originOf(location)}. Redirects are not followed, because they would carry your credentials along: put the address it points to into the credential if you trust it.`,
};

function originOf(location: string | undefined): string {
	if (location === undefined || !URL.canParse(location)) return 'another address';
	return new URL(location).origin;
}

function describeRefusal({ body, headers, status }: Refusal): string {
	return `it answered with status ${status} and ${typeof body === 'string' ? describeBody(body, headers) : 'no explanation'}`;
}

import { NodeOperationError, type ICredentialDataDecryptedObject, type INode } from 'n8n-workflow';

import { accountDigest, originOf } from '../shared/http/connection';
import { plainText } from '../shared/http/json';
import type { QuotaSpec } from '../shared/http/quota';
import type { ApiRequest } from '../shared/http/request';
import { isRecord } from '../shared/http/retryHint';
import type { Connection, Refusal, Service, VendorError } from '../shared/http/service';
import { needsOf, routeOf, type Route } from './access';
import { apiKeyProblem } from './apiKey';

const MINUTE_MS = 60_000;
/** Documented: 120 requests per 60 s for each IP address, and as many for each account owner. */
const REQUESTS_PER_MINUTE = 120;
/** Documented: looking contacts up has 600 requests per 60 s of its own, for each account. */
const OUTREACH_PER_MINUTE = 600;
/** No limit is documented; this only keeps a mistake from being sent. */
const MAX_REQUEST_BYTES = 1_000_000;

export const API_KEY = 'outboundSyncApi';

/** The quota of `/contacts/outreach`. */
export const OUTREACH_QUOTA = 'outreach';

/**
 * The connection that a credential describes.
 * @throws NodeOperationError when the key cannot be one of OutboundSync's, before any request
 */
export function connectionOf(credential: ICredentialDataDecryptedObject, node: INode): Connection {
	const key = String(credential.apiKey ?? '');
	const problem = apiKeyProblem(key);
	if (problem !== undefined) {
		throw new NodeOperationError(node, 'The OutboundSync credential holds no OutboundSync API key', { description: problem });
	}
	return {
		credentialType: API_KEY,
		baseUrl: originOf(String(credential.baseUrl ?? ''), '/api/v1') || 'https://app.outboundsync.com',
		accountDigest: accountDigest(key.trim()),
	};
}

export const OUTBOUND_SYNC: Service = {
	name: 'OutboundSync',
	maxRequestBytes: MAX_REQUEST_BYTES,

	quotasFor({ accountDigest: account, baseUrl }: Connection, { quotaClass }: ApiRequest): readonly QuotaSpec[] {
		if (quotaClass === OUTREACH_QUOTA) {
			// Documented: separate from the account's 120. Taken to be apart from the 120 of the IP
			// address too (inferred), under which 600 could never be reached.
			return [
				{
					key: `outboundSync ${baseUrl} ${account} ${OUTREACH_QUOTA}`,
					label: 'the rate limit of contact look-ups of your OutboundSync account',
					limit: OUTREACH_PER_MINUTE,
					windowMs: MINUTE_MS,
					// Documented: no `X-RateLimit-*` here.
					followsHeaders: false,
					followsUser: true,
				},
			];
		}
		const common = { limit: REQUESTS_PER_MINUTE, windowMs: MINUTE_MS };
		return [
			{
				...common,
				key: `outboundSync ${baseUrl} ip`,
				label: 'the rate limit of OutboundSync for this IP address',
				followsHeaders: false,
				followsUser: false,
			},
			{
				...common,
				key: `outboundSync ${baseUrl} ${account}`,
				label: 'the rate limit of your OutboundSync account',
				followsHeaders: true,
				followsUser: true,
			},
		];
	},

	/** Documented: the 429 of the IP address comes without `X-RateLimit-*`, the account's with it. */
	isAbout(spec: QuotaSpec, { headers }: Refusal): boolean {
		return spec.followsHeaders === 'x-ratelimit-limit' in headers;
	},

	/** `message` may be a list on 400, and some answers made by the vendor's framework lack fields. */
	readError(body: unknown): VendorError {
		if (!isRecord(body)) return { details: [] };
		const { error, message } = body;
		const list: unknown[] = Array.isArray(message) ? message : [];
		const texts = list.map(plainText).filter((entry) => entry !== '');
		const single = textOf(message);
		return {
			message: single ?? (texts.length > 0 ? texts.join('; ') : textOf(error)),
			code: single === undefined ? undefined : textOf(error),
			details: [],
		};
	},

	advise({ status }: Refusal, { message }: VendorError, request: ApiRequest): string | undefined {
		const route = routeOf(request);
		const own = route && ROUTE_ADVICE[route]?.[status];
		if (status !== 403) return own ?? ADVICE[status];
		const forbidden = adviseForbidden(message ?? '', route);
		return own === undefined ? forbidden : `${forbidden} ${own}`;
	},
};

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Documented texts of 403, by what is unique in them. */
const FORBIDDEN: ReadonlyArray<{ readonly says: RegExp; readonly advice: string }> = [
	{
		says: /API access is not enabled/i,
		advice: 'An admin enables API access on the CRM connection in OutboundSync; then run this again.',
	},
	{
		says: /account-scoped API key/i,
		advice: 'This key is limited to one connection. Create an account-scoped key in OutboundSync and put it into the credential.',
	},
	{
		says: /webhooks are not enabled/i,
		advice: 'Ask OutboundSync to switch on platform webhooks for this account.',
	},
	{ says: /block lists are not enabled/i, advice: 'Switch on blocklists for this connection in OutboundSync.' },
	{ says: /write|scope/i, advice: 'Create a key that may do this in OutboundSync and put it into the credential.' },
];

function adviseForbidden(message: string, route: Route | undefined): string {
	const advice =
		FORBIDDEN.find(({ says }) => says.test(message))?.advice ??
		'The key is valid but may not do this. Check its scopes in OutboundSync.';
	return route === undefined ? advice : `${advice} This needs ${needsOf(route)}.`;
}

const ADVICE: Readonly<Record<number, string | undefined>> = {
	400: 'Correct the fields named above.',
	// Documented: one and the same answer for every kind of wrong key.
	401: 'OutboundSync answers the same for a key that is missing, malformed, invalid, revoked or rotated. Copy a current key that starts with osapi_ into the credential.',
	404: 'There is no such record for this account. Check the ID and the account of the key.',
	429: 'The rate limit stayed used up through all retries. Lower Max Concurrency or Share of Limit, or try again later.',
	500: 'OutboundSync failed on its side. Try again later, and tell its support if it happens again.',
	// Documented: heavy reads end after 20 s.
	504: 'Reading took OutboundSync longer than 20 s. Narrow the window: give a shorter range of time, or filter by connection or source.',
};

/** Documented; which status refuses a 21st webhook is not. */
const WEBHOOK_LIMIT = 'An account has at most 20 webhooks: delete one that is no longer needed if that is the limit you met.';

/** Published in outboundsync/skills: a look-up may end so after 30 s. */
const LOOK_UP_TIMED_OUT = 'OutboundSync did not finish looking the contact up. Try again later.';

/** What a refusal means for a certain call (documented); of a 403 it is told in addition. */
const ROUTE_ADVICE: Readonly<Partial<Record<Route, Readonly<Record<number, string | undefined>>>>> = {
	'GET /contacts/outreach': {
		// Not that there is no such contact, which OutboundSync says with 200 and `found: false` (documented).
		404: 'There is no OutboundSync API at this address. Check the base URL in the credential.',
		503: LOOK_UP_TIMED_OUT,
		504: LOOK_UP_TIMED_OUT,
	},
	'POST /syncs/:id/retry': {
		400: 'Only syncs with the status "error" to HubSpot or Salesforce can be retried.',
	},
	'POST /blocklists/:id/resync': {
		// The names of the two are published in outboundsync/skills.
		409: 'A resync of this blocklist is already running. Wait until Get Many shows another status than FETCHING or SYNCING, then try again.',
	},
	'POST /webhooks': { 400: `Correct the fields named above. ${WEBHOOK_LIMIT}`, 403: WEBHOOK_LIMIT },
	'POST /webhooks/:id/test': {
		502: 'The test event was not queued. Try again later.',
	},
};

import type { ApiRequest } from './request';
import type { VendorError } from './service';

/** Texts of errors are stored with every execution: a server may not fill the database with one. */
const LONGEST_MESSAGE = 1_000;
const LONGEST_DETAIL = 300;
const LONGEST_NAME = 200;
const MOST_DETAILS = 50;

/** What is looked through for the looks of a secret: more than is ever shown. */
const LOOKED_THROUGH = 10_000;

const HIDDEN = '[hidden]';

/** A shorter one would hide parts of ordinary words, and protects nothing. */
const SHORTEST_SECRET = 8;

/** What an Authorization header holds, by its look: its scheme, and a token that is no plain word. */
const AUTHORIZATION = /\b(Basic|Bearer|P2S-SIGN-V1)(?:\s+|%20|\+)(?=[^\s"'<>,;]*[\d=])[^\s"'<>,;]{8,}/gi;
/** A JSON Web Token, or what is left of one; it may have been minted after the credential was read. */
const WEB_TOKEN = /\beyJ[\w-]{5,}(?:\.[\w-]*){1,2}/g;

/** Fields of a request whose values are for the vendor alone, such as the secret of a webhook. */
const SECRET_FIELD = /secret|password|token/i;

/**
 * What a vendor said, fit to be shown and stored: of bounded length, and without the credentials of
 * the request, which some servers repeat in their errors.
 * @param authorization the header that was sent, where it is known; else its parts are known by their looks alone
 */
export function presentable(said: VendorError, request: ApiRequest, authorization = ''): VendorError {
	// The whole first: its parts alone would leave the rest of it.
	const hide = hider([authorization, ...partsOf(authorization), ...secretsIn(request)]);
	const text = (value: string, longest: number): string => cut(hide(value), longest);
	const { code, details, entryProblems, message, requestId } = said;
	const more = details.length - MOST_DETAILS;
	return {
		message: message === undefined ? undefined : text(message, LONGEST_MESSAGE),
		code: code === undefined ? undefined : text(code, LONGEST_NAME),
		details: [
			...details.slice(0, MOST_DETAILS).map((detail) => text(detail, LONGEST_DETAIL)),
			...(more > 0 ? [`and ${more} more`] : []),
		],
		entryProblems: entryProblems?.map(({ index, problem }) => ({ index, problem: text(problem, LONGEST_DETAIL) })),
		requestId: requestId === undefined ? undefined : text(requestId, LONGEST_NAME),
	};
}

function hider(secrets: readonly string[]): (text: string) => string {
	const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
	return (text) =>
		known
			.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
			.slice(0, LOOKED_THROUGH)
			.replace(AUTHORIZATION, (_all, scheme: string) => `${scheme} ${HIDDEN}`)
			.replace(WEB_TOKEN, HIDDEN);
}

/** What stands behind the scheme. A time among it is no secret. */
function partsOf(authorization: string): string[] {
	const [, ...parts] = authorization.split(/[\s:]+/);
	return parts.filter((part) => !/^\d+$/.test(part));
}

function secretsIn({ body = {} }: ApiRequest): string[] {
	return Object.entries(body).flatMap(([name, value]) =>
		SECRET_FIELD.test(name) && typeof value === 'string' ? [value] : [],
	);
}

function cut(text: string, longest: number): string {
	return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

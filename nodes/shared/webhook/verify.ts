import { timingSafeEqual } from 'node:crypto';

import { excessOf } from '../http/json';
import {
	readCandidates,
	type DeliveryHeaders,
	type SignatureCandidate,
	type UnreadableReason,
} from './candidates';
import { bodyMac, macKeys } from './mac';
import {
	AUTO_SCHEMES,
	SCHEMES,
	customScheme,
	type CustomScheme,
	type SchemeName,
	type SignatureScheme,
	type TabledScheme,
} from './schemes';

export const DEFAULT_TOLERANCE_SECONDS = 300;

export interface Delivery {
	/** The bytes as they came. What a parser made of them does not count. */
	rawBody: Buffer | undefined;
	headers: DeliveryHeaders;
	/** The current secret first, then the previous one while a rotation is under way. */
	secrets: readonly string[];
	scheme: SchemeName;
	/** How far a signed timestamp may be from `nowMs`, on either side. */
	toleranceSeconds: number;
	nowMs: number;
	/** The user's own scheme, where `scheme` is `custom`. */
	custom?: CustomScheme;
}

/** Why a delivery was refused; for the log, never for the sender. */
export type RefusalReason =
	| UnreadableReason
	| 'noRawBody'
	| 'noSecret'
	| 'invalidSettings'
	| 'signatureMismatch'
	| 'timestampTooOld'
	| 'timestampInFuture'
	| 'bodyNotJsonObject';

export const REFUSAL_TEXT: Readonly<Record<RefusalReason, string>> = {
	noRawBody: 'the raw body is not at hand, and nothing else can be verified',
	noSecret: 'no secret is known to verify it with',
	invalidSettings:
		'the verification settings do not add up: a custom scheme needs a header and a signed content with {body} once, ' +
		'each of {timestamp} and {id} needs its header, and the tolerance must be a number of seconds',
	missingSignature: 'it carries no signature header',
	malformedSignature: 'its signature header holds no signature of the expected form',
	oversizedHeader: 'its signature header is too long',
	tooManySignatures: 'it carries too many signatures',
	missingTimestamp: 'its signature comes without a timestamp',
	malformedTimestamp: 'its timestamp is not a whole number of seconds or milliseconds',
	missingId: 'its signature comes without a message id',
	malformedId: 'its message id is not well-formed',
	signatureMismatch: 'its signature does not match: another secret, another scheme, or an altered body',
	timestampTooOld: 'its signature is right but its timestamp is too old: a replay, or a clock that is off',
	timestampInFuture: 'its signature is right but its timestamp lies in the future: a clock is off',
	bodyNotJsonObject: 'its body is not a JSON object, or one that is nested too deeply or holds more than a million values',
};

/** Of several refusals the one that tells most is reported: the first of these. */
const MOST_TELLING: readonly RefusalReason[] = [
	'bodyNotJsonObject',
	'timestampTooOld',
	'timestampInFuture',
	'signatureMismatch',
	'malformedTimestamp',
	'missingTimestamp',
	'malformedId',
	'missingId',
	'tooManySignatures',
	'oversizedHeader',
	'malformedSignature',
	'missingSignature',
];

export type Verdict =
	| {
			ok: true;
			/** The scheme that matched. */
			scheme: Exclude<SchemeName, 'auto'>;
			/** Which of the given secrets matched; absent where verification is off. */
			secretIndex?: number;
			/** The signed time, where the scheme has one. */
			timestampMs?: number;
			/** The verified body. Use it rather than what another parser made of the request. */
			payload: Record<string, unknown>;
	  }
	| { ok: false; reason: RefusalReason };

/**
 * Whether a delivery is genuine. Fails closed and never throws, whatever the sender put into it.
 *
 * The MAC is checked first, then the timestamp it covers, then that the body is a JSON object. The last step is part of
 * the proof: without it a MAC made over `<timestamp>.<body>` would also pass as one over a bare body of those bytes.
 *
 * The same signed bytes in another scheme's headers (a timestamp moved into a header of its own) are accepted by `auto`:
 * what was signed, and so what is believed, is the same.
 */
export function verifyDelivery(delivery: Delivery): Verdict {
	const { rawBody, headers, scheme, toleranceSeconds, nowMs } = delivery;
	if (!Buffer.isBuffer(rawBody)) return { ok: false, reason: 'noRawBody' };
	if (scheme === 'none') return withPayload({ ok: true, scheme }, rawBody);

	const secrets = delivery.secrets
		.map((secret, index) => ({ secret, index }))
		.filter(({ secret }) => isSecret(secret));
	if (secrets.length === 0) return { ok: false, reason: 'noSecret' };
	const schemes = schemesToTry(scheme, delivery.custom);
	if (!schemes || !Number.isFinite(toleranceSeconds) || toleranceSeconds < 0) {
		return { ok: false, reason: 'invalidSettings' };
	}

	const refusals = new Set<RefusalReason>();
	// One MAC for each key and signed text, however many signatures and schemes are compared with it: the cost of a
	// hostile delivery stays within a small multiple of a genuine one.
	const macs = new Map<string, Buffer>();
	const macOf = (key: Buffer, candidate: SignatureCandidate) => {
		const name = JSON.stringify([key.toString('latin1'), candidate.before, candidate.after]);
		const mac = macs.get(name) ?? bodyMac(key, candidate, rawBody);
		macs.set(name, mac);
		return mac;
	};

	for (const [name, row] of schemes) {
		const { candidates, reasons } = readCandidates(row, headers);
		reasons.forEach((reason) => refusals.add(reason));
		for (const candidate of candidates) {
			const match = secrets.find(({ secret }) =>
				macKeys(secret, row.keys).some((key) => matchesAny(macOf(key, candidate), candidate.digests)),
			);
			const { timestampMs } = candidate;
			const refusal = match
				? timestampRefusal(timestampMs, nowMs, toleranceSeconds)
				: 'signatureMismatch';
			if (match && !refusal) {
				const accepted = { ok: true as const, scheme: name, secretIndex: match.index };
				return withPayload(
					timestampMs === undefined ? accepted : { ...accepted, timestampMs },
					rawBody,
				);
			}
			if (refusal) refusals.add(refusal);
		}
	}
	return { ok: false, reason: MOST_TELLING.find((reason) => refusals.has(reason)) ?? 'missingSignature' };
}

function schemesToTry(
	scheme: Exclude<SchemeName, 'none'>,
	custom: CustomScheme | undefined,
): Array<[TabledScheme | 'custom', SignatureScheme]> | undefined {
	if (scheme === 'auto') return AUTO_SCHEMES.map((name) => [name, SCHEMES[name]]);
	if (scheme === 'custom') {
		const row = custom && customScheme(custom);
		return row && [['custom', row]];
	}
	return Object.hasOwn(SCHEMES, scheme) ? [[scheme, SCHEMES[scheme]]] : undefined;
}

/** A blank secret would let everybody in who guesses that it is blank. */
function isSecret(secret: unknown): boolean {
	return typeof secret === 'string' && secret.trim() !== '';
}

function matchesAny(mac: Buffer, digests: Buffer[]): boolean {
	return digests.some((digest) => digest.length === mac.length && timingSafeEqual(digest, mac));
}

function timestampRefusal(
	timestampMs: number | undefined,
	nowMs: number,
	toleranceSeconds: number,
): RefusalReason | undefined {
	if (timestampMs === undefined) return undefined;
	const ageMs = nowMs - timestampMs;
	if (ageMs < -toleranceSeconds * 1000) return 'timestampInFuture';
	// Written so that an unknown clock (NaN) refuses.
	return ageMs <= toleranceSeconds * 1000 ? undefined : 'timestampTooOld';
}

function withPayload<Accepted extends Omit<Extract<Verdict, { ok: true }>, 'payload'>>(
	accepted: Accepted,
	rawBody: Buffer,
): Verdict {
	const payload = jsonObject(rawBody);
	return payload ? { ...accepted, payload } : { ok: false, reason: 'bodyNotJsonObject' };
}

function jsonObject(rawBody: Buffer): Record<string, unknown> | undefined {
	const text = rawBody.toString('utf8');
	// What comes after us, ourselves and n8n, would overflow its stack or fill the memory.
	if (excessOf(text) !== undefined) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	return isPlainObject(value) ? value : undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

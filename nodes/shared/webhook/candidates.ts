import { strictBase64, surroundings, type Surroundings } from './mac';
import type { HeaderMatch, SignatureEncoding, SignatureScheme } from './schemes';

/** Headers as Node gives them; only own string values and lists of strings are read. */
export type DeliveryHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One reading of a delivery: if any of `digests` is the MAC of body and surroundings, the delivery is genuine. */
export interface SignatureCandidate extends Surroundings {
	digests: Buffer[];
	timestampMs?: number;
}

/** Why a scheme found nothing to compare in a delivery's headers. */
export type UnreadableReason =
	| 'missingSignature'
	| 'malformedSignature'
	| 'oversizedHeader'
	| 'tooManySignatures'
	| 'missingTimestamp'
	| 'malformedTimestamp'
	| 'missingId'
	| 'malformedId';

// Bounds on what a stranger can make us compare. Genuine deliveries stay far below them: one header, one signature,
// two while a secret is rotated.
const MAX_HEADER_CHARACTERS = 4096;
const MAX_SIGNATURE_VALUES = 8;
const MAX_SIGNATURES_PER_VALUE = 16;
const MAX_TIMESTAMP_VALUES = 4;

/** Message ids keep to what no JSON text can begin with and to no `.`, so that id, timestamp and body stay apart. */
const MESSAGE_ID = /^[\w:~-]{1,256}$/;

/** Nothing but digits: what a lenient parser forgives (`1614265330junk`, `1e9`, ` 16…`) is refused. */
const UNIX_TIME = /^[1-9]\d{0,15}$/;

/** Unix times below this are seconds (until the year 5138), the others milliseconds (since 1973). */
const FIRST_MILLISECOND_TIMESTAMP = 100_000_000_000;

/** Unix seconds or milliseconds, strictly an integer, as milliseconds. */
export function timestampMsOf(text: string): number | undefined {
	if (!UNIX_TIME.test(text)) return undefined;
	const value = Number(text);
	return value < FIRST_MILLISECOND_TIMESTAMP ? value * 1000 : value;
}

/** Everything in the headers that a scheme would read as a signature, and why there is nothing, where there is not. */
export function readCandidates(
	scheme: SignatureScheme,
	headers: DeliveryHeaders,
): { candidates: SignatureCandidate[]; reasons: UnreadableReason[] } {
	const values = headerValues(headers, scheme.signature);
	if (values.length === 0) return { candidates: [], reasons: ['missingSignature'] };
	if (values.length > MAX_SIGNATURE_VALUES) return { candidates: [], reasons: ['tooManySignatures'] };

	const candidates: SignatureCandidate[] = [];
	const reasons: UnreadableReason[] = [];
	for (const value of values) {
		const read = readValue(scheme, headers, value);
		if (typeof read === 'string') reasons.push(read);
		else candidates.push(...read);
	}
	return { candidates, reasons };
}

function readValue(
	scheme: SignatureScheme,
	headers: DeliveryHeaders,
	value: string,
): SignatureCandidate[] | UnreadableReason {
	if (value.length > MAX_HEADER_CHARACTERS) return 'oversizedHeader';
	const elements = value.split(scheme.separator).map((element) => element.trim());
	const digests = labelled(elements, scheme.label).flatMap(
		(text) => digestOf(text, scheme.encodings) ?? [],
	);
	if (digests.length === 0) return 'malformedSignature';
	if (digests.length > MAX_SIGNATURES_PER_VALUE) return 'tooManySignatures';

	const id = readId(scheme, headers);
	if (typeof id === 'object') return id.reason;
	if (!scheme.timestamp) return [{ ...surroundings(scheme.content, { id }), digests }];

	const timestamps =
		'element' in scheme.timestamp
			? labelled(elements, scheme.timestamp.element)
			: headerValues(headers, scheme.timestamp);
	if (timestamps.length === 0) return 'missingTimestamp';
	// Two times in one signature header: which one was signed is anybody's guess, so neither is believed.
	const ambiguous = timestamps.length > ('element' in scheme.timestamp ? 1 : MAX_TIMESTAMP_VALUES);
	const timed = ambiguous
		? []
		: timestamps.flatMap((timestamp) => {
				const timestampMs = timestampMsOf(timestamp);
				return timestampMs === undefined
					? []
					: [{ ...surroundings(scheme.content, { id, timestamp }), digests, timestampMs }];
			});
	return timed.length > 0 ? timed : 'malformedTimestamp';
}

function readId(
	scheme: SignatureScheme,
	headers: DeliveryHeaders,
): string | undefined | { reason: 'missingId' | 'malformedId' } {
	if (!scheme.id) return undefined;
	const [id, ...others] = headerValues(headers, scheme.id);
	if (id === undefined) return { reason: 'missingId' };
	return others.length === 0 && MESSAGE_ID.test(id) ? id : { reason: 'malformedId' };
}

function labelled(elements: string[], label: string): string[] {
	return elements
		.filter((element) => element.startsWith(label))
		.map((element) => element.slice(label.length));
}

/** The 32 bytes of an HMAC-SHA256, from the one spelling an encoding has for them. */
function digestOf(text: string, encodings: readonly SignatureEncoding[]): Buffer | undefined {
	if (encodings.includes('hex') && /^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
	if (encodings.includes('base64') && text.length === 44) return strictBase64(text);
	return undefined;
}

function headerValues(headers: DeliveryHeaders, match: HeaderMatch): string[] {
	const wanted = (name: string) =>
		'name' in match ? name === match.name : match.endsWith.some((ending) => name.endsWith(ending));
	return Object.entries(headers)
		.filter(([name]) => wanted(name.toLowerCase()))
		.flatMap(([, value]) => value)
		.filter((value): value is string => typeof value === 'string')
		.map((value) => value.trim())
		.filter((value) => value !== '');
}

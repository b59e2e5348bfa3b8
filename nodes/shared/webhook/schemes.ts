/**
 * Signature schemes: what a vendor may sign, as data.
 *
 * Neither vendor publishes its formula, so none of these rows is a documented fact about one of them. The rows are
 * the closed family of HMAC-SHA256 conventions in use elsewhere (Stripe, GitHub, Shopify, Standard Webhooks, Slack).
 * Accepting all of them costs no security: each binds the whole raw body, and a keyed MAC cannot be made without the
 * key, whichever header carried it.
 */

/** The values of a trigger's `scheme` parameter. */
export const SCHEME_NAMES = [
	'auto',
	'timestamped',
	'prefixedBody',
	'bareBody',
	'standardWebhooks',
	'headerTimestamp',
	'custom',
	'none',
] as const;

export type SchemeName = (typeof SCHEME_NAMES)[number];

/** The schemes with a row of their own in `SCHEMES`. */
export type TabledScheme = Exclude<SchemeName, 'auto' | 'custom' | 'none'>;

export type SignatureEncoding = 'hex' | 'base64';

/** One header by its name, or every header whose name ends in one of these; lower case. */
export type HeaderMatch = { name: string } | { endsWith: readonly string[] };

/** A key is a secret's UTF-8 text, or the bytes it has as base64, after `whsec_` or a vendor's `…whsec_`. */
export type KeyReading = 'text' | 'base64';

export interface SignatureScheme {
	/** Where signatures are looked for. */
	signature: HeaderMatch;
	/** Between the elements of one header value. Node joins repeated headers with a comma too. */
	separator: ',' | ' ';
	/** What stands before a signature inside an element; '' for nothing. Other elements are not signatures. */
	label: string;
	encodings: readonly SignatureEncoding[];
	/** The signed bytes: literal text with `{body}` (raw bytes, exactly once), `{timestamp}` and `{id}` as received. */
	content: string;
	/** Where `{timestamp}` comes from: another header, or an element of the signature's own header. */
	timestamp?: HeaderMatch | { element: string };
	/** Where `{id}` comes from. */
	id?: HeaderMatch;
	/** What the secret's text may mean as a key, the most likely first. */
	keys: readonly KeyReading[];
}

/** Any name a vendor may have chosen; `webhook-signature` is among them. */
const ANY_SIGNATURE_HEADER: HeaderMatch = { endsWith: ['signature', 'signature-256'] };

export const SCHEMES: Readonly<Record<TabledScheme, SignatureScheme>> = {
	/** `…-Signature: t=<unix>,v1=<hex>[,v1=<hex>…]` */
	timestamped: {
		signature: ANY_SIGNATURE_HEADER,
		separator: ',',
		label: 'v1=',
		encodings: ['hex'],
		content: '{timestamp}.{body}',
		timestamp: { element: 't=' },
		keys: ['text'],
	},
	/** `…-Signature-256: sha256=<hex>` */
	prefixedBody: {
		signature: ANY_SIGNATURE_HEADER,
		separator: ',',
		label: 'sha256=',
		encodings: ['hex'],
		content: '{body}',
		keys: ['text'],
	},
	/** `…-Signature: <hex or base64>` */
	bareBody: {
		signature: ANY_SIGNATURE_HEADER,
		separator: ',',
		label: '',
		encodings: ['hex', 'base64'],
		content: '{body}',
		keys: ['text'],
	},
	/** `webhook-signature: v1,<base64> v1,<base64>` beside `webhook-id` and `webhook-timestamp` */
	standardWebhooks: {
		signature: { name: 'webhook-signature' },
		separator: ' ',
		label: 'v1,',
		encodings: ['base64'],
		content: '{id}.{timestamp}.{body}',
		timestamp: { name: 'webhook-timestamp' },
		id: { name: 'webhook-id' },
		// A vendor that lets the caller choose the secret may use its text as it stands.
		keys: ['base64', 'text'],
	},
	/** `…-Signature: <hex or base64>` beside `…-Timestamp` */
	headerTimestamp: {
		signature: ANY_SIGNATURE_HEADER,
		separator: ',',
		label: '',
		encodings: ['hex', 'base64'],
		content: '{timestamp}.{body}',
		timestamp: { endsWith: ['timestamp'] },
		keys: ['text'],
	},
};

/** What `auto` tries, the most likely first; the order changes the cost and nothing else. */
export const AUTO_SCHEMES: readonly TabledScheme[] = [
	'timestamped',
	'prefixedBody',
	'bareBody',
	'standardWebhooks',
	'headerTimestamp',
];

/** A scheme as a user describes it, when the vendor's is none of the table. */
export interface CustomScheme {
	signatureHeader: string;
	/** What stands before the signature in its header, e.g. `v0=`. */
	label?: string;
	encoding: SignatureEncoding;
	/** As `SignatureScheme.content`, e.g. `v0:{timestamp}:{body}`. */
	content: string;
	/** Needed where `content` has `{timestamp}`, unless the signature's header carries it as `t=<unix>`. */
	timestampHeader?: string;
	/** Needed where `content` has `{id}`. */
	idHeader?: string;
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;

/**
 * The table row for a custom scheme; undefined where it does not add up: no body in the signed content, a placeholder
 * nobody fills, or a timestamp header that is not signed and so would protect nothing.
 */
export function customScheme(custom: CustomScheme): SignatureScheme | undefined {
	const { signatureHeader, label = '', encoding, content, timestampHeader, idHeader } = custom;
	const header = (name: string): HeaderMatch => ({ name: name.trim().toLowerCase() });
	const headersAreNames = [signatureHeader, timestampHeader || undefined, idHeader || undefined].every(
		(name) => name === undefined || HEADER_NAME.test(name.trim()),
	);
	const has = (placeholder: string) => content.split(placeholder).length - 1;
	const unknownPlaceholders = content.replace(/\{(?:body|timestamp|id)\}/g, '').includes('{');
	if (!headersAreNames || unknownPlaceholders || has('{body}') !== 1) return undefined;
	if (has('{timestamp}') > 1 || (has('{timestamp}') === 0 && timestampHeader)) return undefined;
	if (has('{id}') > 1 || has('{id}') !== (idHeader ? 1 : 0)) return undefined;
	return {
		signature: header(signatureHeader),
		// A label with a comma in it (`v1,`) belongs to headers that part their signatures with spaces.
		separator: label.includes(',') ? ' ' : ',',
		label,
		encodings: [encoding],
		content,
		...(has('{timestamp}') === 1 && {
			timestamp: timestampHeader ? header(timestampHeader) : { element: 't=' },
		}),
		...(idHeader && { id: header(idHeader) }),
		keys: ['text', 'base64'],
	};
}

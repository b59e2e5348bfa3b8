import { bodyMac, macKeys, surroundings } from './mac';
import {
	SCHEMES,
	customScheme,
	type CustomScheme,
	type SignatureEncoding,
	type TabledScheme,
} from './schemes';

export interface DeliveryToSign {
	rawBody: Buffer;
	secret: string;
	scheme: TabledScheme | 'custom';
	/** Unix time in seconds or milliseconds, signed as it stands. */
	timestamp: number;
	/** The message id; read by schemes that sign one. */
	id?: string;
	/** For schemes that leave the header's name to the vendor, e.g. `X-Vendor-Signature`. */
	signatureHeader?: string;
	/** For schemes with several; the scheme's first otherwise. */
	encoding?: SignatureEncoding;
	custom?: CustomScheme;
}

/**
 * The headers that a vendor using this scheme would send with a delivery.
 * Throws on a custom scheme that does not add up, an encoding the scheme does not have, and a missing id it would sign.
 */
export function signDelivery(delivery: DeliveryToSign): Record<string, string> {
	const { rawBody, secret, scheme, timestamp, id, custom } = delivery;
	const row = scheme === 'custom' ? custom && customScheme(custom) : SCHEMES[scheme];
	if (!row) throw new Error('The custom scheme needs a header and a signed content with {body} once');
	const encoding = delivery.encoding ?? row.encodings[0];
	if (!row.encodings.includes(encoding))
		throw new Error(`The ${scheme} scheme is not written in ${encoding}`);
	if (row.id && !id) throw new Error(`The ${scheme} scheme signs a message id, and none is given`);

	const headers: Record<string, string> = {};
	const signatureHeader =
		'name' in row.signature ? row.signature.name : (delivery.signatureHeader ?? 'X-Signature');
	const time = String(timestamp);
	if (row.id && 'name' in row.id) headers[row.id.name] = id ?? '';
	if (row.timestamp && !('element' in row.timestamp)) {
		headers['name' in row.timestamp ? row.timestamp.name : timestampHeaderBeside(signatureHeader)] = time;
	}
	const mac = bodyMac(
		macKeys(secret, row.keys)[0],
		surroundings(row.content, { timestamp: time, id }),
		rawBody,
	);
	const signature = row.label + mac.toString(encoding);
	const element = row.timestamp && 'element' in row.timestamp ? row.timestamp.element : undefined;
	headers[signatureHeader] = element ? [element + time, signature].join(row.separator) : signature;
	return headers;
}

/** `X-Vendor-Signature` → `X-Vendor-Timestamp` */
function timestampHeaderBeside(signatureHeader: string): string {
	return `${signatureHeader.replace(/-?signature(-256)?$/i, '')}-Timestamp`.replace(/^-/, '');
}

import { createHmac } from 'node:crypto';

export const signatureSchemes = [
	'timestamped',
	'prefixedBody',
	'bareBody',
	'standardWebhooks',
	'headerTimestamp',
	'none',
] as const;
export type SignatureScheme = (typeof signatureSchemes)[number];

export const signatureEncodings = ['hex', 'base64'] as const;
/** How `bareBody` and `headerTimestamp` write the signature; the other schemes have one way each. */
export type SignatureEncoding = (typeof signatureEncodings)[number];

export interface UnsignedDelivery {
	secret: string;
	rawBody: string;
	/** The event's id; Standard Webhooks signs it. */
	eventId: string;
	timestampSeconds: number;
	/** Starts the header names: `X-SalesOS`, `OutboundSync`. */
	headerPrefix: string;
	encoding: SignatureEncoding;
}

type Signer = (delivery: UnsignedDelivery) => Record<string, string>;

function mac(key: string | Buffer, content: string, encoding: SignatureEncoding): string {
	return createHmac('sha256', key).update(content, 'utf8').digest(encoding);
}

/**
 * The schemes a vendor may sign deliveries with. Neither vendor publishes its own; the table holds the usual ones,
 * so that a receiver can be tried against each.
 */
const signers: Record<SignatureScheme, Signer> = {
	timestamped: ({ secret, rawBody, timestampSeconds, headerPrefix }) => ({
		[`${headerPrefix}-Signature`]: `t=${timestampSeconds},v1=${mac(secret, `${timestampSeconds}.${rawBody}`, 'hex')}`,
	}),
	prefixedBody: ({ secret, rawBody, headerPrefix }) => ({
		[`${headerPrefix}-Signature`]: `sha256=${mac(secret, rawBody, 'hex')}`,
	}),
	bareBody: ({ secret, rawBody, headerPrefix, encoding }) => ({
		[`${headerPrefix}-Signature`]: mac(secret, rawBody, encoding),
	}),
	standardWebhooks: ({ secret, rawBody, eventId, timestampSeconds }) => {
		// The key is the base64 text after the `whsec_` prefix, decoded.
		const key = Buffer.from(secret.replace(/^[a-z]*whsec_/, ''), 'base64');
		return {
			'webhook-id': eventId,
			'webhook-timestamp': String(timestampSeconds),
			'webhook-signature': `v1,${mac(key, `${eventId}.${timestampSeconds}.${rawBody}`, 'base64')}`,
		};
	},
	headerTimestamp: ({ secret, rawBody, timestampSeconds, headerPrefix, encoding }) => ({
		[`${headerPrefix}-Timestamp`]: String(timestampSeconds),
		[`${headerPrefix}-Signature`]: mac(secret, `${timestampSeconds}.${rawBody}`, encoding),
	}),
	none: () => ({}),
};

/** The headers that sign a delivery. */
export function signDelivery(scheme: SignatureScheme, delivery: UnsignedDelivery): Record<string, string> {
	return signers[scheme](delivery);
}

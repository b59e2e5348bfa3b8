import { Problem, text, type Reader } from '../shared/operation/readers';

/**
 * Reads an ID that the vendor marks with a prefix (documented for webhooks, events and webhook
 * deliveries; all other IDs are whole numbers). What follows the prefix is not documented.
 */
function prefixedId(prefix: string): Reader<string> {
	return (raw) => {
		const value = text(raw);
		if (value instanceof Problem) return value;
		if (value.startsWith(prefix) && /^\S+$/.test(value.slice(prefix.length))) return value;
		return new Problem(
			`does not look like "${prefix}…"`,
			`Enter an ID that starts with ${prefix}; you find it in the field "id" of the record.`,
		);
	};
}

export const webhookId = prefixedId('oswhk_');

export const eventId = prefixedId('osevt_');

export const webhookDeliveryId = prefixedId('oswhd_');

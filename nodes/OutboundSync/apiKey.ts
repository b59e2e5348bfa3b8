const REMEDY = 'Create or copy an OutboundSync API key, which starts with "osapi_", and put it into the credential.';

/** Values that are easily taken for the API key, by how they look. Their own words say what they are. */
const LOOK_ALIKES: ReadonlyArray<{ looksLike: RegExp; what: string }> = [
	// Documented prefix of OutboundSync's own webhook secrets.
	{ looksLike: /^oswhsec_/, what: 'an OutboundSync webhook signing secret' },
	{ looksLike: /^oswhk_/, what: 'the ID of an OutboundSync webhook' },
	{ looksLike: /^sk_(live|test)_/, what: 'a SalesOS key' },
	{ looksLike: /^pat-[a-z]{2}\d+-/, what: 'a HubSpot private app token' },
	{ looksLike: /^bearer\s/i, what: 'a whole Authorization header; the word Bearer does not belong into the field' },
];

/** Sequencers that OutboundSync connects, each with an API key of its own (their formats are not documented here). */
const SEQUENCERS = 'Smartlead, Instantly, EmailBison or HeyReach';

/**
 * Why a value cannot be an OutboundSync API key, found without asking the vendor, whose 401 is the same
 * for every kind of wrong key. That keys start with `osapi_` is documented.
 * @returns a text for the user that never repeats the value; undefined when the value may be a key
 */
export function apiKeyProblem(key: string): string | undefined {
	const value = key.trim();
	if (value === '') return `The OutboundSync API key is empty. ${REMEDY}`;
	if (/^osapi_\S+$/.test(value)) return undefined;
	if (value.startsWith('osapi_')) {
		return `The OutboundSync API key is incomplete or has a blank in it. ${REMEDY}`;
	}
	const lookAlike = LOOK_ALIKES.find(({ looksLike }) => looksLike.test(value));
	const what = lookAlike
		? `it looks like ${lookAlike.what}`
		: `it may be the API key of a sequencer (${SEQUENCERS}), which OutboundSync does not take`;
	return `This is not an OutboundSync API key: ${what}. ${REMEDY}`;
}

export type ParsedJson =
	| {
			readonly ok: true;
			readonly value: unknown;
			/** How many lists, objects and entries of lists and objects there are, about. */
			readonly values: number;
	  }
	| { readonly ok: false };

/**
 * No vendor's record comes near this. What is nested much deeper can be parsed, and then overflows
 * the stack of whoever walks through it: ourselves, or n8n when it copies the items.
 */
const MAX_DEPTH = 200;

/**
 * No vendor's page comes near this. An answer of 16 MB can hold five million empty objects, which
 * take twenty times its size in memory, and as items of n8n a hundred times.
 */
const MAX_VALUES = 1_000_000;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Array.from('"\\,[]{}', (sign) =>
	sign.charCodeAt(0),
);

/** Parses an answer; a byte order mark in front, which some servers write, is no fault. */
export function parseJson(text: string): ParsedJson {
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	const { excess, values } = weigh(json);
	if (excess !== undefined) return { ok: false };
	try {
		return { ok: true, value: JSON.parse(json) as unknown, values };
	} catch {
		return { ok: false };
	}
}

/**
 * In which way JSON is more than we take, as the end of "JSON that …": more lists and objects within
 * each other than {@link MAX_DEPTH}, or more values than {@link MAX_VALUES}. Undefined where it is not.
 */
export function excessOf(json: string): string | undefined {
	return weigh(json).excess;
}

function weigh(json: string): { readonly values: number; readonly excess?: string } {
	let depth = 0;
	let values = 0;
	let isInText = false;
	for (let index = 0; index < json.length; index += 1) {
		const code = json.charCodeAt(index);
		if (code === QUOTE) isInText = !isInText;
		else if (isInText && code === BACKSLASH) index += 1;
		else if (!isInText) {
			depth += depthChange(code);
			// A list or an object is a value, and so is what follows a comma.
			if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) values += 1;
		}
		if (depth > MAX_DEPTH) return { values, excess: 'is nested too deeply' };
		if (values > MAX_VALUES) return { values, excess: 'holds more than a million values' };
	}
	return { values };
}

function depthChange(code: number): number {
	if (code === OPEN_LIST || code === OPEN_OBJECT) return 1;
	return code === CLOSE_LIST || code === CLOSE_OBJECT ? -1 : 0;
}

/** A value of an answer as text. Objects as JSON: `String` would call a `toString` that the server may have put there. */
export function plainText(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

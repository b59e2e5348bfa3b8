export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

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
	if (excessOf(json) !== undefined) return { ok: false };
	try {
		return { ok: true, value: JSON.parse(json) as unknown };
	} catch {
		return { ok: false };
	}
}

/**
 * In which way JSON is more than we take, as the end of "JSON that …"; undefined where it is not:
 * more lists and objects within each other than {@link MAX_DEPTH}, more values than {@link MAX_VALUES}.
 */
export function excessOf(json: string): string | undefined {
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
		if (depth > MAX_DEPTH) return 'is nested too deeply';
		if (values > MAX_VALUES) return 'holds more than a million values';
	}
	return undefined;
}

function depthChange(code: number): number {
	if (code === OPEN_LIST || code === OPEN_OBJECT) return 1;
	return code === CLOSE_LIST || code === CLOSE_OBJECT ? -1 : 0;
}

/** Whether JSON has more lists and objects within each other than {@link MAX_DEPTH}. */
export function isNestedTooDeeply(json: string): boolean {
	return excessOf(json) !== undefined;
}

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/**
 * No vendor's record comes near this. What is nested much deeper can be parsed, and then overflows
 * the stack of whoever walks through it: ourselves, or n8n when it copies the items.
 */
const MAX_DEPTH = 200;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Array.from('"\\[]{}', (sign) => sign.charCodeAt(0));

/** Parses an answer; a byte order mark in front, which some servers write, is no fault. */
export function parseJson(text: string): ParsedJson {
	const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
	if (isNestedTooDeeply(json)) return { ok: false };
	try {
		return { ok: true, value: JSON.parse(json) as unknown };
	} catch {
		return { ok: false };
	}
}

/** Whether JSON has more lists and objects within each other than {@link MAX_DEPTH}. */
export function isNestedTooDeeply(json: string): boolean {
	let depth = 0;
	let isInText = false;
	for (let index = 0; index < json.length; index += 1) {
		const code = json.charCodeAt(index);
		if (code === QUOTE) isInText = !isInText;
		else if (isInText && code === BACKSLASH) index += 1;
		else if (!isInText) depth += depthChange(code);
		if (depth > MAX_DEPTH) return true;
	}
	return false;
}

function depthChange(code: number): number {
	if (code === OPEN_LIST || code === OPEN_OBJECT) return 1;
	return code === CLOSE_LIST || code === CLOSE_OBJECT ? -1 : 0;
}

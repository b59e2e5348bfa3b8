/** Everything that one place holds, as texts. */
export interface Place {
	readonly name: string;
	readonly texts: readonly string[];
}

/**
 * The forms in which a text may stand somewhere: as it is, in a URL, in JSON (once, and within a text
 * of JSON), in hexadecimal, and in base64, where it begins at any of three positions of a group.
 */
export function formsOf(secret: string): string[] {
	const escaped = JSON.stringify(secret).slice(1, -1);
	const bytes = Buffer.from(secret);
	const base64 = [0, 1, 2].flatMap((offset) => {
		// Signs that the neighbours have a part in are left out.
		const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replace(/=+$/, '');
		const inner = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
		return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
	});
	return [...new Set([secret, encodeURIComponent(secret), escaped, JSON.stringify(escaped).slice(1, -1), bytes.toString('hex'), ...base64])];
}

/** Where secrets stand, by name of place and of secret: `log: client secret`. */
export function find(places: readonly Place[], secrets: Readonly<Record<string, string>>): string[] {
	const wanted = Object.entries(secrets).map(([name, secret]) => ({ name, forms: formsOf(secret) }));
	return places.flatMap((place) =>
		wanted
			.filter(({ forms }) => place.texts.some((text) => forms.some((form) => text.includes(form))))
			.map(({ name }) => `${place.name}: ${name}`),
	);
}

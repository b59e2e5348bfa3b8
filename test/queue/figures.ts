/** Puts a measurement on the terminal, apart from jest's own lines, for docs/measurements.md to quote. */
export function report(subject: string, figures: Readonly<Record<string, number | string>>): void {
	const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
	process.stderr.write(`  [measured] ${subject}: ${text.join(', ')}\n`);
}

/**
 * The order of two labels of ours, capitals or not. Not `localeCompare`: its first call makes a
 * collator, which took a fifth of the time in which n8n loads the package.
 */
export function alphabetical(one: string, other: string): number {
	const [before, after] = [one.toLowerCase(), other.toLowerCase()];
	if (before === after) return 0;
	return before < after ? -1 : 1;
}

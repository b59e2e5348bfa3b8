/** Everything that can be read off a value: own properties, hidden ones, causes, messages, stacks. */
export function allTextOf(value: unknown, seen = new Set<unknown>()): string {
	if (typeof value === 'function' || typeof value === 'symbol') return '';
	if (typeof value !== 'object' || value === null) return `${String(value)}\n`;
	if (seen.has(value)) return '';
	seen.add(value);
	if (Buffer.isBuffer(value)) return value.toString();
	const entries = value instanceof Map ? [...value] : Reflect.ownKeys(value).map((key) => [key, Reflect.get(value, key) as unknown]);
	return entries.map(([key, inner]) => `${String(key)}: ${allTextOf(inner, seen)}`).join('');
}

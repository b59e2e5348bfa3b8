import type { FaultRow, Service } from './faults';

/** What an error says first, by how the request ended; see outcomes.ts. */
export function headlines(service: Service, { status }: FaultRow, cause: string): Readonly<Record<'fails' | 'gives up' | 'not created' | 'unknown', string>> {
	const refused = `${service} refused the request: ${cause}`;
	const silent = `${status === undefined ? `${service} could not be reached` : `${service} did not give a usable answer`}: ${cause}`;
	return {
		fails: refused,
		unknown: `It is not known whether ${service} carried out the request: ${cause}`,
		// The server did answer, and the answer was no.
		'gives up': status === 429 ? refused : silent,
		'not created': `${silent}. The lead was looked up each time and is not there`,
	};
}

/** What an error says of a wait that is too long; the time is its first group. */
export function laterPattern(service: Service): RegExp {
	return new RegExp(`^${service} can take this request at (\\S+) at the earliest: the rate limit of your ${service}(?: plan| account) is used up until then$`);
}

/** `JSON of another form` is named by the form that was expected. */
export function causeFor(service: Service, { cause }: FaultRow, expects = ''): string {
	const text = typeof cause === 'string' ? cause : cause[service];
	return text.endsWith(' than ') ? `${text}${expects}` : text;
}

/** Holds a stated time against what the server said. */
export function expectTimeNear(retryAt: string, statedMs: number, endedAtMs: number): void {
	expect(new Date(retryAt).toISOString()).toBe(retryAt);
	// Two seconds are for rounding and for spreading those who wait; the machine may have been slow.
	expect(Date.parse(retryAt)).toBeGreaterThan(endedAtMs + statedMs - 15_000);
	expect(Date.parse(retryAt)).toBeLessThan(endedAtMs + statedMs + 2_000);
}

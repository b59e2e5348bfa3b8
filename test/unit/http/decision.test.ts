import fc from 'fast-check';

import { backoffMs, decide, type Verdict } from '../../../nodes/shared/http/decision';
import type { Outcome } from '../../../nodes/shared/http/outcome';
import type { HttpMethod } from '../../../nodes/shared/http/request';

const refused = (status: number): Outcome => ({ kind: 'refused', status, headers: {}, body: undefined });

const OUTCOMES = {
	success: { kind: 'success', answer: { status: 200, headers: {}, body: {} } },
	'not sent': { kind: 'notSent', problem: 'refused' },
	blocked: { kind: 'blocked', problem: 'TLS' },
	lost: { kind: 'lost', problem: 'broke off', timedOut: false },
	'timed out': { kind: 'lost', problem: 'no answer', timedOut: true },
	unreadable: { kind: 'unreadable', status: 200, headers: {}, problem: 'HTML' },
	'too large': { kind: 'unreadable', status: 200, headers: {}, problem: 'its answer is larger than 16 MB', isTooLarge: true },
	...Object.fromEntries(
		[301, 302, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429, 499, 500, 501, 502, 503, 504, 505, 599].map((status) => [
			String(status),
			refused(status),
		]),
	),
} satisfies Record<string, Outcome>;

type OutcomeName = keyof typeof OUTCOMES | `${number}`;

/** What the design says of each method, written out. */
const SAFE: HttpMethod[] = ['GET', 'PUT', 'DELETE'];
const UNSAFE: HttpMethod[] = ['POST', 'PATCH'];
const ALL: HttpMethod[] = [...SAFE, ...UNSAFE];

const TABLE: ReadonlyArray<readonly [HttpMethod[], OutcomeName[], Verdict]> = [
	[ALL, ['success'], 'done'],
	[ALL, ['429'], 'wait'],
	[ALL, ['not sent'], 'retry'],
	[ALL, ['blocked'], 'fail'],
	[ALL, ['301', '302', '304', '400', '401', '403', '404', '405', '409', '413', '422', '499'], 'fail'],
	[SAFE, ['502', '503', '504', 'lost', 'timed out', 'unreadable'], 'retry'],
	[SAFE, ['500', '501', '505', '599', 'too large'], 'fail'],
	[UNSAFE, ['500', '501', '502', '503', '504', '505', '599', 'lost', 'timed out', 'unreadable', 'too large'], 'unknown'],
];

const CASES = TABLE.flatMap(([methods, names, verdict]) =>
	methods.flatMap((method) => names.map((name) => [method, name, verdict] as const)),
);
const outcomeOf = (name: OutcomeName): Outcome => (OUTCOMES as Record<string, Outcome>)[name];

describe('decide', () => {
	it('is tested for every method and every outcome', () => {
		expect(new Set(CASES.map(([method, name]) => `${method} ${name}`)).size).toBe(ALL.length * Object.keys(OUTCOMES).length);
	});

	it.each(CASES)('%s after "%s": %s', (method, name, verdict) => {
		expect(decide({ method }, outcomeOf(name))).toBe(verdict);
	});

	it.each(CASES.filter(([method]) => method === 'POST'))('a %s that is repeatable unless it is late, after "%s"', (method, name, verdict) => {
		const repeatable = name === 'timed out' ? verdict : decide({ method: 'GET' }, outcomeOf(name));
		expect(decide({ method, repeatable: 'unlessLate' }, outcomeOf(name))).toBe(repeatable);
	});

	it.each(CASES.filter(([method]) => method === 'POST'))(
		'a repeatable %s after "%s" is treated as a GET would be',
		(_method, name) => {
			const outcome = outcomeOf(name);
			expect(decide({ method: 'POST', repeatable: true }, outcome)).toBe(decide({ method: 'GET' }, outcome));
			expect(decide({ method: 'POST', repeatable: false }, outcome)).toBe(decide({ method: 'POST' }, outcome));
		},
	);
});

describe('backoffMs', () => {
	it('doubles from half a second to half a minute', () => {
		const withoutJitter = Array.from({ length: 9 }, (_, index) => backoffMs(index + 1, () => 0));
		expect(withoutJitter).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
	});

	it('adds up to a quarter, and never takes anything away', () => {
		const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 60 }), random, (attempt, share) => {
				const waitMs = backoffMs(attempt, () => share);
				const leastMs = backoffMs(attempt, () => 0);
				expect(Number.isInteger(waitMs) && waitMs >= leastMs && waitMs <= leastMs * 1.25).toBe(true);
			}),
		);
		expect(backoffMs(1, () => 0.5)).toBeGreaterThan(backoffMs(1, () => 0));
	});
});

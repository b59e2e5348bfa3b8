import fc from 'fast-check';

import { simulate, simulateOmniscient, type SimulationOptions } from './simulation';

const MINUTE_MS = 60_000;
/** What the plans of the vendor allow, and how much of it must be reached. */
const LARGEST_LOSS = 0.03;

const COMMON = {
	retryAfter: 'seconds',
	windowMs: MINUTE_MS,
	concurrency: 10,
	seed: 7,
	latencyMs: [20, 150],
	presumedLimit: 100,
	skewMs: 0,
} as const;

const WINDOWS = ['ofTheClock', 'fromFirstRequest'] as const;
const UNITS = ['epochMs', 'epochSeconds', 'secondsLeft'] as const;
const ROUNDINGS = ['ceil', 'floor'] as const;
const SKEWS_MS = [0, 1500, -1500, 90_400, -90_400];

const servers = WINDOWS.flatMap((windows) =>
	UNITS.flatMap((resetUnit) => ROUNDINGS.map((rounding) => ({ windows, resetUnit, rounding }))),
);

const mostRefusedPerWindow = ({ server }: Awaited<ReturnType<typeof simulate>>) =>
	Math.max(...server.windows.map(({ refused }) => refused));

async function lossOf(options: SimulationOptions, elapsedMs: number): Promise<number> {
	return elapsedMs / (await simulateOmniscient(options)) - 1;
}

describe.each(servers)('a server with windows $windows, reset as $resetUnit, rounded by $rounding', (server) => {
	it.each(SKEWS_MS)('takes 600 requests at 500 a minute, its clock ahead by %d ms', async (skewMs) => {
		const options: SimulationOptions = { ...COMMON, ...server, skewMs, requests: 600, limit: 500 };
		const run = await simulate(options);
		expect([run.server.served, run.failed]).toEqual([600, 0]);
		expect(run.server.refused).toBeLessThanOrEqual(1);
		expect(await lossOf(options, run.elapsedMs)).toBeLessThan(LARGEST_LOSS);
	});
});

// Windows from the first request are the hard case: what is lost at one end is lost for good.
const longServers = servers.filter(
	({ resetUnit, rounding, windows }) => windows === 'fromFirstRequest' && (resetUnit === 'epochMs') === (rounding === 'ceil'),
);

describe.each(longServers)('a server with windows $windows, reset as $resetUnit, rounded by $rounding', (server) => {
	it('takes 5,000 requests at 100 a minute, with one refusal at most in all the 50 windows', async () => {
		const options: SimulationOptions = { ...COMMON, ...server, skewMs: -1500, requests: 5000, limit: 100 };
		const run = await simulate(options);
		expect([run.server.served, run.failed]).toEqual([5000, 0]);
		expect(run.server.refused).toBeLessThanOrEqual(1);
		expect(await lossOf(options, run.elapsedMs)).toBeLessThan(LARGEST_LOSS);
	});
});

it('a server without headers is never asked for more than it takes', async () => {
	const options: SimulationOptions = {
		...COMMON,
		windows: 'ofTheClock',
		resetUnit: 'none',
		rounding: 'ceil',
		requests: 1000,
		limit: 100,
	};
	const run = await simulate(options);
	expect([run.server.served, run.server.refused]).toEqual([1000, 0]);
	expect(await lossOf(options, run.elapsedMs)).toBeLessThan(LARGEST_LOSS);
});

describe('at most one refusal a window', () => {
	const options = fc.record({
		windows: fc.constantFrom(...WINDOWS),
		resetUnit: fc.constantFrom(...UNITS),
		rounding: fc.constantFrom(...ROUNDINGS),
		retryAfter: fc.constantFrom('seconds' as const, 'date' as const),
		skewMs: fc.oneof(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: -1e7, max: 1e7 })),
		concurrency: fc.integer({ min: 1, max: 30 }),
		latencyMs: fc
			.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3000 }))
			.map(([least, spread]) => [least, least + spread] as const),
		limit: fc.integer({ min: 5, max: 60 }),
		seed: fc.integer(),
	});
	const others = { requests: 100, windowMs: MINUTE_MS };

	it('whatever the latencies, clocks and forms of the headers', async () => {
		await fc.assert(
			fc.asyncProperty(options, async (server) => {
				const run = await simulate({ ...others, ...server, presumedLimit: server.limit });
				expect([run.server.served, run.failed]).toEqual([100, 0]);
				expect(mostRefusedPerWindow(run)).toBeLessThanOrEqual(1);
			}),
			{ numRuns: 25 },
		);
	});
});

it('another program on the same account costs refusals, and no request', async () => {
	const run = await simulate({
		...COMMON,
		windows: 'ofTheClock',
		resetUnit: 'epochSeconds',
		rounding: 'ceil',
		requests: 500,
		limit: 100,
		othersEveryMs: 1700,
		bareShare: 0.2,
	});
	expect(run.failed).toBe(0);
	expect(run.refused).toBeLessThanOrEqual(run.server.windows.length);
});

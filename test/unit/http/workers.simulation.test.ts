import { ApiClient, type SendContext } from '../../../nodes/shared/http/client';
import { RunReport } from '../../../nodes/shared/http/runReport';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from './virtualClock';
import { WindowServer } from './windowServer';

/**
 * Several processes that share nothing but the server, as n8n's workers do, without Share of Limit:
 * each knows of the others only what is missing from the server's `remaining`.
 */
interface Workers {
	readonly workers: number;
	readonly limit: number;
	readonly requestsEach: number;
	readonly concurrency: number;
	readonly seed: number;
}

const WINDOW_MS = 60_000;
/** Each worker is busy when the next one begins. */
const STAGGER_MS = 500;

interface Result {
	readonly sends: number;
	readonly refused: number;
	readonly windows: number;
	readonly failed: number;
}

async function simulate({ concurrency, limit, requestsEach, seed, workers }: Workers): Promise<Result> {
	const clock = new VirtualClock(seed);
	const server = new WindowServer({
		clock,
		limit,
		windowMs: WINDOW_MS,
		windows: 'fromFirstRequest',
		resetUnit: 'epochSeconds',
		rounding: 'ceil',
		retryAfter: 'seconds',
		skewMs: 0,
	});
	const oneWay = async () => await clock.sleep(Math.round(10 + 60 * clock.random()));
	const context: SendContext = {
		getNode: () => ({ id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} }),
		helpers: {
			async httpRequestWithAuthentication() {
				await oneWay();
				const { headers, status } = server.receive();
				await oneWay();
				const response = { status, headers, data: '{}' };
				if (status !== 200) throw Object.assign(new Error('429'), { cause: { response } });
				return response;
			},
		},
	};
	let failed = 0;
	const work = async (): Promise<void> => {
		const client = new ApiClient(context, {
			service: {
				name: 'Simulated',
				maxRequestBytes: 1_000,
				quotasFor: () => [
					{ key: 'plan', label: 'the plan', limit: 100, windowMs: WINDOW_MS, followsHeaders: true, followsUser: true },
				],
				isAbout: () => true,
				readError: () => ({ details: [] }),
				advise: () => undefined,
			},
			connection: { credentialType: 'test', baseUrl: 'https://api.example.com', accountDigest: 'account' },
			settings: { wish: { share: 1, maxConcurrency: concurrency }, maxRetries: 5, maxWaitMs: 300_000, timeoutMs: 60_000 },
			report: new RunReport(clock),
			clock,
			turns: new TurnKeeper(clock),
		});
		const send = async () => {
			const { ok } = await client.trySend({ method: 'POST', path: '/v1/leads', body: {} });
			if (!ok) failed += 1;
		};
		let begun = 0;
		const lane = async () => {
			while (begun < requestsEach) {
				begun += 1;
				await send();
			}
		};
		await Promise.all(Array.from({ length: 2 * concurrency }, lane));
	};
	const start = async (_: unknown, index: number) => {
		await clock.sleep(index * STAGGER_MS);
		await work();
	};
	await clock.run(Promise.all(Array.from({ length: workers }, start)), 24 * 3_600_000);
	return { sends: server.served + server.refused, refused: server.refused, windows: server.windows.length, failed };
}

const SEEDS = [1, 2, 3];
const WINDOWS = 4;

const CASES = [
	{ workers: 1, limit: 100, atMost: 0 },
	{ workers: 2, limit: 100, atMost: 0.015 },
	{ workers: 2, limit: 500, atMost: 0.005 },
	{ workers: 5, limit: 500, atMost: 0.01 },
];

it.each(CASES)('$workers workers on a plan of $limit: refused is at most $atMost of the requests, and no window stays half empty', async ({ atMost, limit, workers }) => {
	const results = await Promise.all(
		SEEDS.map(async (seed) => await simulate({ workers, limit, requestsEach: (WINDOWS * limit) / workers, concurrency: 10, seed })),
	);
	expect(results.map(({ failed }) => failed)).toEqual(SEEDS.map(() => 0));
	expect(Math.max(...results.map(({ refused, sends }) => refused / sends))).toBeLessThanOrEqual(atMost);
	expect(Math.max(...results.map(({ windows }) => windows))).toBeLessThanOrEqual(WINDOWS + 1);
}, 60_000);

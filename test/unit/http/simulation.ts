import { ApiClient, type SendContext } from '../../../nodes/shared/http/client';
import { RunReport } from '../../../nodes/shared/http/runReport';
import type { Service } from '../../../nodes/shared/http/service';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from './virtualClock';
import { WindowServer, type WindowServerOptions } from './windowServer';

export interface SimulationOptions extends Omit<WindowServerOptions, 'clock'> {
	readonly requests: number;
	readonly concurrency: number;
	readonly seed: number;
	/** One way, from the least to the most. */
	readonly latencyMs: readonly [number, number];
	/** The limit that holds while the server has not told one. */
	readonly presumedLimit: number;
	/** How often another program sends to the same account; never unless given. */
	readonly othersEveryMs?: number;
	/** The share of answers that come without headers; 0 unless given. */
	readonly bareShare?: number;
}

export interface SimulationResult {
	readonly server: WindowServer;
	readonly elapsedMs: number;
	readonly sends: number;
	/** Sends that were refused, without those of others. */
	readonly refused: number;
	readonly failed: number;
}

const LONGEST_MS = 24 * 3_600_000;

/** Sends many requests through the real client and turn keeper to a server model, in virtual time. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
	const clock = new VirtualClock(options.seed);
	const server = new WindowServer({ ...options, clock });
	const oneWay = latencyOf(options, clock);
	let sends = 0;
	let refused = 0;
	const context: SendContext = {
		getNode: () => ({ id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0], parameters: {} }),
		helpers: {
			async httpRequestWithAuthentication() {
				sends += 1;
				await clock.sleep(oneWay());
				const { headers, status } = server.receive();
				await clock.sleep(oneWay());
				const isBare = clock.random() < (options.bareShare ?? 0);
				const response = { status, headers: isBare ? {} : headers, data: '{}' };
				if (status === 429) refused += 1;
				if (status !== 200) throw Object.assign(new Error('429'), { cause: { response } });
				return response;
			},
		},
	};
	const client = new ApiClient(context, {
		service: serviceWith(options),
		connection: { credentialType: 'test', baseUrl: 'https://api.example.com', accountDigest: 'account' },
		settings: {
			wish: { share: 1, maxConcurrency: options.concurrency },
			maxRetries: 5,
			maxWaitMs: 300_000,
			timeoutMs: 60_000,
		},
		report: new RunReport(clock),
		clock,
		turns: new TurnKeeper(clock),
	});
	let isDone = false;
	const others = async (everyMs: number): Promise<void> => {
		while (!isDone) {
			server.receive();
			await clock.sleep(everyMs);
		}
	};
	if (options.othersEveryMs !== undefined) void others(options.othersEveryMs);
	let failed = 0;
	const work = inParallel(options, async () => {
		const result = await client.trySend({ method: 'POST', path: '/v1/leads', body: {} });
		if (!result.ok) failed += 1;
	});
	await clock.run(work, LONGEST_MS);
	isDone = true;
	return { server, elapsedMs: clock.elapsedMs, sends, refused, failed };
}

/** The same with a sender that knows the server's count and clock: what the windows allow. */
export async function simulateOmniscient(options: SimulationOptions): Promise<number> {
	const clock = new VirtualClock(options.seed);
	const server = new WindowServer({ ...options, clock });
	const oneWay = latencyOf(options, clock);
	const send = async (): Promise<void> => {
		await clock.sleep(oneWay());
		while (server.opensAtMs() > clock.now()) await clock.sleep(server.opensAtMs() - clock.now());
		server.receive();
		await clock.sleep(oneWay());
	};
	await clock.run(inParallel(options, send), LONGEST_MS);
	if (server.refused > 0) throw new Error('The omniscient sender was refused');
	return clock.elapsedMs;
}

async function inParallel({ concurrency, requests }: SimulationOptions, send: () => Promise<void>): Promise<void> {
	let begun = 0;
	const worker = async (): Promise<void> => {
		while (begun < requests) {
			begun += 1;
			await send();
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
}

function latencyOf({ latencyMs: [least, most] }: SimulationOptions, clock: VirtualClock): () => number {
	return () => Math.round(least + (most - least) * clock.random());
}

function serviceWith({ presumedLimit, windowMs }: SimulationOptions): Service {
	return {
		name: 'Simulated',
		maxRequestBytes: 1_000_000,
		quotasFor: () => [
			{ key: 'plan', label: 'the plan', limit: presumedLimit, windowMs, followsHeaders: true, followsUser: true },
		],
		isAbout: () => true,
		readError: () => ({ details: [] }),
		advise: () => undefined,
	};
}

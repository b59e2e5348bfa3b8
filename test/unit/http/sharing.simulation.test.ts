import type { QuotaNews, QuotaSpec, QuotaWish } from '../../../nodes/shared/http/quota';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from './virtualClock';

const MINUTE_MS = 60_000;

const spec = (key: string): QuotaSpec => ({ key, label: key, limit: 120, windowMs: MINUTE_MS, followsHeaders: true, followsUser: true });

it('a large import of one account does not starve the others that share its IP address', async () => {
	const clock = new VirtualClock();
	const turns = new TurnKeeper(clock);
	const ip = spec('ip');
	const [busy, seldom] = [spec('busy account'), spec('other account')];
	const waitedMs: number[] = [];
	let isDone = false;
	const send = async (account: QuotaSpec): Promise<void> => {
		const startedAtMs = clock.now();
		const result = await turns.take({
			quotas: [ip, account],
			wish: { share: 1, maxConcurrency: 10 },
			maxWaitMs: 10 * MINUTE_MS,
			isCancelled: () => false,
		});
		if (result.kind !== 'granted') throw new Error(`The turn is not granted but ${result.kind}`);
		if (account === seldom) waitedMs.push(clock.now() - startedAtMs);
		await clock.sleep(50 + 200 * clock.random());
		result.turn.end(() => ({ sends: 1, answered: true, effect: 'grow' }));
	};
	const importing = Promise.all(
		Array.from({ length: 20 }, async () => {
			while (!isDone) await send(busy);
		}),
	);
	const others = async (): Promise<void> => {
		for (let request = 0; request < 25; request += 1) {
			await send(seldom);
			await clock.sleep(10_000 * clock.random());
		}
		isDone = true;
	};
	await clock.run(Promise.all([importing, others()]), 60 * MINUTE_MS);
	expect(waitedMs).toHaveLength(25);
	// At worst the whole window is used up when the request comes.
	expect(Math.max(...waitedMs)).toBeLessThan(MINUTE_MS + 1000);
});

describe('one with a limit of its own beside an import that uses up the rest', () => {
	const IMPORT: QuotaWish = { share: 1, maxConcurrency: 10 };

	/** @returns how long the one request had to wait, in minutes */
	async function waitOf(wish: QuotaWish, followsHeaders: boolean): Promise<number> {
		const clock = new VirtualClock();
		const turns = new TurnKeeper(clock);
		const quotas = [{ ...spec('shared'), followsHeaders }];
		let isServed = false;
		let opened = { atMs: clock.now(), sent: 0 };
		const send = async (own: QuotaWish): Promise<void> => {
			const result = await turns.take({ quotas, wish: own, maxWaitMs: Infinity, isCancelled: () => false });
			if (result.kind !== 'granted') throw new Error(`The turn is not granted but ${result.kind}`);
			if (clock.now() >= opened.atMs + MINUTE_MS) opened = { atMs: clock.now(), sent: 0 };
			opened.sent += 1;
			const window = { limit: 120, remaining: Math.max(0, 120 - opened.sent), resetAtMs: opened.atMs + MINUTE_MS };
			await clock.sleep(100 + 100 * clock.random());
			const news: QuotaNews = { sends: 1, answered: true, effect: 'grow', window: followsHeaders ? window : undefined };
			result.turn.end(() => news);
		};
		const importing = Array.from({ length: 10 }, async () => {
			while (!isServed) await send(IMPORT);
		});
		let waitedMs = 0;
		const other = async (): Promise<void> => {
			await clock.sleep(5.5 * MINUTE_MS);
			const startedAtMs = clock.now();
			await send(wish);
			waitedMs = clock.now() - startedAtMs;
			isServed = true;
		};
		await clock.run(Promise.all([...importing, other()]), 60 * MINUTE_MS);
		return waitedMs / MINUTE_MS;
	}

	it.each([
		['half of the limit', { ...IMPORT, share: 0.5 }],
		['a few requests a minute', { ...IMPORT, limit: 30 }],
	])('has its turn: %s', async (_what, wish) => {
		expect(await waitOf(wish, false)).toBeLessThan(2.1);
		expect(await waitOf(wish, true)).toBeLessThan(2.1);
	});
});

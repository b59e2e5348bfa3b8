import type { QuotaSpec } from '../../../nodes/shared/http/quota';
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

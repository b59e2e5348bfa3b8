import { KeyedLock } from '../../../nodes/shared/operation/keyedLock';

/** A task that ends when it is told to. */
function task(log: string[], name: string) {
	let finish: (error?: Error) => void = () => undefined;
	const run = async (): Promise<string> => {
		log.push(`${name} begins`);
		await new Promise<void>((resolve, reject) => {
			finish = (error) => (error ? reject(error) : resolve());
		});
		log.push(`${name} ends`);
		return name;
	};
	return { run, finish: (error?: Error) => finish(error) };
}

async function settle(): Promise<void> {
	await new Promise((resolve) => {
		setImmediate(resolve);
	});
}

it('tasks of one key run one after the other, in their order', async () => {
	const lock = new KeyedLock();
	const log: string[] = [];
	const tasks = ['first', 'second', 'third'].map((name) => task(log, name));
	const results = Promise.all(tasks.map(async ({ run }) => await lock.run('ana@example.com', run)));
	for (const { finish } of tasks) {
		await settle();
		finish();
	}
	expect(await results).toEqual(['first', 'second', 'third']);
	expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends', 'third begins', 'third ends']);
});

it('a task that comes while another waits or runs is let past neither', async () => {
	const lock = new KeyedLock();
	const log: string[] = [];
	const [first, second, third] = ['first', 'second', 'third'].map((name) => task(log, name));
	const early = [lock.run('ana', first.run), lock.run('ana', second.run)];
	first.finish();
	while (!log.includes('second begins')) await settle();
	const late = lock.run('ana', third.run);
	await settle();
	expect(log).not.toContain('third begins');
	second.finish();
	while (!log.includes('third begins')) await settle();
	third.finish();
	expect(await Promise.all([...early, late])).toEqual(['first', 'second', 'third']);
	expect(log.slice(2)).toEqual(['second begins', 'second ends', 'third begins', 'third ends']);
});

it('tasks of different keys run side by side', async () => {
	const lock = new KeyedLock();
	const log: string[] = [];
	const [ana, rui] = [task(log, 'ana'), task(log, 'rui')];
	const results = Promise.all([lock.run('ana', ana.run), lock.run('rui', rui.run)]);
	await settle();
	expect(log).toEqual(['ana begins', 'rui begins']);
	rui.finish();
	ana.finish();
	await results;
});

it('a task that fails fails alone', async () => {
	const lock = new KeyedLock();
	const log: string[] = [];
	const [first, second] = [task(log, 'first'), task(log, 'second')];
	const failing = lock.run('ana', first.run);
	const following = lock.run('ana', second.run);
	await settle();
	first.finish(new Error('refused'));
	await expect(failing).rejects.toThrow('refused');
	await settle();
	second.finish();
	expect(await following).toBe('second');
});

it('a task that throws before it waits fails alone, too', async () => {
	const lock = new KeyedLock();
	const failing = lock.run('ana', () => {
		throw new Error('at once');
	});
	const following = lock.run('ana', async () => await Promise.resolve('second'));
	await expect(failing).rejects.toThrow('at once');
	expect(await following).toBe('second');
});

it('remembers no key whose tasks have ended', async () => {
	const lock = new KeyedLock();
	const keys = Array.from({ length: 100 }, (_, index) => `lead ${index % 10}`);
	await Promise.all(keys.map(async (key) => await lock.run(key, async () => await Promise.resolve())));
	await settle();
	expect(Object.values(lock)).toEqual([new Map()]);
});

describe('a task that is cancelled while it waits', () => {
	it('ends within a second, and is not run', async () => {
		const lock = new KeyedLock();
		const log: string[] = [];
		const [first, second] = [task(log, 'first'), task(log, 'second')];
		const running = lock.run('ana', first.run);
		let isCancelled = false;
		const waiting = lock.run('ana', second.run, () => isCancelled);
		const startMs = Date.now();
		isCancelled = true;
		await expect(waiting).rejects.toThrow('The execution was canceled before the request was sent');
		expect(Date.now() - startMs).toBeLessThan(1_000);
		first.finish();
		expect(await running).toBe('first');
		expect(log).toEqual(['first begins', 'first ends']);
	});

	it('lets nobody pass the one that it waited for', async () => {
		const lock = new KeyedLock();
		const log: string[] = [];
		const [first, third] = [task(log, 'first'), task(log, 'third')];
		const running = lock.run('ana', first.run);
		const cancelled = lock.run('ana', async () => await Promise.resolve(), () => true);
		const following = lock.run('ana', third.run);
		await expect(cancelled).rejects.toThrow('canceled');
		await settle();
		expect(log).toEqual(['first begins']);
		first.finish();
		await running;
		while (log.length < 3) await settle();
		third.finish();
		expect(await following).toBe('third');
		expect(log).toEqual(['first begins', 'first ends', 'third begins', 'third ends']);
	});
});

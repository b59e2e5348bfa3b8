import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../sandbox/n8n/lock';

let folder: string;
let lockFile: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'lock-'));
	lockFile = join(folder, 'lock');
});

afterEach(async () => {
	await rm(folder, { recursive: true });
});

/** The id of a process that has ended. */
function deadPid(): number {
	return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

describe('the lock around installing', () => {
	it('lets one in at a time, and leaves nothing behind', async () => {
		const inside: number[] = [];
		let most = 0;
		const work = (id: number) => async () => {
			inside.push(id);
			most = Math.max(most, inside.length);
			await new Promise((resolve) => setImmediate(resolve));
			inside.splice(inside.indexOf(id), 1);
			return id;
		};
		const results = await Promise.all([1, 2, 3].map(async (id) => await withLock(lockFile, work(id))));
		expect(results).toEqual([1, 2, 3]);
		expect(most).toBe(1);
		expect(await readdir(folder)).toEqual([]);
	});

	it('takes over from a process that was killed, one waiter at a time', async () => {
		const dead = deadPid();
		await writeFile(lockFile, String(dead));
		await writeFile(`${lockFile}.${dead}.claim`, String(dead));
		const order: string[] = [];
		const enter = async (name: string) =>
			await withLock(lockFile, async () => {
				order.push(`${name} in`);
				await new Promise((resolve) => setImmediate(resolve));
				order.push(`${name} out`);
			});
		await Promise.all([enter('a'), enter('b')]);
		const [first, second] = order[0] === 'a in' ? ['a', 'b'] : ['b', 'a'];
		expect(order).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
		expect(await readdir(folder)).toEqual([]);
	});

	it('names the process it waits for', async () => {
		const waitedFor: number[] = [];
		await withLock(lockFile, async () => {
			const refused = withLock(
				lockFile,
				async () => undefined,
				(owner) => {
					waitedFor.push(owner);
					throw new Error('busy');
				},
			);
			await expect(refused).rejects.toThrow('busy');
		});
		expect(waitedFor).toEqual([process.pid]);
	});

	it('is free again after work that failed', async () => {
		await expect(withLock(lockFile, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
		expect(await withLock(lockFile, () => Promise.resolve('done'))).toBe('done');
	});
});

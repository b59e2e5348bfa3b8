import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { installN8n } from '../../sandbox/n8n/install';
import { startN8n } from '../../sandbox/n8n/instance';
import { isRunning } from '../../sandbox/n8n/lock';
import { APP_START_TIMEOUT_MS } from './app';

let userFolder: string;

beforeAll(async () => {
	await installN8n();
	userFolder = await mkdtemp(join(tmpdir(), 'n8n-lifetime-'));
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
});

async function hasEnded(pid: number, withinMs: number): Promise<boolean> {
	for (const giveUpAt = Date.now() + withinMs; isRunning(pid); await wait(50)) {
		if (Date.now() > giveUpAt) return false;
	}
	return true;
}

it('ends with the process that started it, even one that was killed', async () => {
	const parent = spawn(
		process.execPath,
		['--import', 'tsx', join(__dirname, 'fixtures', 'startN8n.ts'), userFolder],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);
	const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
	const { pid } = JSON.parse(line) as { pid: number };
	expect(isRunning(pid)).toBe(true);

	parent.kill('SIGKILL');
	try {
		expect(await hasEnded(pid, 20_000)).toBe(true);
	} finally {
		if (isRunning(pid)) process.kill(-pid, 'SIGKILL');
	}
});

it('says why n8n ended while it was starting', async () => {
	const broken = startN8n({ userFolder, env: { DB_TYPE: 'postgresdb', DB_POSTGRESDB_HOST: '127.0.0.1', DB_POSTGRESDB_PORT: '1' } });
	await expect(broken).rejects.toThrow(/n8n \(main\) ended while it was starting[\s\S]*ECONNREFUSED/);
});

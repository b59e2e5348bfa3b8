import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning } from '../../sandbox/n8n/lock';
import { LOOPBACK } from '../../sandbox/n8n/ports';
import { startPostgres } from '../../sandbox/services/postgres';
import { startRedis } from '../../sandbox/services/redis';
import { Service } from '../../sandbox/services/service';
import { until } from '../support/until';

jest.setTimeout(180_000);

async function accepts(port: number): Promise<boolean> {
	const socket = connect(port, LOOPBACK);
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

describe.each([
	['Redis', startRedis],
	['PostgreSQL', startPostgres],
])('%s', (_name, start) => {
	it('takes connections when it has started, none when it has stopped, and is gone then', async () => {
		const service = await start();
		expect(await accepts(service.port)).toBe(true);
		await service.stop();
		expect(await accepts(service.port)).toBe(false);
		expect(isRunning(service.pid)).toBe(false);
	});
});

it('both end with the process that started them, even one that was killed', async () => {
	const parent = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'fixtures', 'startServices.ts')], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
	const pids = JSON.parse(line) as number[];
	expect(pids.map(isRunning)).toEqual([true, true]);
	parent.kill('SIGKILL');
	await until('the end of both services', () => !pids.some(isRunning), 20_000);
});

it('says why a service did not start', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'service-'));
	try {
		const started = Service.start({
			name: 'Redis',
			program: 'sh',
			args: ['-c', 'echo out of luck; exit 3'],
			cwd: folder,
			logFile: join(folder, 'output.log'),
			readyText: 'Ready',
			stopSignal: 'SIGTERM',
		});
		await expect(started).rejects.toThrow(/Redis did not start: it ended\nout of luck/);
	} finally {
		await rm(folder, { recursive: true });
	}
});

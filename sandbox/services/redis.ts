import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, LOOPBACK } from '../n8n/ports';
import { installPrograms } from './install';
import { Service } from './service';

export interface Redis {
	port: number;
	pid: number;
	/** What makes an n8n use it for its queue. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/** A Redis of its own on loopback; it keeps nothing. */
export async function startRedis(): Promise<Redis> {
	const [program] = await installPrograms(['redis-server']);
	const folder = await mkdtemp(join(tmpdir(), 'redis-'));
	const port = await findFreePort();
	const release = async () => await rm(folder, { recursive: true, force: true });
	try {
		const service = await Service.start({
			name: 'Redis',
			program,
			args: ['--bind', LOOPBACK, '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'],
			cwd: folder,
			logFile: join(folder, 'redis.log'),
			readyText: 'Ready to accept connections',
			stopSignal: 'SIGTERM',
		});
		return {
			port,
			pid: service.pid,
			env: { EXECUTIONS_MODE: 'queue', QUEUE_BULL_REDIS_HOST: LOOPBACK, QUEUE_BULL_REDIS_PORT: String(port) },
			stop: async () => {
				await service.stop();
				await release();
			},
		};
	} catch (error) {
		await release();
		throw error;
	}
}

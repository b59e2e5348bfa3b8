import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, LOOPBACK } from '../n8n/ports';
import { installPrograms } from './install';
import { Service } from './service';

const run = promisify(execFile);

const ADMIN = 'n8n';
const DATABASE = 'postgres';

/** PostgreSQL refuses to run as root; its package brings the first of these users. */
const STAND_INS = ['postgres', 'nobody'];

export interface Postgres {
	port: number;
	pid: number;
	/** What makes an n8n keep its data there. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/** A PostgreSQL of its own on loopback, its data in a temporary folder that goes when it stops. */
export async function startPostgres(): Promise<Postgres> {
	const [program, initdb] = await installPrograms(['postgres', 'initdb']);
	const user = process.getuid?.() === 0 ? await standIn() : undefined;
	const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
	const release = async () => await rm(folder, { recursive: true, force: true });
	try {
		if (user) await chown(folder, user.uid, user.gid);
		const data = join(folder, 'data');
		// Anybody on this machine may connect: nothing but the sandbox's made-up records is in it.
		const layout = ['--pgdata', data, '--username', ADMIN, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
		await run(initdb, layout, { cwd: folder, ...user });
		const port = await findFreePort();
		const service = await Service.start({
			name: 'PostgreSQL',
			program,
			args: ['-D', data, '-h', LOOPBACK, '-p', String(port), '-k', '', '-c', 'fsync=off', '-c', 'full_page_writes=off'],
			cwd: folder,
			logFile: join(folder, 'postgres.log'),
			readyText: 'database system is ready to accept connections',
			// Its "fast shutdown": it does not wait for clients to leave.
			stopSignal: 'SIGINT',
			user,
		});
		return {
			port,
			pid: service.pid,
			env: {
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: LOOPBACK,
				DB_POSTGRESDB_PORT: String(port),
				DB_POSTGRESDB_DATABASE: DATABASE,
				DB_POSTGRESDB_USER: ADMIN,
			},
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

async function standIn(): Promise<{ uid: number; gid: number }> {
	for (const name of STAND_INS) {
		try {
			const [uid, gid] = await Promise.all([idOf(name, '-u'), idOf(name, '-g')]);
			return { uid, gid };
		} catch {
			// No such user: the next one.
		}
	}
	throw new Error(`PostgreSQL does not run as root, and there is none of the users ${STAND_INS.join(', ')}`);
}

async function idOf(user: string, which: '-g' | '-u'): Promise<number> {
	return Number((await run('id', [which, user])).stdout);
}

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../n8n/install';
import { withLock } from '../n8n/lock';

/** Debian's package for each program. */
const PACKAGES = { 'redis-server': 'redis-server', postgres: 'postgresql', initdb: 'postgresql' } as const;
export type Program = keyof typeof PACKAGES;

/** Where Debian keeps PostgreSQL's own programs, which are on nobody's PATH. */
const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/**
 * The paths of the programs, in the order asked for. What is missing is installed by apt-get where this process is
 * root; elsewhere the error says what to install.
 */
export async function installPrograms<const T extends readonly Program[]>(programs: T): Promise<{ [K in keyof T]: string }> {
	if (programs.some((program) => find(program) === undefined)) {
		await withLock(join(cacheFolder(), 'apt.lock'), async () => installMissing(programs));
	}
	return programs.map((program) => {
		const path = find(program);
		if (path === undefined) throw new Error(`${program} is not there, although ${PACKAGES[program]} is installed`);
		return path;
	}) as { [K in keyof T]: string };
}

function installMissing(programs: readonly Program[]): void {
	const missing = programs.filter((program) => find(program) === undefined);
	if (missing.length === 0) return;
	const packages = [...new Set(missing.map((program) => PACKAGES[program]))];
	const isRoot = process.getuid?.() === 0;
	if (!isRoot || onPath('apt-get') === undefined) {
		throw new Error(
			`Queue mode needs ${missing.join(' and ')}. As root on Debian or Ubuntu they are installed by themselves; here, install ${packages.join(' and ')} first and see that the programs are on PATH.`,
		);
	}
	process.stderr.write(`Installing ${packages.join(' and ')}\n`);
	aptGet(['update']);
	aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
}

function aptGet(args: readonly string[]): void {
	const { status, stdout, stderr, error } = spawnSync('apt-get', ['--quiet', ...args], {
		encoding: 'utf8',
		// The packages start services of their own where they may; in runlevel 1 they may not.
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
	});
	if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout.slice(-1000)}\n${stderr.slice(-2000)}`);
}

function find(program: Program): string | undefined {
	return onPath(program) ?? (PACKAGES[program] === 'postgresql' ? ofNewestPostgres(program) : undefined);
}

function onPath(program: string): string | undefined {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
	return folders.filter((folder) => folder !== '').map((folder) => join(folder, program)).find(isExecutable);
}

function ofNewestPostgres(program: string): string | undefined {
	if (!existsSync(POSTGRES_VERSIONS)) return undefined;
	const versions = readdirSync(POSTGRES_VERSIONS).sort((one, other) => Number(other) - Number(one));
	return versions.map((version) => join(POSTGRES_VERSIONS, version, 'bin', program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { N8nInstallation } from './install';
import { isRunning } from './lock';
import { lastLines } from './npm';

export interface N8nProcessOptions {
	installation: N8nInstallation;
	args: readonly string[];
	env: Readonly<Record<string, string>>;
	/** Relative paths in workflows start here. */
	cwd: string;
	/** n8n's output, both streams, is appended here. */
	logFile: string;
}

/** One running process of n8n: the server, a worker, or a command. */
export class N8nProcess {
	/** The exit code, or null if a signal ended it. */
	readonly exited: Promise<number | null>;

	private constructor(
		private readonly child: ChildProcess,
		readonly logFile: string,
	) {
		this.exited = new Promise((resolve) => {
			child.once('exit', resolve);
			// Not started at all: there is no exit event then, and 'error' unheard would end this process.
			child.once('error', () => resolve(null));
		});
	}

	static async start({ installation, args, env, cwd, logFile }: N8nProcessOptions): Promise<N8nProcess> {
		await mkdir(dirname(logFile), { recursive: true });
		const log = openSync(logFile, 'a');
		const child = spawn(
			installation.node,
			['--require', join(__dirname, 'end-with-parent.js'), installation.script, ...args],
			{
				cwd,
				env,
				stdio: ['ignore', log, log, 'ipc'],
				// A group of its own: Ctrl-C on the terminal reaches us alone, and we stop n8n in order.
				detached: process.platform !== 'win32',
			},
		);
		closeSync(log);
		return new N8nProcess(child, logFile);
	}

	get pid(): number {
		if (this.child.pid === undefined) throw new Error('n8n could not be started');
		return this.child.pid;
	}

	get running(): boolean {
		return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
	}

	/** Asks n8n to finish, and ends it and its task runner by force if it has not within `graceMs`. */
	async stop(graceMs = 20_000): Promise<void> {
		if (!this.running) return;
		this.child.kill('SIGTERM');
		const force = setTimeout(() => this.kill(), graceMs);
		await this.exited;
		clearTimeout(force);
	}

	/** Ends n8n and its task runner at once, as a crash would. */
	kill(): void {
		if (!this.running) return;
		if (process.platform === 'win32') this.child.kill('SIGKILL');
		else if (isRunning(this.pid)) process.kill(-this.pid, 'SIGKILL');
	}

	async readLogEnd(): Promise<string> {
		return await lastLines(this.logFile);
	}
}

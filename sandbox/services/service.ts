import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

export interface ServiceOptions {
	/** Begins error messages, e.g. "Redis". */
	name: string;
	program: string;
	args: readonly string[];
	cwd: string;
	/** Both of the program's streams; a new file. */
	logFile: string;
	/** What the program prints once it takes connections. */
	readyText: string;
	/** How the program is asked to end at once and in order. */
	stopSignal: 'SIGINT' | 'SIGTERM';
	/** Who it runs as; this process' user by default. */
	user?: { uid: number; gid: number };
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/** A program beside n8n, such as its database. It ends with this process, however that one ends (Linux only). */
export class Service {
	private constructor(
		private readonly child: ChildProcess,
		private readonly options: ServiceOptions,
	) {}

	/** Resolves when it takes connections. Throws with its log if it ends before. */
	static async start(options: ServiceOptions): Promise<Service> {
		const { args, cwd, logFile, program, stopSignal, user } = options;
		const log = openSync(logFile, 'a');
		// util-linux' setpriv; the kernel keeps the promise when this process is killed.
		const child = spawn('setpriv', [...identity(user), `--pdeathsig=${stopSignal.slice(3)}`, program, ...args], {
			cwd,
			stdio: ['ignore', log, log],
			env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
			// A group of its own: Ctrl-C on the terminal reaches us alone, and we stop it after n8n.
			detached: true,
		});
		closeSync(log);
		const service = new Service(child, options);
		try {
			await service.waitUntilReady();
		} catch (error) {
			await service.stop();
			throw error;
		}
		return service;
	}

	get pid(): number {
		if (this.child.pid === undefined) throw new Error(`${this.options.name} could not be started`);
		return this.child.pid;
	}

	get running(): boolean {
		return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
	}

	async stop(): Promise<void> {
		if (!this.running) return;
		const exited = new Promise((resolve) => this.child.once('exit', resolve));
		this.child.kill(this.options.stopSignal);
		const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await exited;
		clearTimeout(force);
	}

	private async waitUntilReady(): Promise<void> {
		const { logFile, name, readyText } = this.options;
		let problem: string | undefined;
		this.child.once('error', (error) => (problem = error.message));
		const giveUpAt = Date.now() + START_TIMEOUT_MS;
		for (;;) {
			const log = await readFile(logFile, 'utf8');
			if (log.includes(readyText)) return;
			if (problem === undefined && !this.running) problem = 'it ended';
			if (problem === undefined && Date.now() > giveUpAt) problem = `it was not ready after ${START_TIMEOUT_MS / 1000} s`;
			if (problem !== undefined) throw new Error(`${name} did not start: ${problem}\n${log.slice(-2000)}`);
			await wait(POLL_MS);
		}
	}
}

function identity(user: ServiceOptions['user']): string[] {
	return user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
}

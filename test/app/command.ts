import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { isRunning } from '../../sandbox/n8n/lock';
import { outerEnvironment } from '../../sandbox/n8n/npm';
import { projectFolder } from '../../sandbox/n8n/paths';
import { assertPortFree, LOOPBACK } from '../../sandbox/n8n/ports';
import { until } from '../support/until';

/** How long a process may take to end that was asked to: n8n gets 20 s from us, and a loaded machine is slow. */
const ENDS_WITHIN_MS = 60_000;

/** A command as a user runs it in a terminal: npm, and what it starts, in one process group. */
export class Command {
	readonly stdout: string[] = [];
	readonly stderr: string[] = [];
	private readonly closed: Promise<number | null>;
	private hasClosed = false;

	private constructor(
		private readonly child: ChildProcess,
		private readonly line: string,
	) {
		child.stdout?.setEncoding('utf8').on('data', (text: string) => this.stdout.push(text));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => this.stderr.push(text));
		this.closed = new Promise((resolve, reject) => {
			child.once('error', reject);
			child.once('close', (code) => {
				this.hasClosed = true;
				resolve(code);
			});
		});
	}

	static npm(args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
		return Command.start('npm', args, env);
	}

	/** A script of the checkout with this Node, where npm's own script would build first. */
	static script(file: string, options: readonly string[] = []): Command {
		return Command.start(process.execPath, [...options, '--import', 'tsx', file]);
	}

	private static start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
		const child = spawn(program, args, {
			cwd: projectFolder,
			// What jest and an outer npm have put there, no user has.
			env: { ...outerEnvironment(process.execPath), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		return new Command(child, [program, ...args].join(' '));
	}

	/** Everything printed so far. */
	get output(): string {
		return `${this.stdout.join('')}${this.stderr.join('')}`;
	}

	/** Waits until the output has a text. Throws with the output where the command ends without it. */
	async shows(text: string, timeoutMs: number): Promise<void> {
		await until(
			`"${text}" of ${this.line}:\n${this.output}`,
			() => {
				if (this.output.includes(text)) return true;
				if (this.hasClosed) throw new Error(`${this.line} ended without "${text}":\n${this.output}`);
				return false;
			},
			timeoutMs,
		);
	}

	/** The text of the summary's row with this label. */
	row(label: string): string {
		const text = new RegExp(`^ {2}${label} +(\\S.*)$`, 'm').exec(this.stdout.join(''))?.[1];
		if (text === undefined) throw new Error(`No row "${label}" in:\n${this.output}`);
		return text;
	}

	/** The ids of this command and of everything that it has started, n8n in its own process group included. */
	processes(): number[] {
		const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
			.trim()
			.split('\n')
			.map((line) => line.trim().split(/\s+/).map(Number));
		const found = [Number(this.child.pid)];
		for (const parent of found) found.push(...all.filter(([, ppid]) => ppid === parent).map(([pid]) => pid));
		return found;
	}

	/** Ctrl-C: the terminal sends the signal to the whole group. */
	interrupt(): void {
		process.kill(-Number(this.child.pid), 'SIGINT');
	}

	/** Resolves to the exit code. Throws where the command does not end. */
	async ended(timeoutMs = ENDS_WITHIN_MS): Promise<number | null> {
		await until(`the end of ${this.line}`, () => this.hasClosed, timeoutMs);
		return await this.closed;
	}

	/** For the end of a test that failed half-way. */
	async kill(): Promise<void> {
		if (this.hasClosed) return;
		const started = this.processes();
		for (const pid of started) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
		await this.closed;
	}
}

/** Waits until none of these processes is left. */
export async function allGone(pids: readonly number[]): Promise<void> {
	await until(`the end of processes ${pids.join(', ')}`, () => !pids.some(isRunning), ENDS_WITHIN_MS);
}

/** Below the ports that Linux gives to whoever asks for any, outgoing connections included. */
const PORTS_FOR_SERVERS = { from: 20_000, count: 12_000 };

/** Different ports that are free, and that nobody is given by chance while a test uses them again and again. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) {
		const port = PORTS_FOR_SERVERS.from + randomInt(PORTS_FOR_SERVERS.count);
		const isFree = await assertPortFree(port, 'a test', '').then(
			() => true,
			() => false,
		);
		if (isFree) ports.add(port);
	}
	return [...ports];
}

/** Listens on a port, as another program would. */
export async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
	return {
		port: address.port,
		release: async () => {
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

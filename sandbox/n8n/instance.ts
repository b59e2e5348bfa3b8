import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { N8nCommands } from './commands';
import type { EnvironmentOptions } from './environment';
import { n8nEnvironment } from './environment';
import type { N8nInstallation } from './install';
import { installN8n } from './install';
import { projectFolder } from './paths';
import { assertPortFree, findFreePort, LOOPBACK } from './ports';
import { N8nProcess } from './process';
import type { Owner } from './session';
import { N8nSession } from './session';

export type N8nMode = 'main' | 'worker' | 'webhook';

export interface StartN8nOptions {
	/** n8n keeps all its state in `<userFolder>/.n8n`; install packages there first. */
	userFolder: string;
	/** 'main' (default) is all of n8n; the other two are queue mode's processes and need `env` to name Redis and PostgreSQL. */
	mode?: N8nMode;
	/** A free one by default. For a worker, which serves nothing else, the port of its health check. */
	port?: number;
	/** Added to the sandbox's settings, and wins over them. */
	env?: Readonly<Record<string, string>>;
	installation?: N8nInstallation;
	/** Default: `<userFolder>/n8n-<mode>.log`; appended to. */
	logFile?: string;
	readableFolders?: EnvironmentOptions['readableFolders'];
	/** How long n8n may take until it is ready. */
	startTimeoutMs?: number;
	/** What to tell the user to do about a taken port. */
	portRemedy?: string;
}

const READY_POLL_MS = 100;
const START_TIMEOUT_MS = 180_000;

/** The last line of the main process' start. */
const MAIN_IS_UP = 'Editor is now accessible via';

/**
 * Starts n8n on loopback and resolves when it is ready: the database migrated, the package's nodes loaded, the
 * interfaces open. Throws with the end of its log if it ends before that.
 * n8n ends with this process, however that one ends.
 */
export async function startN8n(options: StartN8nOptions): Promise<N8nInstance> {
	const { mode = 'main', userFolder, startTimeoutMs = START_TIMEOUT_MS } = options;
	const installation = options.installation ?? (await installN8n());
	const port = options.port ?? (await findFreePort());
	await assertPortFree(port, 'n8n', options.portRemedy ?? 'Choose another one.');
	await mkdir(userFolder, { recursive: true });
	const env = {
		...n8nEnvironment({ installation, userFolder, readableFolders: options.readableFolders }),
		...(await modeEnvironment(mode, port)),
		...options.env,
	};
	const logFile = options.logFile ?? join(userFolder, `n8n-${mode}.log`);
	const logStart = await sizeOf(logFile);
	const process = await N8nProcess.start({
		installation,
		args: [mode === 'main' ? 'start' : mode],
		env,
		cwd: projectFolder,
		logFile,
	});
	const instance = new N8nInstance(process, new N8nCommands(installation, userFolder, env), port);
	try {
		await waitUntilReady(instance, mode, logStart, startTimeoutMs);
	} catch (error) {
		await process.stop();
		throw error;
	}
	return instance;
}

async function modeEnvironment(mode: N8nMode, port: number): Promise<Record<string, string>> {
	const broker = { N8N_RUNNERS_BROKER_PORT: String(await findFreePort()) };
	if (mode === 'worker') {
		return {
			...broker,
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: LOOPBACK,
		};
	}
	return {
		...broker,
		N8N_PORT: String(port),
		N8N_HOST: 'localhost',
		N8N_LISTEN_ADDRESS: LOOPBACK,
	};
}

async function waitUntilReady(instance: N8nInstance, mode: N8nMode, logStart: number, timeoutMs: number): Promise<void> {
	const giveUpAt = Date.now() + timeoutMs;
	const isReady = async () =>
		(await answersReady(instance.origin)) &&
		(mode !== 'main' || (await readFile(instance.logFile)).subarray(logStart).includes(MAIN_IS_UP));
	while (!(await isReady())) {
		if (!instance.running) {
			throw new Error(`n8n (${mode}) ended while it was starting:\n${await instance.readLogEnd()}\nThe whole log: ${instance.logFile}`);
		}
		if (Date.now() > giveUpAt) {
			throw new Error(`n8n (${mode}) was not ready after ${timeoutMs / 1000} s:\n${await instance.readLogEnd()}\nThe whole log: ${instance.logFile}`);
		}
		await wait(READY_POLL_MS);
	}
}

async function answersReady(origin: string): Promise<boolean> {
	try {
		const response = await fetch(`${origin}/healthz/readiness`);
		return response.status === 200;
	} catch {
		return false;
	}
}

async function sizeOf(file: string): Promise<number> {
	return await stat(file).then(
		({ size }) => size,
		() => 0,
	);
}

export class N8nInstance {
	/** Where this process answers, e.g. `http://127.0.0.1:5678`. */
	readonly origin: string;

	constructor(
		private readonly process: N8nProcess,
		/** The command line on the same user folder and database. */
		readonly commands: N8nCommands,
		readonly port: number,
	) {
		this.origin = `http://${LOOPBACK}:${port}`;
	}

	get pid(): number {
		return this.process.pid;
	}

	/** Resolves when this process has ended, for whatever reason. */
	get exited(): Promise<unknown> {
		return this.process.exited;
	}

	get logFile(): string {
		return this.process.logFile;
	}

	get running(): boolean {
		return this.process.running;
	}

	async readLogEnd(): Promise<string> {
		return await this.process.readLogEnd();
	}

	async stop(graceMs?: number): Promise<void> {
		await this.process.stop(graceMs);
	}

	/** Ends n8n without warning, as a crash or an OOM kill would, and resolves when it is gone. */
	async kill(): Promise<void> {
		this.process.kill();
		await this.process.exited;
	}

	/** Signs the owner in through n8n's REST interface; sets the owner up first where n8n is new. */
	async signIn(owner?: Owner): Promise<N8nSession> {
		return await N8nSession.signIn(this.origin, owner);
	}
}

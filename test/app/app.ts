import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { demoCredentials } from '../../sandbox/n8n/demoRecords';
import type { N8nInstance, StartN8nOptions } from '../../sandbox/n8n/instance';
import { startN8n } from '../../sandbox/n8n/instance';
import { installPackage, packPackage } from '../../sandbox/n8n/package';
import { projectFolder } from '../../sandbox/n8n/paths';
import type { N8nSession } from '../../sandbox/n8n/session';

/** A machine that has never seen n8n downloads and unpacks about 3 GB first. */
export const APP_START_TIMEOUT_MS = 1_200_000;

/** The real n8n with the packed package, both vendors' APIs beside it, the owner signed in, credentials imported. */
export interface App {
	userFolder: string;
	sandbox: Sandbox;
	n8n: N8nInstance;
	session: N8nSession;
	/** The sandbox's credentials, imported under these ids. */
	credentials: ReturnType<typeof demoCredentials>;
	/** Stops n8n and starts another on the same user folder. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

export interface AppOptions {
	sandbox?: SandboxOptions;
	n8n?: Omit<StartN8nOptions, 'userFolder'>;
}

export async function startApp(options: AppOptions = {}): Promise<App> {
	const userFolder = await mkdtemp(join(tmpdir(), 'n8n-app-'));
	const sandbox = await startSandbox(options.sandbox);
	const credentials = demoCredentials(sandbox);
	const start = async () =>
		await startN8n({ readableFolders: [join(projectFolder, 'sandbox', 'demo')], ...options.n8n, userFolder });
	const release = async () => {
		await sandbox.stop();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
	};
	try {
		await installPackage(await packPackage(), userFolder);
		const n8n = await start();
		const session = await n8n.signIn();
		await n8n.commands.importCredentials(credentials);
		const app: App = {
			userFolder,
			sandbox,
			n8n,
			session,
			credentials,
			restart: async () => {
				await app.n8n.stop();
				app.n8n = await start();
				app.session = await app.n8n.signIn();
			},
			stop: async () => {
				await app.n8n.stop();
				await release();
			},
		};
		return app;
	} catch (error) {
		await release();
		throw error;
	}
}

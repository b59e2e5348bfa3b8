import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { demoCredentials } from '../../sandbox/n8n/demoRecords';
import type { N8nInstance, N8nMode } from '../../sandbox/n8n/instance';
import { startN8n } from '../../sandbox/n8n/instance';
import { installPackage, packPackage } from '../../sandbox/n8n/package';
import { findFreePort } from '../../sandbox/n8n/ports';
import type { N8nSession } from '../../sandbox/n8n/session';
import { startPostgres } from '../../sandbox/services/postgres';
import { startRedis } from '../../sandbox/services/redis';

/** A machine that has never seen n8n downloads and unpacks about 3 GB first. */
export const CLUSTER_START_TIMEOUT_MS = 1_500_000;

/** One process of n8n, which can be stopped or killed, and started again on its folder and port. */
export interface Member {
	instance: N8nInstance;
	restart(): Promise<void>;
}

/** n8n in queue mode: every process has a user folder of its own, as in a container, with the package in it. */
export interface Cluster {
	sandbox: Sandbox;
	main: Member;
	workers: Member[];
	webhooks: Member[];
	session: N8nSession;
	credentials: ReturnType<typeof demoCredentials>;
	stop(): Promise<void>;
}

export interface ClusterOptions {
	workers: number;
	webhooks: number;
	sandbox?: SandboxOptions;
	/** For all of n8n's processes. */
	env?: Readonly<Record<string, string>>;
}

export async function startCluster({ env, sandbox: sandboxOptions, webhooks, workers }: ClusterOptions): Promise<Cluster> {
	// What has been started, newest last: it is stopped the other way round.
	const started: Array<() => Promise<void>> = [];
	const stop = async () => {
		for (const end of started.splice(0).reverse()) await end();
	};
	try {
		const folder = await mkdtemp(join(tmpdir(), 'n8n-queue-'));
		started.push(async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }));
		const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
		started.push(redis.stop, postgres.stop);
		const sandbox = await startSandbox(sandboxOptions);
		started.push(async () => await sandbox.stop());
		const tarball = await packPackage();

		const addMember = async (mode: N8nMode, index: number): Promise<Member> => {
			const userFolder = join(folder, `${mode}-${index}`);
			await installPackage(tarball, userFolder);
			const port = await findFreePort();
			const start = async () =>
				await startN8n({ mode, userFolder, port, env: { ...redis.env, ...postgres.env, ...env } });
			const member: Member = {
				instance: await start(),
				restart: async () => {
					await member.instance.stop();
					member.instance = await start();
				},
			};
			started.push(async () => await member.instance.stop());
			return member;
		};
		// It lays out the database, and the others need it laid out.
		const main = await addMember('main', 0);
		const session = await main.instance.signIn();
		const credentials = demoCredentials(sandbox);
		await main.instance.commands.importCredentials(credentials);
		const several = async (mode: N8nMode, count: number) =>
			await Promise.all(Array.from({ length: count }, async (_, index) => await addMember(mode, index)));
		const [workerMembers, webhookMembers] = await Promise.all([several('worker', workers), several('webhook', webhooks)]);
		return { sandbox, main, workers: workerMembers, webhooks: webhookMembers, session, credentials, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const RETRY_MS = 250;

/**
 * Runs `work` while this process alone holds `lockFile`; others wait their turn.
 *
 * The file holds the owner's process id, so a lock left by a killed process is recognised and taken over.
 * `onWait` is called once, with the owner's process id, if somebody else is at work.
 */
export async function withLock<T>(
	lockFile: string,
	work: () => Promise<T>,
	onWait?: (ownerPid: number) => void,
): Promise<T> {
	await mkdir(dirname(lockFile), { recursive: true });
	// Linking a finished file makes the lock appear together with its content: nobody reads an empty owner.
	const claim = `${claimPrefix(lockFile, process.pid)}${randomUUID()}`;
	await writeFile(claim, String(process.pid));
	try {
		for (let waited = false; !(await tryLink(claim, lockFile)); waited = true) {
			const owner = await readOwner(lockFile);
			if (owner === undefined) continue;
			if (!isRunning(owner)) {
				await removeAbandoned(lockFile, claim, owner);
				continue;
			}
			if (!waited) onWait?.(owner);
			await wait(RETRY_MS);
		}
		try {
			return await work();
		} finally {
			await unlink(lockFile);
		}
	} finally {
		await rm(claim, { force: true });
	}
}

async function tryLink(claim: string, lockFile: string): Promise<boolean> {
	try {
		await link(claim, lockFile);
		return true;
	} catch (error) {
		if (errorCode(error) === 'EEXIST') return false;
		throw error;
	}
}

async function readOwner(lockFile: string): Promise<number | undefined> {
	try {
		return Number(await readFile(lockFile, 'utf8'));
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}

/** Two waiters may find the same dead owner: the second must not carry off the lock that the first took since. */
async function removeAbandoned(lockFile: string, claim: string, deadOwner: number): Promise<void> {
	const taken = `${claim}.taken`;
	try {
		await rename(lockFile, taken);
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return;
		throw error;
	}
	if ((await readOwner(taken)) !== deadOwner) await tryLink(taken, lockFile);
	await rm(taken, { force: true });
	for (const name of await readdir(dirname(lockFile))) {
		const file = join(dirname(lockFile), name);
		if (file.startsWith(claimPrefix(lockFile, deadOwner))) await rm(file, { force: true });
	}
}

function claimPrefix(lockFile: string, pid: number): string {
	return `${lockFile}.${pid}.`;
}

export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errorCode(error) === 'EPERM';
	}
}

/** A system error's code. Not by `instanceof Error`: under jest, Node's own errors come of another realm's Error. */
export function errorCode(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

function removeFolders(): void {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

// Jest hands its tests a copy of `process`, which is never told that the process ends.
if (typeof afterAll === 'function') afterAll(removeFolders);
else process.once('exit', removeFolders);

/**
 * Makes a folder in the system's temporary folder. It is removed when the test file ends; outside jest,
 * when the process does.
 */
export function temporaryFolder(prefix: string): string {
	const folder = mkdtempSync(join(tmpdir(), prefix));
	folders.push(folder);
	return folder;
}

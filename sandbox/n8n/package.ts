import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock';
import { runNpm } from './npm';
import { projectFolder, stateFolder } from './paths';

const run = promisify(execFile);

/** Everything that ends up in the tarball, or decides how it is built. */
const SOURCES = [
	'nodes',
	'credentials',
	'package.json',
	'tsconfig.json',
	'gulpfile.js',
	'index.js',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
];

/**
 * Builds and packs this package as `npm publish` would, and returns the tarball's path.
 * Does nothing but return it while the sources are those of the last time.
 */
export async function packPackage(): Promise<string> {
	const folder = join(stateFolder, 'package');
	await mkdir(folder, { recursive: true });
	return await withLock(join(folder, 'lock'), async () => {
		const tarball = join(folder, `${await hashSources()}.tgz`);
		if (existsSync(tarball)) return tarball;

		process.stderr.write('Building and packing the package\n');
		const logFile = join(folder, 'build.log');
		await rm(logFile, { force: true });
		await runNpm({ args: ['run', 'build'], cwd: projectFolder, logFile });
		const packed = await mkdtemp(join(folder, 'packing-'));
		await runNpm({ args: ['pack', '--ignore-scripts', '--pack-destination', packed], cwd: projectFolder, logFile });
		const archives = await readdir(packed);
		if (archives.length !== 1) throw new Error(`npm pack left ${archives.length} files: ${archives.join(', ')}`);

		for (const name of await readdir(folder)) {
			if (name.endsWith('.tgz')) await rm(join(folder, name));
		}
		await rename(join(packed, archives[0]), tarball);
		await rm(packed, { recursive: true });
		return tarball;
	});
}

async function hashSources(): Promise<string> {
	const hash = createHash('sha256');
	for (const source of SOURCES) {
		for (const file of await listFiles(source)) {
			const content = await readFile(join(projectFolder, file));
			hash.update(`${file}\0${content.length}\0`).update(content);
		}
	}
	return hash.digest('hex').slice(0, 16);
}

/** Paths from the checkout's folder, in an order that does not depend on the file system. */
async function listFiles(source: string): Promise<string[]> {
	const path = join(projectFolder, source);
	if (!existsSync(path)) return [];
	if ((await stat(path)).isFile()) return [source];
	const entries = await readdir(path, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(projectFolder.length + 1))
		.sort();
}

interface PackageManifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}

/**
 * Leaves in n8n's user folder what n8n's own installer of community packages leaves: the tarball's content under
 * `.n8n/nodes/node_modules/<name>`, its manifest without dev, peer and optional dependencies, and the package's
 * line in `.n8n/nodes/package.json`. The rows of its database n8n writes itself, see `register-packages.js`.
 *
 * n8n would run `npm install` for the runtime dependencies; this package has none, and one that had is refused.
 */
export async function installPackage(tarball: string, userFolder: string): Promise<void> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const modules = join(nodesFolder, 'node_modules');
	await mkdir(modules, { recursive: true });
	const unpacked = await mkdtemp(join(nodesFolder, 'unpacking-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
		const manifestFile = join(unpacked, 'package.json');
		const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as PackageManifest;
		if (Object.keys(manifest.dependencies ?? {}).length > 0) {
			throw new Error(`${manifest.name} has runtime dependencies, which ${basename(__filename)} does not install`);
		}
		delete manifest.devDependencies;
		delete manifest.peerDependencies;
		delete manifest.optionalDependencies;
		await writeFile(manifestFile, JSON.stringify(manifest, null, 2));

		const installed = join(modules, manifest.name);
		await rm(installed, { recursive: true, force: true });
		await rename(unpacked, installed);
		await writeLedger(join(nodesFolder, 'package.json'), manifest);
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
}

async function writeLedger(file: string, { name, version }: PackageManifest): Promise<void> {
	const ledger: { dependencies?: Record<string, string> } = existsSync(file)
		? (JSON.parse(await readFile(file, 'utf8')) as object)
		: { name: 'installed-nodes', private: true };
	const dependencies = { ...ledger.dependencies, [name]: version };
	await writeFile(file, JSON.stringify({ ...ledger, dependencies }, null, 2));
}

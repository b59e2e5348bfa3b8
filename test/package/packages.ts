import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeTypeDescription } from 'n8n-workflow';

export const ROOT = path.resolve(__dirname, '../..');
export const CACHE = path.join(ROOT, '.cache');

/** The most that a packed package may weigh. */
export const MAX_TARBALL_BYTES = 150_000;

export interface Packed {
	tarball: string;
	tarballBytes: number;
	unpackedDir: string;
}

export interface Manifest {
	[field: string]: unknown;
	name: string;
	version: string;
	license: string;
	main: string;
	keywords: string[];
	n8n: { credentials: string[]; nodes: string[] };
	scripts: Record<string, string>;
	peerDependencies: Record<string, string>;
}

/** Runs a script of this folder with this process's Node. */
export function runScript(script: string, ...args: string[]) {
	return spawnSync(process.execPath, [path.join(__dirname, script), ...args], {
		cwd: ROOT,
		encoding: 'utf8',
	});
}

/** Packs the built checkout and unpacks it, as `npm publish` and n8n do. */
export function pack(targetDir: string): Packed {
	const { status, stdout, stderr } = runScript('pack.mjs', targetDir);
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout) as Packed;
}

export function manifestOf(packageDir: string): Manifest {
	return JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8')) as Manifest;
}

/** Every file below a folder, relative to it, with forward slashes. */
export function filesBelow(dir: string): string[] {
	return readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
		.map((file) => file.split(path.sep).join('/'));
}

export interface LoadedPackage {
	nodes: INodeTypeDescription[];
	credentials: ICredentialType[];
}

/** What n8n sees of an unpacked package, by n8n's own loader. */
export async function loadAsN8nDoes(packageDir: string): Promise<LoadedPackage> {
	const loader = new PackageDirectoryLoader(packageDir);
	await loader.loadAll();
	return loader.types;
}

/** The icon files a loaded node or credential names and the package lacks. */
export function missingIcons(
	packageDir: string,
	packageName: string,
	{ iconUrl }: Pick<INodeTypeDescription, 'iconUrl'>,
): string[] {
	const urls = typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [String(iconUrl)];
	return urls
		.map((url) => url.replace(`icons/${packageName}/`, ''))
		.filter((file) => !existsSync(path.join(packageDir, file)));
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The checkout. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where checks write: git ignores it, and modules below it still resolve to the checkout's. */
export const CACHE = path.join(ROOT, '.cache');

/**
 * Runs a program to its end.
 * @throws Error with the program's own output when it does not end with 0
 */
export function run(command, args, cwd) {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
	if (status !== 0) {
		throw new Error(`${command} ${args.join(' ')}\n${error?.message ?? ''}${stdout}${stderr}`);
	}
	return stdout;
}

/**
 * Packs a built package as `npm publish` would and unpacks it as n8n does.
 * @param {string} packageDir the package, with its dist built
 * @param {string} targetDir emptied first; the package is unpacked to its `node_modules/<name>`
 * @param {string} name the package's name
 * @throws Error when the target is there and no folder: it would be removed
 * @returns {{ tarball: string, tarballBytes: number, unpackedDir: string }}
 */
export function packAndUnpack(packageDir, targetDir, name) {
	if (existsSync(targetDir) && !statSync(targetDir).isDirectory()) {
		throw new Error(`${targetDir} is not a folder`);
	}
	const unpackedDir = path.join(targetDir, 'node_modules', name);
	rmSync(targetDir, { recursive: true, force: true });
	mkdirSync(unpackedDir, { recursive: true });
	run('npm', ['pack', '--silent', '--pack-destination', targetDir], packageDir);
	const tarballs = readdirSync(targetDir).filter((file) => file.endsWith('.tgz'));
	if (tarballs.length !== 1) throw new Error(`Expected one tarball in ${targetDir}`);
	const tarball = path.join(targetDir, tarballs[0]);
	run('tar', ['-xzf', tarball, '-C', unpackedDir, '--strip-components=1'], targetDir);
	return { tarball, tarballBytes: statSync(tarball).size, unpackedDir };
}

// As a program: packs the built checkout into the folder named and prints where everything went.
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { name } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
	console.log(JSON.stringify(packAndUnpack(ROOT, path.resolve(process.argv[2]), name)));
}

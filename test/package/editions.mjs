// npm run editions: n8n verifies packages of one service only, so the same sources also make one
// package a service. Each is built from its own share of the sources alone, packed and scanned:
// a service that leans on another does not compile here.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { officialScan } from './officialScan.mjs';
import { CACHE, packAndUnpack, ROOT, run } from './pack.mjs';
import { ownerOf, SERVICES } from './services.mjs';

const EDITIONS = path.join(CACHE, 'editions');
const BUILD_FILES = ['CHANGELOG.md', 'LICENSE', 'gulpfile.js', 'index.js', 'tsconfig.json'];
const BUILD_DEPENDENCIES = ['@types/node', 'esbuild', 'gulp', 'n8n-workflow', 'rimraf', 'typescript'];
// Of our README; an edition has an installation section of its own.
const REPOSITORY_SECTIONS = ['Contents', 'Installation', 'Development'];
const KEYWORDS = ['n8n-community-node-package', 'n8n'];

const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');
const write = (dir, file, text) => writeFileSync(path.join(dir, file), text);
const pick = (object, keys) => Object.fromEntries(keys.map((key) => [key, object[key]]));

/** Our manifest with one service's name, texts, nodes and credentials. */
function editionManifest(manifest, service) {
	const ofService = (file) => ownerOf(file.replace(/^dist\//, '')) === service.folder;
	return {
		...manifest,
		name: service.packageName,
		description: service.description,
		keywords: [...KEYWORDS, ...service.keywords],
		n8n: {
			...manifest.n8n,
			credentials: manifest.n8n.credentials.filter(ofService),
			nodes: manifest.n8n.nodes.filter(ofService),
		},
		scripts: pick(manifest.scripts, ['build']),
		devDependencies: pick(manifest.devDependencies, BUILD_DEPENDENCIES),
	};
}

/**
 * Our README with an opening of the edition's own, without the sections about this repository and
 * those whose headings name another service only.
 */
function editionReadme(readme, manifest, service) {
	const isLeftOut = (heading) =>
		REPOSITORY_SECTIONS.includes(heading) ||
		(!heading.includes(service.displayName) &&
			SERVICES.some(({ displayName }) => heading.includes(displayName)));
	const kept = [];
	let inFence = false;
	// The level of the heading whose section is being left out; 0 while nothing is.
	let leftOut = 0;
	for (const line of readme.slice(readme.indexOf('\n## ') + 1).split('\n')) {
		if (line.startsWith('```')) inFence = !inFence;
		const [, hashes, heading] = (!inFence && /^(#+) (.*)$/.exec(line)) || [];
		if (hashes && (leftOut === 0 || hashes.length <= leftOut)) {
			leftOut = isLeftOut(heading) ? hashes.length : 0;
		}
		if (leftOut === 0) kept.push(line);
	}
	return [
		`# ${service.packageName}`,
		'',
		`${service.description}.`,
		'',
		`The ${service.displayName} edition of [${manifest.name}](${manifest.homepage}), built from the same sources. Install one or the other, not both: they define the same credential types.`,
		'',
		'## Installation',
		'',
		`In n8n: **Settings > Community Nodes > Install**, package name \`${service.packageName}\`.`,
		'',
		...kept,
	].join('\n');
}

/** Paths of all files below some folders of `root`, relative to it, with forward slashes. */
function filesBelow(root, ...folders) {
	return folders.flatMap((folder) =>
		readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
			.map((file) => file.split(path.sep).join('/')),
	);
}

function buildEdition(service) {
	const dir = path.join(EDITIONS, service.packageName);
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });

	for (const file of filesBelow(ROOT, 'nodes', 'credentials')) {
		const owner = ownerOf(file);
		if (owner === null || owner === service.folder) {
			cpSync(path.join(ROOT, file), path.join(dir, file));
		}
	}
	for (const file of BUILD_FILES) cpSync(path.join(ROOT, file), path.join(dir, file));

	const manifest = JSON.parse(read('package.json'));
	write(dir, 'package.json', JSON.stringify(editionManifest(manifest, service), null, 2) + '\n');
	write(dir, 'README.md', editionReadme(read('README.md'), manifest, service));
	// A node's full name starts with its package's.
	for (const file of filesBelow(dir, 'nodes').filter((name) => name.endsWith('.node.json'))) {
		const codex = JSON.parse(read(file));
		codex.node = codex.node.replace(manifest.name, service.packageName);
		write(dir, file, JSON.stringify(codex, null, '\t') + '\n');
	}

	const bin = (name) => path.join(ROOT, 'node_modules', '.bin', name);
	run(bin('tsc'), [], dir);
	run(bin('gulp'), ['build', '--silent'], dir);
	return dir;
}

let passed = true;
for (const service of SERVICES) {
	const dir = buildEdition(service);
	const packed = path.join(EDITIONS, 'packed', service.packageName);
	const { tarball, tarballBytes, unpackedDir } = packAndUnpack(dir, packed, service.packageName);
	console.log(`${path.relative(ROOT, tarball)}  ${(tarballBytes / 1000).toFixed(1)} kB`);
	passed = (await officialScan(service.packageName, dir, unpackedDir)) && passed;
}
process.exitCode = passed ? 0 : 1;

import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	CACHE,
	filesBelow,
	loadAsN8nDoes,
	manifestOf,
	MAX_TARBALL_BYTES,
	missingIcons,
	pack,
	ROOT,
	runScript,
} from './packages';
import type { LoadedPackage, Manifest, Packed } from './packages';

const MAX_LOAD_MS = 50;
const LOAD_RUNS = 9;

const SHIPPED = [
	/^(package\.json|README\.md|LICENSE|index\.js)$/,
	/^dist\/nodes\/bundle\.js$/,
	/^dist\/nodes\/.+\.node\.js$/,
	/^dist\/credentials\/.+\.credentials\.js$/,
	/^dist\/nodes\/.+\.(svg|png|node\.json)$/,
	/^dist\/nodes\/.+\/__schema__\/.+\.json$/,
];

/** What users type into the editor's search, and what must turn up. */
const SEARCHES: Array<[text: string, node: string]> = [
	['leads', 'salesOs'],
	['crm', 'salesOs'],
	['deals', 'salesOs'],
	['play2sell', 'salesOs'],
	['outbound', 'outboundSync'],
	['leads', 'outboundSync'],
	['crm', 'outboundSync'],
];

/** Where n8n-workflow lies, by the line of n8n that it belongs to. */
const WORKFLOW_LINES: Array<[line: string, folder: string]> = [
	['2.41.', 'node_modules/n8n-workflow'],
	['1.', 'node_modules/n8n-core-v1/node_modules/n8n-workflow'],
];

let packed: Packed;
let manifest: Manifest;
let loaded: LoadedPackage;

beforeAll(async () => {
	packed = pack(path.join(CACHE, 'package-test'));
	manifest = manifestOf(packed.unpackedDir);
	loaded = await loadAsN8nDoes(packed.unpackedDir);
});

describe('the packed tarball', () => {
	it(`weighs less than ${MAX_TARBALL_BYTES / 1000} kB`, () => {
		expect(packed.tarballBytes).toBeLessThan(MAX_TARBALL_BYTES);
	});

	it('holds what n8n reads and nothing else', () => {
		const files = filesBelow(packed.unpackedDir);
		expect(files.filter((file) => !SHIPPED.some((pattern) => pattern.test(file)))).toEqual([]);
		expect(files).toEqual(
			expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'index.js']),
		);
	});

	it('holds the files that the manifest names, and the code of all of them once', () => {
		const code = filesBelow(packed.unpackedDir).filter((file) => /^dist\/.+\.js$/.test(file));
		expect(code.sort()).toEqual(
			[...manifest.n8n.nodes, ...manifest.n8n.credentials, 'dist/nodes/bundle.js'].sort(),
		);
	});

	it('brings no dependency and runs nothing when it is installed', () => {
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		for (const field of [
			'dependencies',
			'optionalDependencies',
			'bundleDependencies',
			'bundledDependencies',
			'overrides',
		]) {
			expect(manifest).not.toHaveProperty(field);
		}
		const lifecycle = /^(pre|post)?(install|prepare|publish|uninstall)$/;
		expect(Object.keys(manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
	});

	it('is under the MIT licence, with its text', () => {
		expect(manifest.license).toBe('MIT');
		const text = readFileSync(path.join(packed.unpackedDir, 'LICENSE'), 'utf8');
		expect(text).toMatch(/^MIT License/);
		expect(text).toContain('Permission is hereby granted, free of charge');
	});

	it('can be required by its name', () => {
		expect(require(packed.unpackedDir)).toEqual({});
	});
});

/** Every name that a bundle takes from n8n-workflow, with what it takes of that: `NodeConnectionTypes.Main`. */
function takenFromWorkflow(bundle: string): string[] {
	const modules = [...bundle.matchAll(/^\s*var (\w+) = require\("n8n-workflow"\);$/gm)].map(([, name]) => name);
	// One that is required in another way would be overlooked.
	expect(modules).toHaveLength(bundle.split('n8n-workflow').length - 1);
	const uses = [...bundle.matchAll(new RegExp(`\\b(?:${modules.join('|')})\\b(?! = require)(?:\\.([\\w$]+(?:\\.[\\w$]+)*))?`, 'g'))];
	return [...new Set(uses.map(([use, name = use]) => name))].sort();
}

function valueAt(module: unknown, name: string): unknown {
	return name.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], module);
}

describe('what it takes from n8n', () => {
	it.each(WORKFLOW_LINES)('is there in n8n-workflow %sx', (line, folder) => {
		const names = takenFromWorkflow(readFileSync(path.join(packed.unpackedDir, 'dist/nodes/bundle.js'), 'utf8'));
		expect(names).toEqual(expect.arrayContaining(['NodeApiError', 'NodeConnectionTypes.Main', 'sleep']));
		expect(manifestOf(path.join(ROOT, folder)).version.startsWith(line)).toBe(true);
		const workflow: unknown = require(path.join(ROOT, folder));
		expect(names.filter((name) => valueAt(workflow, name) === undefined)).toEqual([]);
	});
});

describe('what n8n loads from it', () => {
	it('is every node and credential of the sources', () => {
		const names = (folder: string, suffix: string) =>
			filesBelow(path.join(ROOT, folder))
				.filter((file) => file.endsWith(suffix))
				.map((file) => path.basename(file, suffix).toLowerCase())
				.sort();
		const lower = ({ name }: { name: string }) => name.toLowerCase();
		expect(loaded.nodes.map(lower).sort()).toEqual(names('nodes', '.node.ts'));
		expect(loaded.credentials.map(lower).sort()).toEqual(names('credentials', '.credentials.ts'));
		expect(loaded.nodes.length).toBeGreaterThan(0);
	});

	it('has its icons, light and dark', () => {
		for (const type of [...loaded.nodes, ...loaded.credentials]) {
			expect(type.iconUrl).toEqual({
				light: expect.stringMatching(/\.svg$/) as string,
				dark: expect.stringMatching(/\.dark\.svg$/) as string,
			});
			expect(missingIcons(packed.unpackedDir, manifest.name, type)).toEqual([]);
		}
	});

	it('stands in the Sales category with its codex file', () => {
		for (const { name, codex } of loaded.nodes) {
			expect([name, codex?.categories]).toEqual([name, ['Sales']]);
			expect(codex?.resources?.primaryDocumentation).toHaveLength(1);
		}
		for (const file of filesBelow(packed.unpackedDir).filter((f) => f.endsWith('.node.json'))) {
			const { node } = JSON.parse(
				readFileSync(path.join(packed.unpackedDir, file), 'utf8'),
			) as { node: string };
			const className = path.basename(file, '.node.json');
			expect(node.toLowerCase()).toBe(`${manifest.name}.${className}`.toLowerCase());
		}
	});

	it.each(SEARCHES)('is found by "%s": %s', (text, node) => {
		const description = loaded.nodes.find(({ name }) => name === node);
		const texts = [description?.displayName, ...(description?.codex?.alias ?? [])];
		expect(texts.some((candidate) => candidate?.toLowerCase().includes(text))).toBe(true);
	});

	// The median of several fresh processes, so that a single odd one decides nothing.
	it(`takes under ${MAX_LOAD_MS} ms of processor time to require`, () => {
		const loadMs = Array.from({ length: LOAD_RUNS }, () => {
			const { status, stdout, stderr } = runScript('measureLoad.js', packed.unpackedDir);
			if (status !== 0) throw new Error(stderr);
			return Number(stdout);
		}).sort((a, b) => a - b);
		expect(loadMs[0]).toBeGreaterThan(0);
		expect(loadMs[Math.floor(LOAD_RUNS / 2)]).toBeLessThan(MAX_LOAD_MS);
	});
});

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
	CACHE,
	filesBelow,
	loadAsN8nDoes,
	manifestOf,
	MAX_TARBALL_BYTES,
	missingIcons,
	ROOT,
	runScript,
} from './packages';

interface Edition {
	packageName: string;
	folder: string;
	displayName: string;
	otherFolder: string;
	otherDisplayName: string;
}

const EDITIONS: Edition[] = [
	{
		packageName: 'n8n-nodes-salesos',
		folder: 'SalesOs',
		displayName: 'SalesOS',
		otherFolder: 'OutboundSync',
		otherDisplayName: 'OutboundSync',
	},
	{
		packageName: 'n8n-nodes-outboundsync',
		folder: 'OutboundSync',
		displayName: 'OutboundSync',
		otherFolder: 'SalesOs',
		otherDisplayName: 'SalesOS',
	},
];

const BUILD_TIMEOUT_MS = 180_000;

let output: string;
let status: number | null;

beforeAll(() => {
	const result = runScript('editions.mjs');
	output = `${result.stdout}${result.stderr}`;
	status = result.status;
}, BUILD_TIMEOUT_MS);

it('builds both editions, each passing the official scan on sources and tarball', () => {
	const scans = EDITIONS.flatMap(({ packageName }) => [
		`passed  ${packageName}: sources`,
		`passed  ${packageName}: tarball`,
	]);
	for (const scan of scans) expect(output).toContain(scan);
	expect(output).not.toContain('FAILED');
	expect(status).toBe(0);
});

describe.each(EDITIONS)('$packageName', (edition) => {
	const { packageName, folder, displayName, otherFolder, otherDisplayName } = edition;
	const packedDir = path.join(CACHE, 'editions', 'packed', packageName);
	const unpackedDir = path.join(packedDir, 'node_modules', packageName);
	const whole = manifestOf(ROOT);

	it('is one service and what is shared, of the same version', () => {
		const manifest = manifestOf(unpackedDir);
		expect(manifest.name).toBe(packageName);
		expect(manifest.version).toBe(whole.version);
		const named = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		expect(named).toEqual(
			[...whole.n8n.nodes, ...whole.n8n.credentials].filter((file) => file.includes(folder)),
		);
		expect(filesBelow(unpackedDir)).toEqual(expect.arrayContaining(named));
		expect(filesBelow(unpackedDir).filter((file) => file.includes(otherFolder))).toEqual([]);
		expect(manifest.keywords).toContain('n8n-community-node-package');
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it('is small enough', () => {
		const tarball = path.join(packedDir, `${packageName}-${whole.version}.tgz`);
		expect(statSync(tarball).size).toBeLessThan(MAX_TARBALL_BYTES);
	});

	it('loads in n8n with icons and codex', async () => {
		const { nodes, credentials } = await loadAsN8nDoes(unpackedDir);
		expect(nodes.length).toBeGreaterThan(0);
		expect(credentials.length).toBeGreaterThan(0);
		for (const type of [...nodes, ...credentials]) {
			expect(missingIcons(unpackedDir, packageName, type)).toEqual([]);
		}
		for (const { name, codex } of nodes) {
			expect([name, codex?.categories]).toEqual([name, ['Sales']]);
		}
		for (const file of filesBelow(unpackedDir).filter((f) => f.endsWith('.node.json'))) {
			const codex = readFileSync(path.join(unpackedDir, file), 'utf8');
			expect(codex).toContain(`"node": "${packageName}.`);
		}
	});

	it('has a README of its own, without the other service\'s sections', () => {
		const readme = readFileSync(path.join(unpackedDir, 'README.md'), 'utf8');
		expect(readme.split('\n')[0]).toBe(`# ${packageName}`);
		const headings = readme.replace(/^```[\s\S]*?^```/gm, '').match(/^##+ .*$/gm) ?? [];
		expect(headings.length).toBeGreaterThan(0);
		expect(
			headings.filter(
				(heading) => heading.includes(otherDisplayName) && !heading.includes(displayName),
			),
		).toEqual([]);
	});
});

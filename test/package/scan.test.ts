import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE, manifestOf, ROOT } from './packages';

const dir = path.join(CACHE, 'scan-test');

/** Scans a package made of our manifest and some files, as sources and as tarball. */
function scan(manifestPatch: object, files: Record<string, string>) {
	rmSync(dir, { recursive: true, force: true });
	const all = { 'package.json': JSON.stringify({ ...manifestOf(ROOT), ...manifestPatch }), ...files };
	for (const [file, text] of Object.entries(all)) {
		mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
		writeFileSync(path.join(dir, file), text);
	}
	const program = `
		import { officialScan } from './test/package/officialScan.mjs';
		process.exitCode = (await officialScan('it', ${JSON.stringify(dir)}, ${JSON.stringify(dir)})) ? 0 : 1;
	`;
	return spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
		cwd: ROOT,
		encoding: 'utf8',
	});
}

describe('the scan', () => {
	it('passes a clean package', () => {
		const { status, stdout } = scan({}, { 'dist/nodes/x.js': 'exports.x = 1;' });
		expect(stdout).toBe('passed  it: sources\npassed  it: tarball\n');
		expect(status).toBe(0);
	});

	it.each([
		['a runtime dependency', { dependencies: { axios: '1.0.0' } }, {}, ['sources', 'tarball'], 'no-runtime-dependencies'],
		['a timer in the sources', {}, { 'nodes/x.ts': 'setTimeout(() => 1, 1);' }, ['sources'], 'no-restricted-globals'],
		['a timer in the compiled code', {}, { 'dist/x.js': 'setTimeout(() => 1, 1);' }, ['tarball'], 'no-restricted-globals'],
		[
			'a timer behind a disabling comment',
			{},
			{ 'dist/x.js': '/* eslint-disable */ setTimeout(() => 1, 1);' },
			['tarball'],
			'no-restricted-globals',
		],
	])('fails on %s and names the rule', (_what, manifestPatch, files, legs, rule) => {
		const { status, stdout } = scan(manifestPatch, files);
		for (const leg of legs) expect(stdout).toContain(`FAILED  it: ${leg}`);
		expect(stdout).toContain(rule);
		expect(status).toBe(1);
	});
});

import { createRequire } from 'node:module';
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

// Under NODE_ENV=test, which jest hands on, eslint-plugin-n8n-nodes-base takes every file for a node.
delete process.env.NODE_ENV;

// The scanner makes a temporary folder when it is loaded and leaves it there; the library that it makes
// it with removes it at the process's end when asked to.
const scanner = import.meta.resolve('@n8n/scan-community-package/scanner/scanner.mjs');
createRequire(scanner)('tmp').setGracefulCleanup();

// What the scanner itself lints of a published tarball.
const TARBALL_PATTERNS = ['**/*.js', 'package.json'];

/**
 * Runs n8n's official scanner on a package, offline: on its sources and on its unpacked tarball.
 * @param {string} name for the report
 * @param {string} sourceDir the folder with package.json, nodes/ and credentials/
 * @param {string} unpackedDir the unpacked tarball
 * @returns {Promise<boolean>} whether both passed; what did not is printed
 */
export async function officialScan(name, sourceDir, unpackedDir) {
	const legs = [
		['sources', sourceDir, SOURCE_FILE_PATTERNS],
		['tarball', unpackedDir, TARBALL_PATTERNS],
	];
	let passed = true;
	for (const [leg, dir, patterns] of legs) {
		const result = await analyzePackage(dir, patterns);
		// The scanner calls an empty folder clean; here it means that the build is missing.
		const clean = result.passed && result.message === undefined;
		passed &&= clean;
		console.log(`${clean ? 'passed' : 'FAILED'}  ${name}: ${leg}`);
		if (!clean) console.log(`${result.message}\n${result.details ?? ''}`);
	}
	return passed;
}

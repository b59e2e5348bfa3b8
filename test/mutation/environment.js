const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const { TestEnvironment } = require('jest-environment-node');

// As test/support/engine/environment.ts does in the other suites, and as early.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'n8n-mutation-'));
process.env.N8N_ENCRYPTION_KEY ??= 'mutation-tests';
process.env.N8N_LOG_LEVEL ??= 'silent';

/**
 * Jest would load n8n anew for each test file of each mutant, which takes longer than all the tests.
 * Nothing in it is mutated, so all files share one; see sharedModule.
 */
const SHARED = { 'n8n-core': require('n8n-core'), 'n8n-workflow': require('n8n-workflow') };

/** What n8n asks of values with instanceof must be the same on both sides. */
const BUILT_IN = { Date, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

module.exports = class extends TestEnvironment {
	constructor(...options) {
		super(...options);
		Object.assign(this.global, BUILT_IN, { sharedModules: SHARED });
	}
};

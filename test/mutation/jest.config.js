const { join } = require('node:path');

const { projects } = require('../jest.config.js');

const unit = projects.find(({ displayName }) => displayName === 'unit');

/** The unit tests that can judge a folder of nodes/shared. */
const JUDGES = {
	http: ['http'],
	webhook: ['webhook'],
	operation: ['operation', 'outboundSync'],
};

module.exports = {
	...unit,
	roots: ['credentials', 'nodes', 'test/support', 'test/unit'].map((folder) => join(unit.rootDir, folder)),
	testMatch: JUDGES[process.env.MUTATED_FOLDER ?? 'http'].map((folder) => `<rootDir>/test/unit/${folder}/**/*.test.ts`),
	testPathIgnorePatterns: [
		'/node_modules/',
		// It compares times, which the mutants in the code make longer.
		'/jsonTime\\.test\\.ts$',
		// A million values, each of which counts how often it is come by.
		'/jsonSize\\.test\\.ts$',
		// They ask how a whole run fares over thousands of requests, and take seconds for each answer.
		'\\.simulation\\.test\\.ts$',
		// It waits for real servers by the second; exchange.test.ts and clientTries.test.ts ask the same of data.
		'/http/errors\\.test\\.ts$',
		// 100,000 altered deliveries; each way to alter one is in verify.test.ts, too.
		'/verify\\.attack\\.test\\.ts$',
		// Starts a process of its own, in which no mutant is active.
		'/signCommand\\.test\\.ts$',
	],
	testEnvironment: require.resolve('./environment.js'),
	moduleNameMapper: {
		'^fast-check$': '<rootDir>/test/mutation/fewerRuns.js',
		'^n8n-core$': '<rootDir>/test/mutation/sharedCore.js',
		'^n8n-workflow$': '<rootDir>/test/mutation/sharedWorkflow.js',
	},
	testRunner: '<rootDir>/test/mutation/jest-circus-recorded.js',
	testSequencer: '<rootDir>/test/mutation/coveringFiles.js',
	watchman: false,
	haste: { forceNodeFilesystemAPI: true },
	testTimeout: 60_000,
};

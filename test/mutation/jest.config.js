const { projects } = require('../jest.config.js');

const unit = projects.find(({ displayName }) => displayName === 'unit');

process.env.MUTATED_DELIVERIES ??= '3200';

/** The unit tests that can judge a folder of nodes/shared. */
const JUDGES = {
	http: ['http'],
	webhook: ['webhook'],
	operation: ['operation', 'outboundSync'],
};

module.exports = {
	...unit,
	testMatch: JUDGES[process.env.MUTATED_FOLDER ?? 'http'].map((folder) => `<rootDir>/test/unit/${folder}/**/*.test.ts`),
	testPathIgnorePatterns: [
		'/node_modules/',
		// They ask how a whole run fares over thousands of requests, and take seconds for each answer.
		'/turns\\.simulation\\.test\\.ts$',
		'/workers\\.simulation\\.test\\.ts$',
		// Starts a process of its own, in which no mutant is active.
		'/signCommand\\.test\\.ts$',
	],
	moduleNameMapper: { '^fast-check$': '<rootDir>/test/mutation/fewerRuns.js' },
	testTimeout: 10_000,
};

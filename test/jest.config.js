const path = require('node:path');

const rootDir = path.resolve(__dirname, '..');

const shared = {
	rootDir,
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }] },
};

// One project a suite: `unit` needs no build, `engine` runs the compiled package through n8n-core,
// `package` looks at what is shipped.
module.exports = {
	rootDir,
	testTimeout: 60_000,
	projects: [
		{ ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
		{ ...shared, displayName: 'engine', testMatch: ['<rootDir>/test/engine/**/*.test.ts'] },
		{ ...shared, displayName: 'package', testMatch: ['<rootDir>/test/package/**/*.test.ts'] },
	],
};

const path = require('node:path');

const rootDir = path.resolve(__dirname, '..');

const shared = {
	rootDir,
	// Not the checkout as a whole: jest would read its way through everything .cache holds.
	roots: ['credentials', 'nodes', 'sandbox', 'test'].map((folder) => path.join(rootDir, folder)),
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }] },
};

// One project a suite: `unit` needs no build, `engine` runs the compiled package through n8n-core
// 2.x, `engine-v1` the same tests through the newest 1.x (its own n8n-workflow with it),
// `faults` injects what can go wrong, `app` starts the real n8n (and installs it first, once), `package` looks at what is shipped,
// `soak` keeps one n8n under load for half an hour.
module.exports = {
	rootDir,
	testTimeout: 60_000,
	projects: [
		{ ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
		{ ...shared, displayName: 'engine', testMatch: ['<rootDir>/test/engine/**/*.test.ts'] },
		{
			...shared,
			displayName: 'engine-v1',
			globals: { N8N_LINE: 1 },
			testMatch: ['<rootDir>/test/engine/**/*.test.ts'],
			moduleNameMapper: {
				'^n8n-core$': '<rootDir>/node_modules/n8n-core-v1',
				'^n8n-workflow$': '<rootDir>/node_modules/n8n-core-v1/node_modules/n8n-workflow',
			},
		},
		{ ...shared, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.test.ts'] },
		{ ...shared, displayName: 'app', testMatch: ['<rootDir>/test/app/**/*.test.ts'] },
		{ ...shared, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.test.ts'] },
		{ ...shared, displayName: 'queue', testMatch: ['<rootDir>/test/queue/**/*.test.ts'] },
		{ ...shared, displayName: 'soak', testMatch: ['<rootDir>/test/soak/**/*.test.ts'] },
		{ ...shared, displayName: 'package', testMatch: ['<rootDir>/test/package/**/*.test.ts'] },
	],
};

import { join } from 'node:path';

/** The folder of nodes/shared that this run is about; see run.mjs. */
const folder = process.env.MUTATED_FOLDER ?? 'http';
const cache = '.cache/stryker';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	plugins: ['@stryker-mutator/jest-runner', './test/mutation/panelDescriptions.mjs'],
	ignorers: ['panel-descriptions'],
	mutate: [`nodes/shared/${folder}/**/*.ts`],
	testRunner: 'jest',
	// Which files can judge a mutant is told by coveringFiles.js, at less cost.
	jest: { projectType: 'custom', configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: false },
	coverageAnalysis: 'perTest',
	// Other work goes on beside it; `--concurrency 2` is for a machine that has nothing else to do.
	concurrency: 1,
	// A mutant that never ends is told by this; the machine may be busy with other work meanwhile.
	timeoutMS: 10_000,
	timeoutFactor: 3,
	tempDirName: join(cache, 'tmp', folder),
	ignorePatterns: ['dist', 'docs', 'workflows', '.cache', '.github', 'test/app', 'test/bench', 'test/queue'],
	incremental: true,
	incrementalFile: join(cache, `${folder}.incremental.json`),
	reporters: ['clear-text', 'json'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	jsonReporter: { fileName: join(cache, `${folder}.report.json`) },
	thresholds: { high: 95, low: 85, break: 85 },
	allowEmpty: false,
};

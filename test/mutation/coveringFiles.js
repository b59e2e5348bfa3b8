const { default: Sequencer } = require('@jest/test-sequencer');

const { recorded } = require('./jest-circus-recorded.js');

/**
 * Leaves out the files that have no test to run: Stryker says by name which tests judge a mutant, and
 * Jest would load all files only to skip their tests. Those left run the quick ones first, because the
 * first that fails is the last.
 */
module.exports = class extends Sequencer {
	constructor(options) {
		super(options);
		this.pattern = options.globalConfig.testNamePattern;
	}

	sort(tests) {
		const pattern = this.pattern && new RegExp(this.pattern, 'i');
		const covers = ({ path }) => !pattern || !recorded.has(path) || recorded.get(path).names.some((name) => pattern.test(name));
		const ms = ({ path }) => recorded.get(path)?.ms ?? 0;
		return tests.filter(covers).sort((one, other) => ms(one) - ms(other));
	}
};

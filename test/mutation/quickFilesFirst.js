const { default: Sequencer } = require('@jest/test-sequencer');

const { byDuration } = require('./jest-circus-covering.js');

module.exports = class extends Sequencer {
	sort(tests) {
		return byDuration(tests);
	}
};

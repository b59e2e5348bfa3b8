import type { IDataObject } from 'n8n-workflow';

import { settingsFrom } from '../../../nodes/shared/operation/options';

const DEFAULTS = {
	wish: { limit: undefined, share: 1, maxConcurrency: 10 },
	maxRetries: 5,
	maxWaitMs: 300_000,
	timeoutMs: 60_000,
};

it('without options the settings are what the panel shows, and the limit is what the server allows', () => {
	expect(settingsFrom({})).toEqual(DEFAULTS);
});

it.each<[IDataObject, object]>([
	[{ maxConcurrency: 3, maxRetries: 0, maxWait: 1.5, timeout: 30 }, { wish: { ...DEFAULTS.wish, maxConcurrency: 3 }, maxRetries: 0, maxWaitMs: 1_500, timeoutMs: 30_000 }],
	[{ requestsPerMinute: 60, shareOfLimit: 25 }, { ...DEFAULTS, wish: { limit: 60, share: 0.25, maxConcurrency: 10 } }],
	[{ requestsPerMinute: '60', maxRetries: '2' }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, limit: 60 }, maxRetries: 2 }],
	// An expression may give more or less than the panel would take.
	[{ maxConcurrency: 51, maxRetries: 21, timeout: 301, shareOfLimit: 101 }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, maxConcurrency: 50 }, maxRetries: 20, timeoutMs: 300_000 }],
	[{ maxConcurrency: 0, maxRetries: -1, timeout: 0, shareOfLimit: 0, maxWait: -1 }, { wish: { limit: undefined, share: 0.01, maxConcurrency: 1 }, maxRetries: 0, maxWaitMs: 0, timeoutMs: 1_000 }],
	[{ requestsPerMinute: 0 }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, limit: 1 } }],
	[{ requestsPerMinute: 1e9 }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, limit: 1e9 } }],
	[{ maxConcurrency: 2.9, maxRetries: 1.9, requestsPerMinute: 59.9 }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, limit: 59, maxConcurrency: 2 }, maxRetries: 1 }],
	[{ maxConcurrency: 'many', requestsPerMinute: 'some', maxWait: Infinity }, { ...DEFAULTS, wish: { ...DEFAULTS.wish, limit: 100 } }],
	[{ maxWait: null, timeout: undefined }, DEFAULTS],
])('of %j are as they should be', (options, settings) => {
	expect(settingsFrom(options)).toEqual(settings);
});

import fc from 'fast-check';

import { path, queryString } from '../../../nodes/shared/http/request';

const segments = fc.oneof(
	fc.string({ minLength: 1, unit: 'binary' }),
	fc.string({ minLength: 1, unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'E', '?', '#', ';', ' ') }),
);

describe('path', () => {
	it('puts values between its parts', () => {
		expect(path`/v1/leads/${'abc'}/convert`).toBe('/v1/leads/abc/convert');
		expect(path`/destinations/${7}/deliveries/${42}/replay`).toBe('/destinations/7/deliveries/42/replay');
		expect(path`/v1/leads`).toBe('/v1/leads');
	});

	it.each([
		['../users', '..%2Fusers'],
		['a/b?c#d', 'a%2Fb%3Fc%23d'],
		['%2e%2e', '%252e%252e'],
		['.', '%252E'],
		['..', '%252E%252E'],
		['...', '...'],
		['joão', 'jo%C3%A3o'],
		['cut \ud83d', 'cut%20%EF%BF%BD'],
		['\ud83d\ude00', '%F0%9F%98%80'],
	])('keeps %j one segment', (value, expected) => {
		expect(path`/v1/leads/${value}`).toBe(`/v1/leads/${expected}`);
	});

	it('never climbs, and never leaves its host, whatever the values', () => {
		fc.assert(
			fc.property(segments, segments, (first, second) => {
				const url = new URL(`https://api.example.com${path`/v1/leads/${first}/notes/${second}/end`}`);
				expect(url.host).toBe('api.example.com');
				expect([url.search, url.hash]).toEqual(['', '']);
				expect(url.pathname.split('/')).toHaveLength(7);
				expect(url.pathname).toMatch(/^\/v1\/leads\/[^/]+\/notes\/[^/]+\/end$/);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('queryString', () => {
	it.each([
		[undefined, ''],
		[{}, ''],
		[{ a: undefined, b: '' }, ''],
		[{ page: 2, all: false, zero: 0 }, '?page=2&all=false&zero=0'],
		[{ type: ['sync.failed', '', 'sync.recovered'] }, '?type=sync.failed&type=sync.recovered'],
		[{ search: 'a&b=c d+é' }, '?search=a%26b%3Dc%20d%2B%C3%A9'],
		[{ 'a[]': '1' }, '?a%5B%5D=1'],
		[{ cut: '\ud83d' }, '?cut=%EF%BF%BD'],
	])('%j is %j', (query, expected) => {
		expect(queryString(query)).toBe(expected);
	});

	it('is read back as it was written', () => {
		const wellFormed = fc.string({ minLength: 1, unit: 'grapheme' });
		fc.assert(
			fc.property(fc.dictionary(wellFormed, wellFormed), (query) => {
				expect([...new URLSearchParams(queryString(query))]).toEqual(Object.entries(query));
			}),
		);
	});
});

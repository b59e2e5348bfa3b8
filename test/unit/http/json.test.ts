import fc from 'fast-check';

import { isNestedTooDeeply, parseJson } from '../../../nodes/shared/http/json';

const nested = (depth: number, open = '[', close = ']') => `${open.repeat(depth)}1${close.repeat(depth)}`;

it('parses what is JSON, and says of the rest that it is none', () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			const text = JSON.stringify(value);
			expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
			expect(parseJson(`\uFEFF${text}`)).toEqual(parseJson(text));
		}),
	);
	for (const text of ['', ' ', '{', 'NaN', "{'a': 1}", '{"a": 1}}', '\uFEFF', 'undefined']) {
		expect(parseJson(text)).toEqual({ ok: false });
	}
});

it.each([
	['lists', nested(200), nested(201)],
	['objects', nested(200, '{"a":', '}'), nested(201, '{"a":', '}')],
	['both', nested(100, '[{"a":', '}]'), nested(101, '[{"a":', '}]')],
])('takes %s within 200 levels of each other, and no deeper', (_case, atMost, deeper) => {
	expect([isNestedTooDeeply(atMost), parseJson(atMost).ok]).toEqual([false, true]);
	expect([isNestedTooDeeply(deeper), parseJson(deeper).ok]).toEqual([true, false]);
});

it('does not count brackets that are text, nor those beside each other', () => {
	for (const value of ['['.repeat(500), '"['.repeat(500), '\\"['.repeat(500), '\\']) {
		const text = JSON.stringify([value, '['.repeat(500)]);
		expect([isNestedTooDeeply(text), parseJson(text).ok]).toEqual([false, true]);
	}
	expect(isNestedTooDeeply(`[${'[],{},'.repeat(500)}1]`)).toBe(false);
});

it('looks through 16 MB in no more time than parsing takes', () => {
	const text = JSON.stringify(Array.from({ length: 160_000 }, (_, id) => ({ id, name: 'a'.repeat(70) })));
	const timed = (run: () => unknown) => {
		const startMs = performance.now();
		run();
		return performance.now() - startMs;
	};
	timed(() => isNestedTooDeeply(text));
	const lookMs = Math.min(...[1, 2, 3].map(() => timed(() => isNestedTooDeeply(text))));
	const parseMs = Math.min(...[1, 2, 3].map(() => timed(() => JSON.parse(text))));
	expect(lookMs).toBeLessThan(3 * parseMs + 20);
});

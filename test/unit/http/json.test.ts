import fc from 'fast-check';

import { excessOf, parseJson, plainText } from '../../../nodes/shared/http/json';

const nested = (depth: number, open = '[', close = ']') => `${open.repeat(depth)}1${close.repeat(depth)}`;
const DEEP = 'is nested too deeply';

it('parses what is JSON, and says of the rest that it is none', () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			const text = JSON.stringify(value);
			expect(parseJson(text)).toMatchObject({ ok: true, value: JSON.parse(text) as unknown });
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
	expect([excessOf(atMost), parseJson(atMost).ok]).toEqual([undefined, true]);
	expect([excessOf(deeper), parseJson(deeper).ok]).toEqual([DEEP, false]);
});

it('tells how many values there are', () => {
	const values = (text: string) => {
		const parsed = parseJson(text);
		return parsed.ok ? parsed.values : undefined;
	};
	expect([values('7'), values('[]'), values('[1,2,3]'), values('{"a":{"b":[1,"x,y,[{"]}}')]).toEqual([0, 1, 3, 4]);
});

it('does not count brackets that are text, nor those beside each other', () => {
	for (const value of ['['.repeat(500), '"['.repeat(500), '\\"['.repeat(500), '\\']) {
		const text = JSON.stringify([value, '['.repeat(500)]);
		expect([excessOf(text), parseJson(text).ok]).toEqual([undefined, true]);
	}
	expect(excessOf(`[${'[],{},'.repeat(500)}1]`)).toBeUndefined();
});

it.each([
	['text', 'text'],
	[7, '7'],
	[null, 'null'],
	[undefined, ''],
	[{ toString: 'x' }, '{"toString":"x"}'],
])('shows %j as %j', (value, shown) => {
	expect(plainText(value)).toBe(shown);
});

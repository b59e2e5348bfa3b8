import fc from 'fast-check';

import {
	isBlank,
	amount,
	atLeastOne,
	date,
	dateTime,
	email,
	flag,
	integerId,
	jsonObject,
	keyValues,
	oneOf,
	Problem,
	someOf,
	text,
	textList,
	uuid,
	type Reader,
} from '../../../nodes/shared/operation/readers';

const READERS: Readonly<Record<string, Reader<unknown>>> = {
	amount,
	atLeastOne,
	date,
	dateTime,
	email,
	flag,
	integerId,
	jsonObject,
	keyValues,
	oneOf: oneOf('a', 'b'),
	someOf: someOf('a', 'b'),
	text,
	textList,
	uuid,
};

/** What no reader takes, and no reader may choke on. */
const circular: Record<string, unknown> = {};
circular.self = circular;
const NEVER: ReadonlyArray<readonly [string, unknown]> = [
	['an object that holds itself', [circular]],
	['a function', () => 'text'],
	['a symbol', Symbol('text')],
	['a large integer', 10n],
	['undefined', undefined],
	['null', null],
];

describe.each(Object.entries(READERS))('%s', (_name, read) => {
	it.each(NEVER)('does not take %s', (_case, value) => {
		expect(read(value)).toBeInstanceOf(Problem);
	});

	it('gives a value or says what is wrong in a short sentence, whatever it is given', () => {
		fc.assert(
			fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }), (raw) => {
				const value = read(raw);
				if (!(value instanceof Problem)) return;
				expect(value.what.length).toBeLessThan(250);
				expect(value.howToFix).toMatch(/\.$/);
			}),
		);
	});
});

/** The readers' good and bad values: [reader, what is entered, what is sent]. */
const GOOD: ReadonlyArray<readonly [Reader<unknown>, unknown, unknown]> = [
	[text, ' Ana ', 'Ana'],
	[text, '', ''],
	[text, 42, '42'],
	[text, 0, '0'],
	[text, false, 'false'],
	[uuid, ' 3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93 ', '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93'],
	[uuid, '3F2C1D7E-8A4B-4C55-9E0D-2B7A6C1F0E93', '3F2C1D7E-8A4B-4C55-9E0D-2B7A6C1F0E93'],
	[integerId, 7, 7],
	[integerId, ' 7 ', 7],
	[integerId, '999999999999999', 999_999_999_999_999],
	[email, ' ana@example.com ', 'ana@example.com'],
	[email, 'ana.da-silva+crm@mail.example.co.uk', 'ana.da-silva+crm@mail.example.co.uk'],
	[email, 'joão@exämple.com', 'joão@exämple.com'],
	[email, '用户@例子.广告', '用户@例子.广告'],
	[email, "o'neil@example.com", "o'neil@example.com"],
	[email, `${'a'.repeat(242)}@example.com`, `${'a'.repeat(242)}@example.com`],
	[amount, 0, 0],
	[amount, 1250.5, 1250.5],
	[amount, ' 1250.50 ', 1250.5],
	[amount, '+5', 5],
	[atLeastOne, 1, 1],
	[atLeastOne, '50', 50],
	[textList, 'vip, , brasil ,vip', ['vip', 'brasil', 'vip']],
	[textList, [' vip ', '', 7, null, undefined], ['vip', '7']],
	[textList, '', []],
	[textList, [], []],
	[keyValues, { pairs: [{ key: ' color ', value: 'red' }, { key: 'size', value: 3 }] }, { color: 'red', size: 3 }],
	[keyValues, { pairs: [] }, {}],
	[keyValues, { color: 'red' }, { color: 'red' }],
	[keyValues, '{"color": "red"}', { color: 'red' }],
	[jsonObject, '{"a": [1, null]}', { a: [1, null] }],
	[jsonObject, { a: 1 }, { a: 1 }],
	[oneOf('new', 'old'), 'old', 'old'],
	[someOf('new', 'old'), 'old,new', ['old', 'new']],
	[someOf('new', 'old'), ['new'], ['new']],
	[flag, true, true],
	[flag, false, false],
];

it.each(GOOD)('%p reads %p as %p', (read, raw, expected) => {
	expect(read(raw)).toEqual(expected);
});

const BAD: ReadonlyArray<readonly [Reader<unknown>, string, readonly unknown[]]> = [
	[text, 'is not text', [{}, [], Number.NaN, Infinity]],
	[
		uuid,
		'is not an ID',
		['', 'lead_1', '3f2c1d7e8a4b4c559e0d2b7a6c1f0e93', '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e9', '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93\n/x', 'x3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93', '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93x', 'g'.repeat(36), 7],
	],
	[integerId, 'is not an ID', ['', 0, -1, 1.5, '1.5', '1e3', '0x10', '-1', '9999999999999999', 2 ** 53, Number.NaN, '12a', true]],
	[
		email,
		'is not an email address',
		[
			'',
			'ana',
			'ana@',
			'@example.com',
			'ana@example',
			'ana@example..com',
			'ana@.com',
			'ana@example.com.',
			'ana@@example.com',
			'ana @example.com',
			'ana@exam ple.com',
			'ana@example.com,rui@example.com',
			'Ana <ana@example.com>',
			'ana@example.com\r\nBcc: rui@example.com',
			`${'a'.repeat(243)}@example.com`,
			7,
		],
	],
	[amount, 'is not a number', ['', 'R$ 5', '1,250.50', '1.250,50', '5 000', '1e5', '0x10', '.5', '5.', 'NaN', Number.NaN, Infinity, true, []]],
	[amount, 'is negative', [-1, '-0.01']],
	[atLeastOne, 'is not a whole number above 0', ['', 0, -1, 1.5, '1.5', '0x10', '1e3', true, [5], Infinity]],
	[textList, 'is not a list', [7, {}, true]],
	[textList, 'has an entry that is not text', [[{}], ['vip', ['nested']]]],
	[keyValues, 'has an entry without a name', [{ pairs: [{ key: ' ', value: 1 }] }, { pairs: [{ value: 1 }] }, { pairs: [null] }]],
	[keyValues, 'has an entry whose name is not text', [{ pairs: [{ key: {}, value: 1 }] }]],
	[jsonObject, 'is not valid JSON', ['{', '{a: 1}', '{"a": 1} junk', '']],
	[jsonObject, 'is not a JSON object', ['[]', '1', 'null', '"text"', [], 7]],
	[oneOf('new', 'old'), 'is not one of the allowed values', ['', 'New', 'other', 1, ['new']]],
	[someOf('new', 'old'), 'is not one of the allowed values', ['new,other', ['New']]],
	[flag, 'is neither true nor false', ['true', 1, 0, '']],
];

it.each(BAD.flatMap(([read, what, values]) => values.map((raw) => [read, raw, what] as const)))(
	'%p refuses %j, which %s',
	(read, raw, what) => {
		const problem = read(raw);
		expect(problem).toBeInstanceOf(Problem);
		expect((problem as Problem).what.startsWith(what)).toBe(true);
	},
);

it('a problem quotes what was entered, and not more than 80 characters of it', () => {
	expect((email('ana') as Problem).what).toBe('is not an email address: "ana"');
	expect((email('a'.repeat(81)) as Problem).what).toBe(`is not an email address: "${'a'.repeat(80)}…"`);
	expect((text({ name: 'Ana' }) as Problem).what).toBe('is not text: "{"name":"Ana"}"');
	expect((oneOf('won', 'lost')('open') as Problem).howToFix).toBe('Enter one of won, lost.');
});

it('names such as __proto__ stay names', () => {
	const values = keyValues({ pairs: [{ key: '__proto__', value: { isAdmin: true } }, { key: 'constructor', value: 1 }] });
	expect(JSON.stringify(values)).toBe('{"__proto__":{"isAdmin":true},"constructor":1}');
	expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
	const parsed = jsonObject('{"__proto__": {"isAdmin": true}}');
	expect(JSON.stringify({ ...parsed })).toBe('{"__proto__":{"isAdmin":true}}');
	expect((parsed as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});

describe('what is written is read back', () => {
	it('amounts', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 1e14 }), fc.nat(99), (whole, cents) => {
				const written = `${whole}.${String(cents).padStart(2, '0')}`;
				expect(amount(written)).toBe(Number(written));
				expect(amount(Number(written))).toBe(Number(written));
			}),
		);
	});

	it('IDs', () => {
		fc.assert(fc.property(fc.uuid(), (id) => expect(uuid(id)).toBe(id)));
		fc.assert(fc.property(fc.integer({ min: 1, max: 1e15 - 1 }), (id) => expect([integerId(id), integerId(String(id))]).toEqual([id, id])));
	});

	it('email addresses', () => {
		const quotedLocalParts = /["(),:;<>[\\\]]/;
		fc.assert(
			fc.property(
				fc.emailAddress().filter((address) => !quotedLocalParts.test(address)),
				(address) => expect(email(` ${address}\n`)).toBe(address),
			),
		);
		const letters = fc.string({ unit: fc.constantFrom('ä', 'ñ', 'ç', '例', 'д', 'a', '1'), minLength: 1, maxLength: 20 });
		fc.assert(
			fc.property(letters, letters, letters, (local, domain, top) => {
				expect(email(`${local}@${domain}.${top}`)).toBe(`${local}@${domain}.${top}`);
			}),
		);
	});

	it('lists of texts', () => {
		const entry = fc.string({ minLength: 1 }).filter((entry) => entry.trim() === entry && !entry.includes(','));
		fc.assert(
			fc.property(fc.array(entry), (entries) => {
				expect(textList(entries.join(' , '))).toEqual(entries);
				expect(textList(entries)).toEqual(entries);
			}),
		);
	});

	it('JSON objects', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				const written = JSON.stringify(value);
				expect(JSON.stringify(jsonObject(written))).toBe(JSON.stringify(JSON.parse(written)));
			}),
		);
	});

	it('fields with names', () => {
		const names = fc.string({ minLength: 1 }).filter((name) => name.trim() === name);
		fc.assert(
			fc.property(fc.uniqueArray(fc.tuple(names, fc.jsonValue().filter((value) => !isBlank(value))), { selector: ([name]) => name }), (pairs) => {
				const read = keyValues({ pairs: pairs.map(([key, value]) => ({ key, value })) });
				expect(Object.entries(read)).toHaveLength(pairs.length);
				for (const [key, value] of pairs) expect(Object.getOwnPropertyDescriptor(read, key)?.value).toBe(value);
			}),
		);
	});
});

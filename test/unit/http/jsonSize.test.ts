import { excessOf, parseJson } from '../../../nodes/shared/http/json';

const MANY = 'holds more than a million values';

it.each([
	['numbers', '0', 1_000_000],
	['empty lists', '[]', 500_000],
	['empty objects', '{}', 500_000],
	['members', '"a":0', 1_000_000],
])('takes a million values, and no more: %s', (_case, value, repeats) => {
	const [open, close] = value.includes(':') ? ['{', '}'] : ['[', ']'];
	const list = (count: number) => `${open}${Array.from({ length: count }, () => value).join(',')}${close}`;
	expect([excessOf(list(repeats)), parseJson(list(repeats)).ok]).toEqual([undefined, true]);
	expect([excessOf(list(repeats + 1)), parseJson(list(repeats + 1)).ok]).toEqual([MANY, false]);
});

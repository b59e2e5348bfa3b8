import { macKeys, strictBase64, surroundings } from '../../../nodes/shared/webhook/mac';

/** What is taken from a secret and a signature before anything is compared. */

const bytes = (count: number) => Buffer.alloc(count, 7);

it.each(['AAAA', 'AA==', bytes(33).toString('base64'), ''])('%j is base64 of one reading', (text) => {
	expect(strictBase64(text)?.toString('base64')).toBe(text);
});

it.each(['AA', 'AAA', 'AA=', 'AB==', 'AA ==', 'A-_A', 'AAAA\n', 'é'])('%j could be read in more ways than one', (text) => {
	expect(strictBase64(text)).toBeUndefined();
});

it.each([
	['whsec_', 16, 1],
	['oswhsec_', 24, 1],
	['', 16, 1],
	['whsec_', 15, 0],
	['WHSEC_', 16, 0],
])('a secret %s with %d bytes behind it stands for %d keys in base64', (prefix, count, keys) => {
	const secret = `${prefix}${bytes(count).toString('base64')}`;
	expect(macKeys(secret, ['base64'])).toEqual(Array.from({ length: keys }, () => bytes(count)));
	expect(macKeys(secret, ['text', 'base64'])).toHaveLength(1 + keys);
	expect(macKeys(secret, ['text'])).toEqual([Buffer.from(secret)]);
});

it('the signed text is what surrounds the body, filled in as received', () => {
	expect(surroundings('{id}.{timestamp}.{body}|{id}', { id: 'e1', timestamp: '007' })).toEqual({ before: 'e1.007.', after: '|e1' });
	expect(surroundings('{body}', {})).toEqual({ before: '', after: '' });
	expect(surroundings('{id}.{body}', {})).toEqual({ before: '.', after: '' });
});

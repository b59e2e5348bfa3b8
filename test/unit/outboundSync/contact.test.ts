import fc from 'fast-check';

import { OUTREACH_ANSWER, priorOutreach } from '../../../nodes/OutboundSync/resources/contact/priorOutreach';
import { profileUrls } from '../../../nodes/OutboundSync/resources/contact/profileUrls';
import { Problem } from '../../../nodes/shared/operation/readers';

describe('profile addresses', () => {
	it.each([
		'https://www.linkedin.com/in/ana-souza',
		'http://linkedin.com/in/ana-souza/',
		'linkedin.com/in/ana-souza?trk=public',
		'https://br.linkedin.com/in/ana-souza',
		'HTTPS://WWW.LinkedIn.com/in/Ana%20Souza',
		'https://www.linkedin.com/in/jos%C3%A9/',
		'https://www.linkedin.com/pub/ana-souza/1/2b/3c4',
		'https://x.com/anasouza',
		'x.com/anasouza/',
		'https://twitter.com/ana_souza_1',
		'https://mobile.twitter.com/anasouza#top',
	])('%s is one', (url) => {
		expect(profileUrls(url)).toEqual([url]);
	});

	it.each([
		'https://www.linkedin.com/company/acme',
		'https://www.linkedin.com/in/',
		'https://www.linkedin.com/in/ana/details/skills',
		'https://linkedin.com.example.com/in/ana',
		'https://evil-linkedin.com/in/ana',
		'https://user:word@linkedin.com/in/ana',
		'https://linkedin.com:8443/in/ana',
		'https://x.com/anasouza/status/17',
		'https://x.com/',
		'https://max.com/anasouza',
		'ftp://x.com/anasouza',
		'javascript://x.com/anasouza',
		'acme.example',
		'ana souza',
	])('%s is none', (url) => {
		expect(profileUrls(url)).toBeInstanceOf(Problem);
	});

	it('takes up to five of one person, from text or a list, each once', () => {
		const five = ['a', 'b', 'c', 'd', 'e'].map((name) => `https://x.com/${name}`);
		expect(profileUrls(five.join(' , '))).toEqual(five);
		expect(profileUrls([...five, five[0]])).toEqual(five);
		const six = profileUrls([...five, 'https://x.com/f']);
		expect(six).toMatchObject({ what: 'holds 6 addresses', howToFix: expect.stringContaining('at most 5') as string });
	});

	it('never throws', () => {
		fc.assert(
			fc.property(fc.anything(), (anything) => {
				const read = profileUrls(anything);
				expect(read instanceof Problem || Array.isArray(read)).toBe(true);
			}),
		);
	});
});

describe('what an answer means', () => {
	const NOW_MS = Date.parse('2026-03-31T12:00:00.000Z');
	const known = (summary: object) => ({ found: true, summary, doNotContact: { value: false, reasons: [] } });
	const contacted = (summary: object) => priorOutreach(known(summary), 30, NOW_MS).contactedWithinDays;

	it.each([
		['today', { daysSinceLastTouch: 0 }, true],
		['29 days ago', { daysSinceLastTouch: 29 }, true],
		['30 days ago', { daysSinceLastTouch: 30 }, false],
		['never, though known', { daysSinceLastTouch: null, lastTouchAt: null }, false],
		['at a time within', { lastTouchAt: '2026-03-01T12:00:01Z' }, true],
		['at a time before', { lastTouchAt: '2026-03-01T12:00:00Z' }, false],
		['at several times', { firstTouchAt: '2026-03-30T00:00:00Z', lastMailAt: '2025-01-01T00:00:00Z', lastCallAt: '2026-03-20T00:00:00Z' }, true],
		['at a time that nobody says', {}, null],
		['at a time that nobody can read', { lastTouchAt: 'lately', daysSinceLastTouch: '3' }, null],
	])('reached %s', (_when, summary, expected) => {
		expect(contacted(summary)).toBe(expected);
	});

	it('a person who is not known was not contacted, and may be off limits all the same', () => {
		const body = { found: false, summary: {}, doNotContact: { value: true, reasons: ['UNSUBSCRIBED'] } };
		expect(priorOutreach(body, 30, NOW_MS)).toEqual({ doNotContact: true, contactedWithinDays: false, record: body });
	});

	it.each([
		[undefined],
		[{}],
		[[]],
		[{ found: false }],
		[{ found: 'false', doNotContact: { value: false } }],
		[{ found: null, doNotContact: { value: false } }],
		[{ found: true, doNotContact: {} }],
		[{ doNotContact: { value: false } }],
	])('%j is no answer, and never "not found"', (body) => {
		expect(OUTREACH_ANSWER.fits(body)).toBe(false);
	});

	it('an answer says whether the contact is known and may be written to', () => {
		expect(OUTREACH_ANSWER.fits({ found: false, doNotContact: { value: false } })).toBe(true);
	});
});

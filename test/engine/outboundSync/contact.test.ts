import type { OutreachContact } from '../../../sandbox/outboundSync/model';
import { defaultOutboundSyncSettings } from '../../../sandbox/settings';
import { startBench, type TestBench } from '../../support/bench';
import { find, jsonOf, requests, withOperation } from './support';

/** Look-ups before writing to somebody: answers, failures, and a quota of their own. */
let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ windowMs: 1500 });
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	Object.assign(bench.sandbox.outboundSync.settings, defaultOutboundSyncSettings());
	bench.sandbox.reset();
});

const check = withOperation('contact checkOutreach', { email: '={{ $json.email }}', contactedWithinDays: 30 });
const lookUps = () => requests(bench.sandbox, 'GET', '/api/v1/contacts/outreach');
const contacts = () => bench.sandbox.outboundSync.state.contacts.all();
const isStopped = ({ events }: OutreachContact) => events.some(({ type }) => type === 'LEAD_UNSUBSCRIBED' || type === 'EMAIL_BOUNCE');
/** Whole days since the person was last reached, as the API counts them; NaN if never. */
const daysSinceTouch = ({ events }: OutreachContact) => {
	const touches = events.filter(({ type }) => type === 'EMAIL_SENT' || type === 'CONNECTION_REQUEST_SENT');
	return touches.length > 0 ? Math.floor((Date.now() - Math.max(...touches.map(({ at }) => Date.parse(at)))) / 86_400_000) : NaN;
};

it('answers the three questions in one item', async () => {
	const recent = find(contacts(), (contact) => daysSinceTouch(contact) < 30 && !isStopped(contact));
	const old = find(contacts(), (contact) => daysSinceTouch(contact) >= 30 && !isStopped(contact));
	const stopped = find(contacts(), isStopped);
	const emails = [recent.id, old.id, stopped.id, 'nobody@people.example'];
	const { items } = await bench.outboundSync(check, { items: emails.map((email) => ({ email })) });
	expect(items.every(({ json }) => Object.keys(json).join() === 'doNotContact,contactedWithinDays,record')).toBe(true);
	expect(jsonOf(items)).toMatchObject([
		{ doNotContact: false, contactedWithinDays: true, record: { found: true } },
		{ doNotContact: false, contactedWithinDays: false, record: { found: true } },
		{ doNotContact: true, contactedWithinDays: daysSinceTouch(stopped) < 30, record: { found: true } },
		{ doNotContact: false, contactedWithinDays: false, record: { found: false } },
	]);
});

it('reads the days since the last touch where the API tells them, exactly at the boundary', async () => {
	const dayMs = 86_400_000;
	const [pattern] = contacts();
	const touched = (daysAgo: number) => {
		const at = new Date(Date.now() - daysAgo * dayMs - 60_000).toISOString();
		return bench.sandbox.outboundSync.state.contacts.put({
			...pattern,
			id: `day${daysAgo}@people.example`,
			profileUrls: [],
			events: [{ type: 'EMAIL_SENT', platform: 'instantly', at }],
		});
	};
	const items = [touched(0), touched(29), touched(30)].map(({ id }) => ({ email: id }));
	const run = await bench.outboundSync(check, { items });
	expect(jsonOf(run.items)).toMatchObject([
		{ contactedWithinDays: true, record: { summary: { daysSinceLastTouch: 0, lastPlatform: 'instantly' } } },
		{ contactedWithinDays: true, record: { summary: { daysSinceLastTouch: 29 } } },
		{ contactedWithinDays: false, record: { summary: { daysSinceLastTouch: 30 } } },
	]);
	// Nothing had to be concluded.
	expect(run.hints).toEqual([]);
});

it.each([
	['prospect13@prospects.example', 'is only in a category'],
	['prospect17@prospects.example', 'only opened a mail'],
])('does not count %s as contacted, who %s', async (email) => {
	const { hints, items } = await bench.outboundSync(check, { items: [{ email }] });
	expect(jsonOf(items)).toMatchObject([
		{ doNotContact: false, contactedWithinDays: false, record: { found: true, summary: { daysSinceLastTouch: null, everContacted: false } } },
	]);
	expect(hints).toEqual([]);
});

it('sends the email and every profile of the one person', async () => {
	const profileUrls = 'https://www.linkedin.com/in/prospect-8, x.com/prospect8';
	await bench.outboundSync(withOperation('contact checkOutreach', { email: 'Prospect8@prospects.example', profileUrls }));
	await bench.outboundSync(withOperation('contact checkOutreach', { profileUrls: '={{ ["x.com/prospect8"] }}' }));
	expect(lookUps().map(({ query, status }) => ({ ...query, status }))).toEqual([
		{
			email: 'Prospect8@prospects.example',
			profileUrl: ['https://www.linkedin.com/in/prospect-8', 'x.com/prospect8'],
			status: 200,
		},
		{ profileUrl: 'x.com/prospect8', status: 200 },
	]);
});

it.each([
	[{}, /^Email is empty, and so is Profile URLs$/],
	[{ email: 'nobody' }, /^Email is not an email address/],
	[{ profileUrls: 'https://www.linkedin.com/company/acme' }, /^Profile URLs holds what is no profile address/],
	[{ profileUrls: 'x.com/a,x.com/b,x.com/c,x.com/d,x.com/e,x.com/f' }, /^Profile URLs holds 6 addresses/],
	[{ email: 'a@people.example', contactedWithinDays: 0 }, /^Contacted Within \(Days\) is not a whole number/],
])('%j is told before anything is sent', async (parameters, message) => {
	const { error } = await bench.outboundSync(withOperation('contact checkOutreach', parameters));
	expect(error?.message).toMatch(message);
	expect(lookUps()).toHaveLength(0);
});

describe('a failed look-up', () => {
	const faults = [
		['500', { kind: 'serverError' }],
		['504', { kind: 'gatewayTimeout' }],
		['503', { kind: 'answer', status: 503, body: '<html><body>Service Unavailable</body></html>' }],
		['a page of HTML with 200', { kind: 'answer', status: 200, body: '<!doctype html><html></html>' }],
		['an empty object', { kind: 'answer', status: 200, body: '{}' }],
		['a broken connection', { kind: 'resetAfterWork' }],
		['404', { kind: 'answer', status: 404, body: '{"statusCode":404,"message":"Not Found"}' }],
	] as const;

	it.each(faults)('with %s is an error, never "not found"', async (_what, fault) => {
		bench.sandbox.faults.add({ vendor: 'outboundSync', count: Infinity, ...fault });
		const { items, outputs } = await bench.outboundSync(
			{ ...check, options: { maxRetries: 0 } },
			{ items: [{ email: 'prospect8@prospects.example' }], settings: { onError: 'continueErrorOutput' } },
		);
		expect(items).toHaveLength(0);
		expect(outputs[1]).toHaveLength(1);
		expect(outputs[1][0].json).toHaveProperty('error');
		expect(outputs[1][0].json).not.toHaveProperty('doNotContact');
		const { error, message } = outputs[1][0].json as { error: string; message: { description: string } };
		expect(message.description).toMatch(/This says nothing about the contact: keep it out of the outreach until a look-up succeeds\.$/);
		expect(`${error} ${message.description}`).not.toMatch(/no such record|does not exist/i);
	});

	it('that ran out of time says so, and that it means nothing', async () => {
		bench.sandbox.faults.add({ vendor: 'outboundSync', kind: 'gatewayTimeout' });
		const { error } = await bench.outboundSync({ ...check, options: { maxRetries: 0 } }, { items: [{ email: 'a@people.example' }] });
		expect(error?.description).toContain('This says nothing about the contact');
	});
});

describe('the quota of look-ups', () => {
	it('lets more through than an account has for everything else', async () => {
		bench.sandbox.settings.windowMs = 60_000;
		const items = Array.from({ length: 200 }, (_, index) => ({ email: `prospect${index}@prospects.example` }));
		const started = Date.now();
		const run = await bench.outboundSync(check, { items });
		bench.sandbox.settings.windowMs = 1500;
		expect(run.items).toHaveLength(200);
		expect(lookUps().map(({ status }) => status)).toEqual(items.map(() => 200));
		expect(run.hints).toEqual([]);
		expect(Date.now() - started).toBeLessThan(30_000);
	});

	it('is waited for when the server says so, and every contact gets its answer', async () => {
		bench.sandbox.outboundSync.settings.outreachRequestsPerWindow = 8;
		const items = Array.from({ length: 12 }, (_, index) => ({ email: `prospect${index + 1}@prospects.example` }));
		const run = await bench.outboundSync(check, { items });
		expect(run.error).toBeUndefined();
		expect(jsonOf(run.items).map(({ record }) => (record as { query: { email: string } }).query.email)).toEqual(
			items.map(({ email }) => email),
		);
		expect(lookUps().some(({ status }) => status === 429)).toBe(true);
		expect(run.hints[0]?.message).toContain('contact look-ups');
	});
});

it('warns when the answer does not say when', async () => {
	const body = JSON.stringify({ found: true, summary: { totalEvents: 3 }, doNotContact: { value: false } });
	const headers = { 'content-type': 'application/json' };
	bench.sandbox.faults.add({ vendor: 'outboundSync', count: 3, kind: 'answer', status: 200, headers, body });
	const items = ['a', 'b', 'c'].map((name) => ({ email: `${name}@people.example` }));
	const run = await bench.outboundSync(check, { items });
	expect(jsonOf(run.items).map(({ contactedWithinDays }) => contactedWithinDays)).toEqual([null, null, null]);
	expect(run.hints).toMatchObject([{ type: 'warning', message: expect.stringContaining('neither yes nor no') as string }]);
});

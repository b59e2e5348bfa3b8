import type { JournalEntry } from '../../../sandbox/http/journal';
import { startBench, type TestBench } from '../../support/bench';
import { jsonOf, people, requests } from '../salesOs/support';

/** What is special about signed keys: signing at send time, the limit per hour, the clock. */

/** The server's time minus ours. */
let serverAheadMs = 0;
let bench: TestBench;

// A bench of its own for each test: a paused key stays paused in this process.
beforeEach(async () => {
	serverAheadMs = 0;
	bench = await startBench({ plan: 'enterprise', clock: { now: () => Date.now() + serverAheadMs } });
});
afterEach(async () => await bench.stop());

const CREATE = { resource: 'lead', operation: 'create', name: '={{ $json.name }}', email: '={{ $json.email }}' };
const STAGES = { resource: 'stage', operation: 'getAll', returnAll: true };

function expectFreshSignatures(sent: readonly JournalEntry[]): void {
	for (const { at, signedAtSeconds } of sent) {
		expect(Math.abs(Math.floor(at / 1000) - Number(signedAtSeconds))).toBeLessThanOrEqual(1);
	}
}

test('a repeat after a wait is signed anew', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'tooManyRequests', retryAfterSeconds: 4 });
	const { error } = await bench.salesOsSigned(CREATE, { items: people(1) });
	expect(error).toBeUndefined();
	const sent = requests(bench.sandbox, 'POST');
	expect(sent.map(({ status }) => status)).toEqual([429, 201]);
	expect(Number(sent[1].signedAtSeconds) - Number(sent[0].signedAtSeconds)).toBeGreaterThanOrEqual(4);
	expectFreshSignatures(sent);
});

test('a repeat after a fault, and the one that n8n makes after a 401, are signed anew', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'serviceUnavailable' });
	bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'tokenRevoked' });
	const { error } = await bench.salesOsSigned(STAGES);
	expect(error).toBeUndefined();
	const sent = requests(bench.sandbox);
	expect(sent.map(({ status }) => status)).toEqual([503, 401, 200]);
	expectFreshSignatures(sent);
});

test('the limit per hour pauses all items until the time that the body names, and each is then signed anew', async () => {
	// An hour of the sandbox is 60 windows: 6 s.
	bench.sandbox.settings.windowMs = 100;
	bench.sandbox.salesOs.settings.signedKeyRequestsPerHour = 3;
	const { error, hints, items } = await bench.salesOsSigned(CREATE, { items: people(5) });
	expect(error).toBeUndefined();
	expect(jsonOf(items).map(({ email }) => email)).toEqual(people(5).map(({ email }) => email));
	const sent = requests(bench.sandbox, 'POST');
	const refused = sent.filter(({ status }) => status === 429);
	expect(refused.length).toBeGreaterThanOrEqual(1);
	expect(refused.length).toBeLessThanOrEqual(2);
	expect(sent).toHaveLength(5 + refused.length);
	const lastRefusal = Math.max(...refused.map(({ at }) => at));
	const resumed = sent.filter(({ at }) => at > lastRefusal);
	expect(resumed).toHaveLength(2);
	// `retry_after` has whole seconds: between the hour's rest and one second more.
	expect(Math.min(...resumed.map(({ at }) => at)) - sent[0].at).toBeGreaterThanOrEqual(6_000);
	expectFreshSignatures(sent);
	expect(hints.map(({ message }) => message).join()).toMatch(/the hourly limit of your SalesOS key/);
});

test('a pause beyond Max Wait ends the run with what is done and the time to go on', async () => {
	bench.sandbox.salesOs.settings.signedKeyRequestsPerHour = 2;
	const { error, hints, items } = await bench.salesOsSigned({ ...CREATE, options: { maxWait: 5 } }, { items: people(4) });
	expect(error).toBeUndefined();
	const records = jsonOf(items);
	expect(records.slice(0, 2).map(({ email }) => email)).toEqual(people(2).map(({ email }) => email));
	for (const { details } of records.slice(2)) {
		const inMs = Date.parse(String((details as { retryAt: string }).retryAt)) - Date.now();
		expect(inMs).toBeGreaterThan(50 * 60_000);
		expect(inMs).toBeLessThan(61 * 60_000);
	}
	expect(hints.map(({ message }) => message).join()).toMatch(/the hourly limit of your SalesOS key/);
	expect(bench.sandbox.salesOs.state.leads.size).toBe(2);
});

test('a 429 of the plan does not count as one of the hour', async () => {
	bench.sandbox.settings.windowMs = 2_000;
	bench.sandbox.salesOs.settings.requestsPerWindow = 2;
	const { error, hints, items } = await bench.salesOsSigned(CREATE, { items: people(4) });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(4);
	const text = hints.map(({ message }) => message).join();
	expect(text).toMatch(/the rate limit of your SalesOS plan/);
	expect(text).not.toMatch(/hourly/);
});

test.each([
	[125_000, 'The clock of the machine that runs n8n is 2 min 5 s behind the clock of SalesOS'],
	[-3_600_000, 'The clock of the machine that runs n8n is 1 h 0 min ahead of the clock of SalesOS'],
])('a clock that is off by %i ms is told apart from a wrong secret', async (aheadMs, text) => {
	serverAheadMs = aheadMs;
	const { error } = await bench.salesOsSigned(STAGES);
	expect(error).toMatchObject({ httpCode: '401' });
	// `Date` has whole seconds, and the answer takes a moment.
	const expected = text.replace('2 min 5 s', '2 min [45] s').replace('1 h 0 min', '(1 h 0 min|59 min 5\\d s)');
	expect(error?.description).toMatch(new RegExp(expected));
	expect(error?.description).toMatch(/NTP/);
	expect(error?.description).not.toMatch(/API secret|access token/);
});

test('a clock that is off by less than a signature holds changes nothing', async () => {
	serverAheadMs = 20_000;
	const { error } = await bench.salesOsSigned(STAGES);
	expect(error).toBeUndefined();
});

describe('a wrong secret', () => {
	const withSecret = async (changes: { apiKey?: string; apiSecret?: string }) => {
		const { origin, signedKey, signedSecret } = bench.sandbox.salesOs;
		const salesOsSignedApi = bench.engine.credentials.add('salesOsSignedApi', {
			environment: 'custom',
			baseUrl: origin,
			apiKey: signedKey,
			apiSecret: signedSecret,
			...changes,
		});
		return await bench.engine.runNode({
			type: 'salesOs',
			parameters: { authentication: 'signedApiKey', ...STAGES },
			credentials: { salesOsSignedApi },
		});
	};

	test.each([{ apiSecret: 'not-the-secret-of-this-key' }, { apiKey: 'sk_test_revoked' }])('%j: the clock is ruled out, and no secret is shown', async (changes) => {
		const { error, raw } = await withSecret(changes);
		expect(error).toMatchObject({ httpCode: '401' });
		expect(error?.description).toMatch(/^Check the API key, the API secret and the environment[\s\S]*It is not the clock/);
		const text = JSON.stringify([error, error?.context, error?.messages, raw.data.resultData]);
		for (const secret of ['not-the-secret', bench.sandbox.salesOs.signedSecret, 'P2S-SIGN-V1']) expect(text).not.toContain(secret);
	});

	test('without a Date the advice names both', async () => {
		bench.sandbox.faults.add({
			vendor: 'salesOs',
			kind: 'answer',
			status: 401,
			count: 2,
			headers: { date: 'soon' },
			body: '{"error": {"code": "UNAUTHORIZED", "message": "Refused"}}',
		});
		const { error } = await bench.salesOsSigned(STAGES);
		expect(error?.description).toMatch(/API secret[\s\S]*Check the clock/);
	});
});

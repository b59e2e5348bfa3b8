import { CLIENT_GRANT, connectionOf, SALES_OS, SIGNED } from '../../../nodes/SalesOs/service';
import { ApiClient, type SendContext } from '../../../nodes/shared/http/client';
import { RunReport } from '../../../nodes/shared/http/runReport';
import type { Connection, Refusal } from '../../../nodes/shared/http/service';
import { TurnKeeper } from '../../../nodes/shared/http/turns';
import { VirtualClock } from '../http/virtualClock';

const NODE = { id: '1', name: 'Node', type: 'test', typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };

const SIGNED_KEY = connectionOf(SIGNED, { environment: 'production', apiKey: 'sk_test_example' }, NODE);
const CLIENT = connectionOf(CLIENT_GRANT, { environment: 'production', clientId: 'client' }, NODE);

const LIMITED = { code: 'RATE_LIMITED', message: 'Too many requests' };

/** Documented: the plan answers by headers, the hourly limit of a signed key by `retry_after` in the body. */
const OF_PLAN: Refusal = {
	status: 429,
	headers: { 'retry-after': '20', 'x-ratelimit-limit': '500', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' },
	body: { error: LIMITED },
};
const OF_HOUR: Refusal = { status: 429, headers: {}, body: { error: { ...LIMITED, retry_after: 1847 } } };

/** The quotas that a refusal is about, by the names that users read. */
function about(connection: Connection, refusal: Refusal): string[] {
	return SALES_OS.quotasFor(connection, { method: 'GET', path: '/v1/leads' })
		.filter((spec) => SALES_OS.isAbout(spec, refusal))
		.map(({ label }) => label);
}

const PLAN = 'the rate limit of your SalesOS plan';
const HOUR = 'the hourly limit of your SalesOS key';

describe('the quota that a 429 counts against', () => {
	it.each([
		['a signed key', 'headers', SIGNED_KEY, OF_PLAN, [PLAN]],
		['a signed key', 'retry_after in the body', SIGNED_KEY, OF_HOUR, [HOUR]],
		['a signed key', 'retry_after beside headers', SIGNED_KEY, { ...OF_HOUR, headers: OF_PLAN.headers }, [HOUR]],
		['a signed key', 'no hint at all', SIGNED_KEY, { status: 429, headers: {}, body: { error: LIMITED } }, [PLAN]],
		['a signed key', 'no body that can be read', SIGNED_KEY, { status: 429, headers: {}, body: 'slow down' }, [PLAN]],
		['a client', 'headers', CLIENT, OF_PLAN, [PLAN]],
		// It has no hourly limit; what is about none of its quotas holds them all up.
		['a client', 'retry_after in the body', CLIENT, OF_HOUR, []],
	])('of %s, with %s', (_who, _what, connection, refusal, expected) => {
		expect(about(connection as Connection, refusal as Refusal)).toEqual(expected);
	});
});

it.each([
	[undefined, 1_000],
	[5_000, 5_000],
	['2500', 2_500],
	[10.9, 10],
	[0, 1_000],
	['many', 1_000],
])('a signed key whose credential says %p requests an hour may send %d', (requestsPerHour, limit) => {
	const connection = connectionOf(SIGNED, { environment: 'production', apiKey: 'sk_test_example', ...(requestsPerHour !== undefined && { requestsPerHour }) }, NODE);
	const [, hourly] = SALES_OS.quotasFor(connection, { method: 'GET', path: '/v1/leads' });
	expect(hourly).toMatchObject({ label: HOUR, limit, windowMs: 3_600_000 });
});

/** Sends three requests one after the other, the second of which is refused once. */
async function sendThree(connection: Connection, refusal: Refusal): Promise<{ gapsSeconds: number[]; hint: string | undefined }> {
	const clock = new VirtualClock();
	const report = new RunReport(clock);
	const sentAtMs: number[] = [];
	const context: SendContext = {
		getNode: () => NODE,
		helpers: {
			httpRequestWithAuthentication: async () => {
				await clock.sleep(10);
				sentAtMs.push(clock.now());
				const { body, headers, status } = sentAtMs.length === 2 ? refusal : { body: { data: [] }, headers: {}, status: 200 };
				const answer = { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
				if (status === 200) return { statusCode: status, ...answer };
				throw Object.assign(new Error('Refused'), { cause: { response: { status, headers: answer.headers, data: answer.body } } });
			},
		},
	};
	const client = new ApiClient(context, {
		service: SALES_OS,
		connection,
		settings: { wish: { share: 1, maxConcurrency: 1 }, maxRetries: 3, maxWaitMs: 7_200_000, timeoutMs: 60_000 },
		report,
		clock,
		turns: new TurnKeeper(clock),
	});
	const work = async () => {
		for (let count = 0; count < 3; count += 1) await client.send({ method: 'GET', path: '/v1/leads' });
	};
	await clock.run(work(), 7_200_000);
	return {
		gapsSeconds: sentAtMs.slice(1).map((atMs, index) => Math.floor((atMs - sentAtMs[index]) / 1000)),
		hint: report.hint(),
	};
}

describe('after a 429', () => {
	it('of the plan, a signed key waits for the plan, and not for its hour', async () => {
		const { gapsSeconds, hint } = await sendThree(SIGNED_KEY, OF_PLAN);
		expect(gapsSeconds).toHaveLength(3);
		expect(gapsSeconds[1]).toBeGreaterThanOrEqual(20);
		expect(gapsSeconds[1]).toBeLessThan(30);
		expect(hint).toContain(PLAN);
		expect(hint).not.toContain(HOUR);
	});

	it('of the hour, it waits until the time in the body, and the plan is not blamed', async () => {
		const { gapsSeconds, hint } = await sendThree(SIGNED_KEY, OF_HOUR);
		expect(gapsSeconds[1]).toBeGreaterThanOrEqual(1847);
		expect(gapsSeconds[1]).toBeLessThan(1860);
		expect(hint).toContain(HOUR);
		expect(hint).not.toContain(PLAN);
	});

	it('that names a time in the body, a client waits as well', async () => {
		const { gapsSeconds, hint } = await sendThree(CLIENT, OF_HOUR);
		expect(gapsSeconds[1]).toBeGreaterThanOrEqual(1847);
		expect(hint).toContain(PLAN);
	});
});

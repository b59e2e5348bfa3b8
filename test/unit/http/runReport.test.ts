import { formatDuration, RunReport } from '../../../nodes/shared/http/runReport';

function report() {
	let nowMs = 0;
	const report = new RunReport({ now: () => nowMs });
	return { report, pass: (ms: number) => (nowMs += ms) };
}

describe('the hint after a run', () => {
	it('is none where nothing is worth telling', () => {
		const { pass, report: run } = report();
		run.requests = 600;
		const end = run.beginWait('the plan');
		pass(999);
		end();
		expect(run.hint()).toBeUndefined();
	});

	it('says how long, how often and why', () => {
		const { pass, report: run } = report();
		run.requests = 603;
		const end = run.beginWait('the rate limit of your SalesOS plan');
		pass(58_400);
		end();
		expect(run.hint()).toBe(
			'The node waited 58 s because of the rate limit of your SalesOS plan. It sent 603 requests in all.',
		);
		run.rateLimited = 1;
		expect(run.hint()).toContain('SalesOS plan and was told to slow down once (429). It sent');
		run.rateLimited = 2;
		expect(run.hint()).toContain('was told to slow down twice (429).');
		run.rateLimited = 3;
		run.retries = 2;
		expect(run.hint()).toContain(', was told to slow down 3 times (429) and repeated 2 requests after a fault.');
	});

	it('counts the time in which any item waited, once', () => {
		const { pass, report: run } = report();
		const ends = ['the plan', 'the plan', 'a fault of the server'].map((reason) => {
			pass(1000);
			return run.beginWait(reason);
		});
		for (const end of ends) {
			pass(1000);
			end();
		}
		pass(60_000);
		const end = run.beginWait('the plan');
		pass(2000);
		end();
		expect(run.hint()).toContain('waited 7 s in 2 pauses because of the plan and a fault of the server.');
	});

	it('speaks of one request as one', () => {
		const { report: run } = report();
		run.requests = 1;
		run.retries = 1;
		expect(run.hint()).toBe('The node repeated 1 request after a fault. It sent 1 request in all.');
	});
});

it.each([
	[0, '0 s'],
	[1499, '1 s'],
	[59_499, '59 s'],
	[59_500, '1 min 0 s'],
	[200_000, '3 min 20 s'],
	[3_599_499, '59 min 59 s'],
	[3_600_000, '1 h 0 min'],
	[7_379_000, '2 h 2 min'],
])('%d ms are %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});

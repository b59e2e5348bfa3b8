import { join } from 'node:path';
import { Command } from './command';

/** `npm run demo`, as one runs it in a terminal. */

/** The demo takes about a minute and the build some seconds; a loaded machine needs more. */
const DEMO_WITHIN_MS = 240_000;
const WINDOW_S = 60;

jest.setTimeout(DEMO_WITHIN_MS + 10_000);

const running: Command[] = [];

afterAll(async () => {
	await Promise.all(running.map(async (command) => await command.kill()));
});

async function endOf(command: Command): Promise<number | null> {
	running.push(command);
	return await command.ended(DEMO_WITHIN_MS);
}

it('imports the leads, moves and closes the deals, prints the figures and ends well', async () => {
	const demo = Command.npm(['run', 'demo']);
	expect([await endOf(demo), demo.stderr.join('')]).toEqual([0, expect.not.stringContaining('Wrong')]);

	const report = demo.stdout.join('');
	expect(report).toMatch(/^600 rows in sandbox\/demo\/leads\.csv$/m);
	const finished = /^Finished in ([\d.]+) s: success$/m.exec(report);
	// The plan makes it wait for the second window, and for no third one.
	expect(Number(finished?.[1])).toBeGreaterThan(WINDOW_S - 10);
	expect(Number(finished?.[1])).toBeLessThan(2 * WINDOW_S);
	expect(demo.row('leads created')).toBe('598 (598 different emails)');
	expect(demo.row('rows refused')).toBe('2');
	expect(report.match(/^ {4}Email is not an email address: ".+"$/gm)).toHaveLength(2);
	expect(demo.row('deals moved')).toBe('50');
	expect(demo.row('deals closed')).toBe('50');
	expect(demo.row('OutboundSync account')).toContain('"email":"owner@sandbox.example"');
	expect(demo.row('requests')).toMatch(/^7\d\d, of them 429: [01]$/);
	expect(demo.row('hint of "Create Leads":')).toMatch(/^The node waited .+ because of the rate limit of your SalesOS plan\./);
	// Live, and not only at the end: more than one line of progress before the last.
	expect(report.match(/^ {2}\d+ s {2}\d+ leads created, /gm)?.length).toBeGreaterThan(3);
});

it('ends with 1 and says what is wrong when the figures are', async () => {
	const demo = Command.script(join('sandbox', 'demo', 'demo.ts'), ['--require', join(__dirname, 'fixtures', 'fewLeads.js')]);
	expect(await endOf(demo)).toBe(1);
	expect(demo.stderr.join('')).toContain('Wrong: 2 leads created, not 598\nWrong: 0 rows refused, not 2\n');
});

import { answer, json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { HUNDRED_MB, pour } from './behaviours';
import { NodeProcess, type NodeReport } from './nodeProcess';
import { OPERATIONS, type OperationName } from './operations';

/**
 * What hostile answers take of memory, in a process that does nothing else. Its peak only ever
 * rises, so that the cases stand in the order of what they are allowed.
 */
jest.setTimeout(300_000);

const MB = 1_000_000;

let child: NodeProcess;
let server: HostileServer;
let idlePeakBytes: number;

beforeAll(async () => {
	child = await NodeProcess.start();
	// Loads and compiles what every run needs.
	idlePeakBytes = (await run('OutboundSync: get', (_request, response) => json(response, 200, { account: {} }))).peakBytes;
});
afterAll(async () => await child.stop());

async function run(name: OperationName, behaviour: Behaviour): Promise<NodeReport> {
	server = await startHostileServer('');
	server.behave(behaviour);
	const { parameters, sender } = OPERATIONS[name];
	const report = await child.run({ sender, origin: server.origin, parameters: { ...parameters, options: { timeout: 100, maxRetries: 0 } } });
	await server.stop();
	expect(report.isPolluted).toBe(false);
	return report;
}

const text = (body: string): Behaviour => answer(200, body, { 'content-type': 'application/json' });

it.each<readonly [string, OperationName, Behaviour, RegExp | undefined, number]>([
	['100 MB', 'SalesOS: get', pour(HUNDRED_MB), /larger than 16 MB/, 150],
	['100 MB in gzip', 'SalesOS: get many', pour(HUNDRED_MB, { encoding: 'gzip' }), /larger than 16 MB/, 150],
	['100 MB in brotli', 'OutboundSync: get many', pour(HUNDRED_MB, { encoding: 'br' }), /larger than 16 MB/, 150],
	['a refusal of 100 MB', 'OutboundSync: create', pour(HUNDRED_MB, { status: 400 }), /status 400/, 150],
	['depth', 'OutboundSync: get many', text(`{"data": ${'['.repeat(15 * MB)}`), /nested too deeply/, 200],
	['five million empty objects', 'SalesOS: get many', text(`{"data": [${'{},'.repeat(5 * MB)}{}]}`), /more than a million values/, 250],
	['15 MB of one text, as a record', 'SalesOS: get', text(JSON.stringify({ data: { id: '1', name: 'x'.repeat(15 * MB) } })), undefined, 300],
	['a million values, as a record', 'SalesOS: get', text(`{"data": {"id": "1", "deep": [${'{},'.repeat(499_990)}{}]}}`), undefined, 450],
	['a page of 200,000 records', 'SalesOS: get many', text(JSON.stringify({ data: Array.from({ length: 200_000 }, (_, id) => ({ id, name: 'n' })) })), undefined, 600],
	['a file of 100 MB', 'SalesOS: download', pour(HUNDRED_MB), /larger than 50 MB/, 600],
])('%s: %s', async (_what, name, behaviour, problem, mostMb) => {
	const { message, ms, peakBytes } = await run(name, behaviour);
	if (problem) expect(message).toMatch(problem);
	else expect(message).toBeUndefined();
	expect(Math.round((peakBytes - idlePeakBytes) / MB)).toBeLessThan(mostMb);
	expect(ms).toBeLessThan(60_000);
});

describe('a list without end', () => {
	/** Pages of ever-new records, each as heavy as the server likes. */
	const pages = (records: (page: number) => string): Behaviour => {
		let page = 0;
		return (_request, response) => {
			page += 1;
			response
				.writeHead(200, { 'content-type': 'application/json', 'x-ratelimit-limit': '1000000', 'x-ratelimit-remaining': '999999' })
				.end(`{"data": [${records(page)}], "meta": {"total": 5, "total_pages": ${page + 100}}, "hasMore": true, "nextCursor": "c${page}"}`);
		};
	};

	it.each<readonly [string, OperationName, Behaviour, RegExp]>([
		['of 15 MB a page, by number', 'SalesOS: get many', pages((page) => `{"id": "r${page}", "name": "${'x'.repeat(15 * MB)}"}`), /did not end within 250 MB/],
		['of 15 MB a page, by cursor', 'OutboundSync: get many', pages((page) => `{"id": "r${page}", "name": "${'x'.repeat(15 * MB)}"}`), /did not end within 250 MB/],
		['of records, by cursor', 'OutboundSync: get many', pages((page) => Array.from({ length: 50_000 }, (_, index) => `{"id":"${page}-${index}"}`).join(',')), /did not end within 1,000,000 records/],
		['of values, by cursor', 'OutboundSync: get many', pages((page) => `{"id": "r${page}", "deep": [${'{},'.repeat(450_000)}{}]}`), /did not end within 15,000,000 values/],
	])('%s', async (_what, name, behaviour, problem) => {
		const { description, message, ms, peakBytes } = await run(name, behaviour);
		expect(message).toMatch(problem);
		expect(`${message} ${description ?? ''}`).toContain('turn off Return All');
		process.stderr.write(`Peak above an idle process: ${Math.round((peakBytes - idlePeakBytes) / MB)} MB, after ${Math.round(ms / 1000)} s\n`);
		expect(Math.round((peakBytes - idlePeakBytes) / MB)).toBeLessThan(2_500);
		expect(ms).toBeLessThan(120_000);
	});
});

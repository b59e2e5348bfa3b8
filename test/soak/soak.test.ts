import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'libsql';
import type { INode } from 'n8n-workflow';
import { findFreePort } from '../../sandbox/n8n/ports';
import { formatDuration } from '../../sandbox/n8n/progress';
import type { App } from '../app/app';
import { APP_START_TIMEOUT_MS, startApp } from '../app/app';
import type { Collector } from './collector';
import { startCollector } from './collector';
import { Sender } from './deliveries';
import type { LeadInput } from './leads';
import { expectedLeads, leadsOfRound, lineOf, OPERATIONS_A_LEAD } from './leads';
import type { Trend } from './memory';
import { MemorySampler, SAMPLING_ENV, trendOf } from './memory';
import type { EventWorkflow } from './workflows';
import { forwardedEvents, leadWorkflow, salesOsEvents, syncEvents } from './workflows';

/** 50 are 50,000 lead operations and 20,000 deliveries; fewer for a short run. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 50);
const LEADS_A_ROUND = 250;
const DELIVERIES_A_ROUND = 400;

/** n8n loads, compiles and fills its caches in these: 5,000 operations and 2,000 deliveries. */
const WARM_UP_ROUNDS = 5;

const MEGABYTE = 1024 * 1024;
/** What the line through the samples after warm-up may rise in all the rounds together. */
const MAX_HEAP_GROWTH_MB = 5;
const MAX_RSS_GROWTH_MB = 30;

/**
 * n8n's default, `vm`, makes isolates for every delivery and execution: a round takes four times the processor time, and
 * the resident set swings by hundreds of megabytes, in which no leak would be seen.
 */
const EXPRESSION_ENGINE = process.env['N8N_EXPRESSION_ENGINE'] ?? 'legacy';

const SOAK_TIMEOUT_MS = 90 * 60_000;

const FORWARDING_HEADER = 'X-Forwarding-Secret';

let app: App;
let collector: Collector;
let sender: Sender;
let sampler: MemorySampler;
let leadUrl: string;
const leads: LeadInput[] = [];

function credentialsOf(type: string): NonNullable<INode['credentials']> {
	const found = app.credentials.find((credential) => credential.type === type);
	if (!found) throw new Error(`No demo credential of type ${type}`);
	return { [type]: { id: found.id, name: found.name } };
}

async function activate(record: EventWorkflow['record']): Promise<void> {
	const { id } = await app.session.createWorkflow(record);
	await app.session.activateWorkflow(id);
}

async function setUp(): Promise<void> {
	const port = await findFreePort();
	const webhookUrl = `http://127.0.0.1:${port}/`;
	collector = await startCollector();
	app = await startApp({ n8n: { port, env: { WEBHOOK_URL: webhookUrl, N8N_EXPRESSION_ENGINE: EXPRESSION_ENGINE, ...SAMPLING_ENV } } });
	// Nothing here is about quotas: neither a wait nor a refusal may slow the load down.
	app.sandbox.salesOs.settings.requestsPerWindow = 1_000_000;
	app.sandbox.outboundSync.settings.requestsPerWindowPerIp = 10_000;
	app.sandbox.outboundSync.settings.requestsPerWindowPerAccount = 10_000;

	const secret = randomUUID();
	const forwarding = await app.session.createCredential({
		name: 'Forwarding',
		type: 'outboundSyncForwardingApi',
		data: { headerName: FORWARDING_HEADER, secret },
	});
	const leadPath = randomUUID();
	leadUrl = `${webhookUrl}webhook/${leadPath}`;
	await activate(leadWorkflow(leadPath, credentialsOf('salesOsOAuth2Api')));
	const listen = async ({ path, record }: EventWorkflow): Promise<string> => {
		await activate(record);
		return `${webhookUrl}webhook/${path}`;
	};
	sender = new Sender({
		sandbox: app.sandbox,
		collector,
		urls: {
			salesOs: await listen(salesOsEvents(collector.url, credentialsOf('salesOsOAuth2Api'))),
			sync: await listen(syncEvents(collector.url, credentialsOf('outboundSyncApi'))),
			forwarded: await listen(forwardedEvents(collector.url, { outboundSyncForwardingApi: forwarding })),
		},
		forwardingHeaders: { [FORWARDING_HEADER]: secret },
	});
	sampler = new MemorySampler(app.n8n.pid, app.userFolder);
}

async function runLeads(round: number): Promise<void> {
	const inputs = leadsOfRound(round, LEADS_A_ROUND);
	const response = await fetch(leadUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ leads: inputs }),
	});
	const records = (await response.json()) as unknown;
	expect([response.status, Array.isArray(records) && records.length]).toEqual([200, LEADS_A_ROUND]);
	leads.push(...inputs);
}

/** What is missing and what there is too much of, each as often as it is. */
function difference(present: readonly string[], expected: readonly string[]): { missing: string[]; tooMany: string[] } {
	return { missing: without(expected, present), tooMany: without(present, expected) };
}

function without(values: readonly string[], others: readonly string[]): string[] {
	const left = new Map<string, number>();
	for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
	return values.filter((value) => {
		const count = left.get(value) ?? 0;
		left.set(value, count - 1);
		return count <= 0;
	});
}

function say(text: string): void {
	process.stderr.write(`  ${text}\n`);
}

function megabytes(bytes: number): string {
	return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

async function load(): Promise<void> {
	const startedAt = Date.now();
	for (let round = 1; round <= ROUNDS; round += 1) {
		await Promise.all([runLeads(round), sender.sendRound(round, DELIVERIES_A_ROUND)]);
		const { external, heapUsed, rss } = await sampler.take();
		const done = `${leads.length * OPERATIONS_A_LEAD} operations, ${sender.eventIds.length} deliveries`;
		const memory = `heap ${megabytes(heapUsed)}, external ${megabytes(external)}, RSS ${megabytes(rss)}`;
		say(`round ${round} of ${ROUNDS}: ${done}; ${memory}; ${formatDuration(Date.now() - startedAt)}`);
	}
}

beforeAll(async () => {
	if (!(ROUNDS >= WARM_UP_ROUNDS + 3)) throw new Error(`SOAK_ROUNDS must be ${WARM_UP_ROUNDS + 3} at least: a line needs samples after the warm-up`);
	await setUp();
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await app?.stop();
	await collector?.stop();
}, 60_000);

it('carries the load', async () => {
	await load();
}, SOAK_TIMEOUT_MS);

it('has every lead once, as it was written last', () => {
	const present = app.sandbox.salesOs.state.leads.all().filter(({ email }) => email.endsWith('@soak.example.com'));
	expect(difference(present.map(lineOf), expectedLeads(leads))).toEqual({ missing: [], tooMany: [] });
});

it('has sent no write twice, and met no quota', () => {
	const requests = app.sandbox.journal.list({ vendor: 'salesOs' });
	const countOf = (method: string, path: string) => requests.filter((entry) => entry.method === method && entry.route === path).length;
	const own = leads.filter(({ email, secondEmail }) => secondEmail === email).length;
	expect({
		creates: countOf('POST', '/v1/leads'),
		updates: countOf('PATCH', '/v1/leads/:id'),
		reads: countOf('GET', '/v1/leads/:id'),
		failures: requests.filter(({ status }) => status === null || status >= 400).length,
	}).toEqual({ creates: 2 * leads.length - own, updates: leads.length + own, reads: leads.length, failures: 0 });
});

it('has executed every genuine event once, and nothing else', async () => {
	expect(sender.eventIds).toHaveLength(ROUNDS * DELIVERIES_A_ROUND);
	expect(difference(collector.executions, sender.eventIds)).toEqual({ missing: [], tooMany: [] });
	expect(await app.session.listExecutions()).toEqual([]);
	expect(executionsStarted()).toBe(ROUNDS + sender.eventIds.length);
});

it('has accepted every delivery and its repetition, and refused every forgery', () => {
	const deliveries = [...app.sandbox.salesOs.events.deliveries.all(), ...app.sandbox.outboundSync.events.deliveries.all()];
	const signed = (sender.eventIds.length * 3) / 4;
	expect(deliveries.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(signed);
	expect(deliveries).toHaveLength(signed);
	expect([...sender.forwardedStatuses.keys()]).toEqual([200]);
	expect([...sender.forgeryStatuses.keys()]).toEqual([401]);
	say(`[measured] deliveries: ${sender.eventIds.length} genuine, ${sender.repeated} repeated, ${sender.forgeryStatuses.get(401)} forged, ${deliveries.filter(({ attempts }) => attempts.length > 1).length} needed a second attempt`);
});

it('keeps its memory', () => {
	const samples = sampler.samples.slice(WARM_UP_ROUNDS);
	const trends = { heapUsed: trendOf(samples.map(({ heapUsed }) => heapUsed)), external: trendOf(samples.map(({ external }) => external)), rss: trendOf(samples.map(({ rss }) => rss)) };
	for (const [name, { growth, mean, scatter }] of Object.entries(trends)) {
		say(`[measured] ${name} after warm-up: mean ${megabytes(mean)}, line rises ${megabytes(growth)} over ${samples.length} samples, scatter ${megabytes(scatter)}`);
	}
	const growthMb = ({ growth }: Trend) => growth / MEGABYTE;
	expect(growthMb(trends.heapUsed)).toBeLessThan(MAX_HEAP_GROWTH_MB);
	expect(growthMb(trends.external)).toBeLessThan(MAX_HEAP_GROWTH_MB);
	expect(growthMb(trends.rss)).toBeLessThan(MAX_RSS_GROWTH_MB);
});

/** n8n counts every execution that it starts, also those it keeps nothing of. */
function executionsStarted(): number {
	const database = new Database(join(app.userFolder, '.n8n', 'database.sqlite'), { readonly: true });
	const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'execution_entity'").get() as { seq: number };
	database.close();
	return row.seq;
}

import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import type { WorkflowRecord } from '../../sandbox/n8n/records';
import { findFreePort } from '../../sandbox/n8n/ports';
import { signDelivery } from '../../sandbox/webhooks/sign';
import { startApp } from '../app/app';

/**
 * Deliveries a second through the real n8n: the SalesOS Trigger beside n8n's own Webhook node, plain
 * and with an expression among its parameters. n8n 2 prepares its expression engine for every delivery
 * to any trigger but a plain Webhook node, so the second is what a trigger can be compared with.
 *
 * `npx tsx test/bench/triggerDeliveries.ts [deliveries in a round] [n8n's expression engine]`
 */
const [deliveries = '100', expressionEngine = 'vm'] = process.argv.slice(2);
const DELIVERIES = Number(deliveries);
const ROUNDS = 3;
const CONCURRENCY = 8;

interface Contender {
	name: string;
	url: string;
	request(): { body: string; headers: Record<string, string> };
	perSecond: number[];
	latenciesMs: number[];
}

function workflowOf(type: string, parameters: INode['parameters'], credentials?: INode['credentials']): WorkflowRecord {
	const trigger: INode = { id: randomUUID(), webhookId: randomUUID(), name: 'Trigger', type, typeVersion: type.endsWith('.webhook') ? 2 : 1, position: [0, 0], parameters, credentials };
	return { name: type, nodes: [trigger], connections: {}, settings: { saveDataSuccessExecution: 'none' } };
}

async function round({ latenciesMs, perSecond, request, url }: Contender): Promise<void> {
	let left = DELIVERIES;
	const startMs = performance.now();
	const lane = async (): Promise<void> => {
		while (left > 0) {
			left -= 1;
			const { body, headers } = request();
			const sentMs = performance.now();
			const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
			await response.text();
			if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
			latenciesMs.push(performance.now() - sentMs);
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, lane));
	perSecond.push((DELIVERIES * 1000) / (performance.now() - startMs));
}

function median(values: readonly number[]): number {
	return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

async function main(): Promise<void> {
	const port = await findFreePort();
	const app = await startApp({ n8n: { port, env: { WEBHOOK_URL: `http://127.0.0.1:${port}/`, N8N_EXPRESSION_ENGINE: expressionEngine } } });
	try {
		const credential = app.credentials.find(({ type }) => type === 'salesOsOAuth2Api');
		if (!credential) throw new Error('No SalesOS credential');
		const plain = { path: randomUUID(), httpMethod: 'POST', options: {} };
		const dynamic = { path: randomUUID(), httpMethod: 'POST', options: { rawBody: '={{ false }}' } };
		const workflows = [
			workflowOf('n8n-nodes-base.webhook', plain),
			workflowOf('n8n-nodes-base.webhook', dynamic),
			workflowOf(
				'n8n-nodes-salesos-outboundsync.salesOsTrigger',
				{ registration: 'automatic', authentication: 'oAuth2', events: ['lead.created'], options: { allowHttp: true } },
				{ salesOsOAuth2Api: { id: credential.id, name: credential.name } },
			),
		];
		for (const workflow of workflows) {
			const { id } = await app.session.createWorkflow(workflow);
			await app.session.activateWorkflow(id);
		}
		const [{ secret, url }] = app.sandbox.salesOs.state.webhooks.all();
		const body = () => JSON.stringify({ id: randomUUID(), type: 'lead.created', data: { id: randomUUID(), note: 'x'.repeat(1000) } });
		const sign = (rawBody: string) =>
			signDelivery('prefixedBody', { secret: secret ?? '', rawBody, eventId: '', timestampSeconds: 0, headerPrefix: 'X-SalesOS', encoding: 'hex' });
		const contender = (name: string, to: string, signs = false): Contender => ({
			name,
			url: to,
			request: () => {
				const text = body();
				return { body: text, headers: signs ? sign(text) : {} };
			},
			perSecond: [],
			latenciesMs: [],
		});
		const contenders = [
			contender('Webhook node', `${app.n8n.origin}/webhook/${plain.path}`),
			contender('Webhook node with an expression', `${app.n8n.origin}/webhook/${dynamic.path}`),
			contender('SalesOS Trigger', url, true),
		];
		for (const one of contenders) {
			await round(one);
			// What the first round loads and compiles, the others use.
			one.perSecond.length = one.latenciesMs.length = 0;
		}
		for (let index = 0; index < ROUNDS; index += 1) for (const one of contenders) await round(one);
		const ours = median(contenders[2].perSecond);
		for (const { latenciesMs, name, perSecond } of contenders) {
			const rate = median(perSecond);
			process.stdout.write(`${name.padEnd(32)} ${rate.toFixed(1).padStart(7)}/s  median ${median(latenciesMs).toFixed(0)} ms  SalesOS Trigger is ${(ours / rate).toFixed(2)} of it\n`);
		}
	} finally {
		await app.stop();
	}
}

void main();

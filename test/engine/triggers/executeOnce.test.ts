import { DataDeduplicationService } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';

import type { TriggerBench } from '../../support/engine/hooks';
import { Triggers } from './bench';
import { ProcessedData } from './processedData';

/** What becomes of one event that several processes of n8n have taken, each of which knows nothing of the others. */

const SECRET = 'a-long-secret-of-the-dashboard';

let triggers: Triggers;

beforeAll(async () => {
	await DataDeduplicationService.init(new ProcessedData());
	triggers = await Triggers.start();
});

afterAll(async () => await triggers.stop());

interface Source {
	trigger: TriggerBench;
	delivery: { body: string; headers?: Record<string, string> };
}

const SOURCES: Array<[string, () => Source]> = [
	[
		'SalesOS event',
		() => ({
			trigger: triggers.salesOs({ registration: 'manual' }, triggers.credential('salesOsWebhookApi', { method: 'bearer', secret: SECRET })),
			delivery: { body: JSON.stringify({ id: 'evt_1', type: 'deal.won', data: { id: 'd1' } }), headers: { Authorization: `Bearer ${SECRET}` } },
		}),
	],
	[
		'event of OutboundSync',
		() => ({
			trigger: triggers.outboundSync({ options: { scheme: 'none' } }),
			delivery: { body: JSON.stringify({ id: 'osevt_1', type: 'sync.failed', data: {} }) },
		}),
	],
	[
		'forwarded event, which has no ID',
		() => ({
			trigger: triggers.outboundSync({ source: 'forwarded', events: [] }),
			delivery: { body: JSON.stringify({ event_type: 'EMAIL_REPLY', to_email: 'p@example.com' }) },
		}),
	],
];

/** What the process that took the delivery gives to the one that executes it, through Redis and the database. */
async function take({ delivery, trigger }: Source): Promise<INodeExecutionData[]> {
	const { raw } = await trigger.deliver(delivery);
	return JSON.parse(JSON.stringify(raw.workflowData?.[0])) as INodeExecutionData[];
}

it.each(SOURCES)('a %s that two processes have taken is executed once, and again where a user retries it', async (_what, start) => {
	const source = start();
	const { trigger } = source;
	const items = await take(source);
	expect(items).toHaveLength(1);
	expect(await trigger.execute(items, 'webhook', '1')).toEqual([items[0].json]);
	expect(await trigger.execute(items, 'webhook', '2')).toEqual([]);
	expect(await trigger.execute(items, 'webhook', '1')).toEqual([items[0].json]);
	expect(await trigger.execute(items, 'retry')).toEqual([items[0].json]);
	expect(await trigger.execute(items, 'manual')).toEqual([items[0].json]);
	expect(JSON.stringify(items[0].json)).not.toContain('eventIdentity');
});

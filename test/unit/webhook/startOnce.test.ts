import type { IDataObject } from 'n8n-workflow';

import { isRepeated, startOnce, type GenuineDelivery } from '../../../nodes/shared/webhook/startOnce';
import type { DeliveryIn } from '../../support/engine/hooks';
import { until } from '../../support/until';
import { OwnTrigger } from './triggerNode';

/** Of deliveries that are genuine: which start an execution, which are only acknowledged. */

const TAKEN = { status: 200, body: '{"received":true}' };
const STARTED = (item: IDataObject) => ({ answer: undefined, items: [item] });
const ONLY_ACKNOWLEDGED = { answer: TAKEN, items: undefined };

let nowMs: number;
beforeEach(() => {
	nowMs = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
});
afterEach(() => {
	jest.restoreAllMocks();
});

const event = (eventId: string | undefined, payload: Record<string, unknown> = {}, item: IDataObject | undefined = { eventId: eventId ?? 'none' }): GenuineDelivery => ({
	eventId,
	payload,
	item,
});

async function deliver(trigger: OwnTrigger, delivery: GenuineDelivery, options: Partial<DeliveryIn> = {}) {
	const { answer, items } = await trigger.deliver((context) => startOnce(context, delivery), options);
	return { answer, items };
}

it('an event starts one execution, and is acknowledged when it comes again', async () => {
	const trigger = new OwnTrigger();
	expect(await deliver(trigger, event('e1'))).toEqual(STARTED({ eventId: 'e1' }));
	expect(await deliver(trigger, event('e1'))).toEqual(ONLY_ACKNOWLEDGED);
	expect(await deliver(trigger, event('e2'))).toEqual(STARTED({ eventId: 'e2' }));
});

it('an event that nobody wants is acknowledged, and not remembered', async () => {
	const trigger = new OwnTrigger();
	const unwanted = { ...event('e1'), item: undefined };
	expect(await deliver(trigger, unwanted)).toEqual(ONLY_ACKNOWLEDGED);
	expect(await deliver(trigger, event('e1'))).toEqual(STARTED({ eventId: 'e1' }));
});

it('an event without an ID is known by its content', async () => {
	const trigger = new OwnTrigger();
	expect(await deliver(trigger, event(undefined, { a: 1 }))).toEqual(STARTED({ eventId: 'none' }));
	expect(await deliver(trigger, event(undefined, { a: 1 }))).toEqual(ONLY_ACKNOWLEDGED);
	expect(await deliver(trigger, event(undefined, { a: 2 }))).toEqual(STARTED({ eventId: 'none' }));
});

it('an event of one trigger is new to another one', async () => {
	const [one, other] = [new OwnTrigger(), new OwnTrigger()];
	await deliver(one, event('e1'));
	expect(await deliver(other, event('e1'))).toEqual(STARTED({ eventId: 'e1' }));
});

it('an event is new to the test listener of the same node', async () => {
	const trigger = new OwnTrigger();
	await deliver(trigger, event('e1'));
	const { items } = await trigger.deliver((context) => startOnce(context, event('e1')), {}, 'manual');
	expect(items).toEqual([{ eventId: 'e1' }]);
});

describe('an event whose execution could not start', () => {
	const lost = async (trigger: OwnTrigger) => {
		await deliver(trigger, event('e1'), { startFails: true });
		// As n8n leaves it: what a delivery that failed has changed is not saved.
		};

	it('is taken when the vendor sends it again', async () => {
		const trigger = new OwnTrigger();
		await lost(trigger);
		nowMs += 30_001;
		expect(await deliver(trigger, event('e1'))).toEqual(STARTED({ eventId: 'e1' }));
	});

	it('may be under way still, for half a minute', async () => {
		const trigger = new OwnTrigger();
		await lost(trigger);
		nowMs += 30_000;
		expect(await deliver(trigger, event('e1'))).toEqual(ONLY_ACKNOWLEDGED);
	});
});

describe('an event whose sender hung up before n8n answered', () => {
	it('has started its execution, and starts none when the vendor sends it again', async () => {
		const trigger = new OwnTrigger();
		expect(await deliver(trigger, event('e1'), { hangsUp: true })).toEqual(STARTED({ eventId: 'e1' }));
			nowMs += 60_000;
		expect(await deliver(trigger, event('e1'))).toEqual(ONLY_ACKNOWLEDGED);
	});

	it('and before the event was known to be genuine, starts none a second time either', async () => {
		const trigger = new OwnTrigger();
		expect(await deliver(trigger, event('e1'), { isGone: true })).toEqual(STARTED({ eventId: 'e1' }));
		nowMs += 60_000;
		expect(await deliver(trigger, event('e1'))).toEqual(ONLY_ACKNOWLEDGED);
	});

	it('is taken when it comes again, if the execution could not start', async () => {
		const trigger = new OwnTrigger();
		await deliver(trigger, event('e0'), { hangsUp: true });
		await deliver(trigger, event('e1'), { hangsUp: true, startFails: true });
			nowMs += 60_000;
		// The node looks a moment later how n8n has answered.
		const again = await until('the next attempt to be taken', async () => {
			const taken = await deliver(trigger, event('e1'));
			return taken.items && taken;
		});
		expect(again).toEqual(STARTED({ eventId: 'e1' }));
		// Of the others nothing was forgotten.
		expect(await deliver(trigger, event('e0'))).toEqual(ONLY_ACKNOWLEDGED);
	});
});

it('an event that was answered well is remembered for hours', async () => {
	const trigger = new OwnTrigger();
	await deliver(trigger, event('e1'));
	await deliver(trigger, event('e2'));
	nowMs += 24 * 3_600_000;
	expect(await deliver(trigger, event('e1'))).toEqual(ONLY_ACKNOWLEDGED);
	expect(await deliver(trigger, event('e2'))).toEqual(ONLY_ACKNOWLEDGED);
});

it('an event is asked about without being marked', async () => {
	const trigger = new OwnTrigger();
	const isKnown = async (): Promise<boolean> => {
		let known: boolean | undefined;
		await trigger.deliver((context) => {
			known = isRepeated(context, event('e1'));
			return {};
		});
		return known === true;
	};
	expect([await isKnown(), await isKnown()]).toEqual([false, false]);
	await deliver(trigger, event('e1'));
	expect(await isKnown()).toBe(true);
});

it('nothing is left for n8n to save, which would put back all of the workflow’s data as they were', async () => {
	const trigger = new OwnTrigger();
	await deliver(trigger, event('e1'));
	await trigger.deliver(async (context) => await startOnce(context, event('e2'), async (item) => await Promise.resolve(item)));
	expect(trigger.bench.staticData).toEqual({});
	expect((trigger.bench.workflow.staticData as { __dataChanged?: boolean }).__dataChanged).toBe(false);
	expect(await deliver(trigger, event('e2'))).toEqual(ONLY_ACKNOWLEDGED);
});

it('which event it is goes along with the item, and not in what the workflow gets', async () => {
	const start = async (delivery: GenuineDelivery) => (await new OwnTrigger().deliver((context) => startOnce(context, delivery))).raw.workflowData;
	expect(await start(event('e1'))).toEqual([[{ json: { eventId: 'e1' }, eventIdentity: 'e1' }]]);
	expect(await start(event(undefined, { a: 1 }))).toEqual([[{ json: { eventId: 'none' }, eventIdentity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }]]);
});

describe('where more is read from the vendor', () => {
	it('the delivery is answered before, and what was read is put out', async () => {
		const trigger = new OwnTrigger();
		const order: string[] = [];
		const { answer, items, raw } = await trigger.deliver(async (context) => {
			const taken = startOnce(context, event('e1'), async (item) => {
				order.push(context.getResponseObject().headersSent ? 'after the answer' : 'before the answer');
				return await Promise.resolve({ ...item, record: 1 });
			});
			return await taken;
		});
		expect({ answer, items, order }).toEqual({ answer: TAKEN, items: [{ eventId: 'e1', record: 1 }], order: ['after the answer'] });
		expect(raw.noWebhookResponse).toBe(true);
	});

	it('and nothing is to be put out, there is no execution', async () => {
		const { answer, items } = await new OwnTrigger().deliver(
			async (context) => await startOnce(context, event('e1'), async () => await Promise.resolve(undefined)),
		);
		expect({ answer, items }).toEqual(ONLY_ACKNOWLEDGED);
	});

	it('nothing is read for an event that came before', async () => {
		const trigger = new OwnTrigger();
		const complete = jest.fn(async (item: IDataObject) => await Promise.resolve(item));
		const deliverOnce = async () => await trigger.deliver(async (context) => await startOnce(context, event('e1'), complete));
		await deliverOnce();
		await deliverOnce();
		expect(complete).toHaveBeenCalledTimes(1);
	});
});

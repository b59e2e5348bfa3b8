import { Triggers } from './bench';

/** What the process that takes deliveries remembers of them. */

const SECRET = 'a-long-secret-of-the-dashboard';
const HEADERS = { Authorization: `Bearer ${SECRET}` };
const MINUTE_MS = 60_000;

let triggers: Triggers;

beforeAll(async () => {
	triggers = await Triggers.start();
});

afterAll(async () => await triggers.stop());

afterEach(() => {
	jest.restoreAllMocks();
});

function trigger() {
	return triggers.salesOs({ registration: 'manual' }, triggers.credential('salesOsWebhookApi', { method: 'bearer', secret: SECRET }));
}

function body(id: string): string {
	return JSON.stringify({ id, type: 'deal.won', data: { id: 'd1' } });
}

function later(minutes: number): void {
	const laterMs = Date.now() + minutes * MINUTE_MS;
	jest.spyOn(Date, 'now').mockReturnValue(laterMs);
}

it('an event that was answered well starts nothing for hours', async () => {
	const bench = trigger();
	await bench.activate();
	expect(await bench.deliver({ body: body('evt_kept'), headers: HEADERS })).toMatchObject({ items: [{ id: 'evt_kept' }] });
	later(60);
	expect(await bench.deliver({ body: body('evt_kept'), headers: HEADERS })).toMatchObject({ answer: { status: 200 }, items: undefined });
});

it('an event whose execution could not start is taken when the vendor sends it again', async () => {
	const bench = trigger();
	await bench.activate();
	await bench.deliver({ body: body('evt_lost'), headers: HEADERS, startFails: true });
	later(1);
	expect(await bench.deliver({ body: body('evt_lost'), headers: HEADERS })).toMatchObject({ items: [{ id: 'evt_lost' }] });
});

it('an event whose sender hung up before n8n answered starts no second execution', async () => {
	const bench = trigger();
	await bench.activate();
	expect(await bench.deliver({ body: body('evt_unheard'), headers: HEADERS, hangsUp: true })).toMatchObject({ items: [{ id: 'evt_unheard' }] });
	later(1);
	expect(await bench.deliver({ body: body('evt_unheard'), headers: HEADERS })).toMatchObject({ answer: { status: 200 }, items: undefined });
});

it('what an earlier version kept of events is removed at the activation', async () => {
	const bench = triggers.salesOs();
	bench.staticData.seenEvents = ['1790000000000 evt_1'];
	await bench.activate();
	expect(bench.staticData).toEqual({ hookId: expect.any(String) });
	await bench.deactivate();
});

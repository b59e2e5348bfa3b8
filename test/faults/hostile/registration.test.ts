import { allTextOf } from '../../support/allTextOf';
import { answer, json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { HostileBench, isPolluted, NAME, POLLUTION, secretsIn, type Sender } from './bench';
import { HUNDRED_MB, MALFORMED, pour } from './behaviours';

/** Activating a trigger at a server that means no good: told in a text that n8n shows, and nothing of it is kept. */

let bench: HostileBench;
let server: HostileServer;
beforeAll(async () => {
	bench = await HostileBench.start();
});
beforeEach(async () => {
	server = await startHostileServer('');
});
afterEach(async () => {
	await server.stop();
	expect(isPolluted()).toBe(false);
});
afterAll(async () => await bench.stop());

const SENDERS: Sender[] = ['salesOs', 'salesOsSigned', 'outboundSync'];

async function failure(sender: Sender, behaviour: Behaviour): Promise<Error> {
	server.behave(behaviour);
	const trigger = bench.trigger(sender, server.origin);
	const error = await trigger.activate().then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof Error)) throw new Error('The activation did not fail');
	expect(secretsIn(allTextOf(error))).toEqual([]);
	expect(secretsIn(JSON.stringify(trigger.staticData))).toEqual([]);
	expect(JSON.stringify(trigger.staticData).length).toBeLessThan(1_000);
	// What n8n tells of a failed activation is the message alone.
	expect(error.message).toContain(NAME[sender]);
	expect(error.message.length).toBeLessThan(2_000);
	return error;
}

/** An honest server but for one kind of request. */
function except(method: string, behaviour: Behaviour): Behaviour {
	return (request, response) => {
		if (request.method === method) behaviour(request, response);
		else json(response, 200, { data: [], webhooks: [], meta: { total: 0, total_pages: 0 }, account: {}, apiKey: { scopes: ['read', 'write'], connectionScope: 'account' } });
	};
}

describe.each(SENDERS)('%s', (sender) => {
	it.each([
		['100 MB', pour(HUNDRED_MB), /larger than 16 MB/],
		['depth', answer(200, `{"data": ${'['.repeat(200_000)}`), /nested too deeply/],
		['a header of a megabyte', MALFORMED['a header of a megabyte'][0], /broke off/],
		['a long refusal', (_request, response) => json(response, 400, { error: { message: 'm'.repeat(5_000_000) }, message: 'm'.repeat(5_000_000) }), /refused the request: m{1000}…$/],
	] satisfies Array<[string, Behaviour, RegExp]>)('is told of %s', async (_what, behaviour, problem) => {
		expect((await failure(sender, behaviour)).message).toMatch(problem);
	}, 90_000);

	it('does not pass on what the server repeats of the registration', async () => {
		let sent = '';
		const echo = except('POST', (request, response) => {
			json(response, 400, { error: { message: `You sent ${sent} with ${request.headers.authorization}` }, message: `You sent ${sent} with ${request.headers.authorization}` });
		});
		// The body arrives before the behaviour is asked.
		server.onBody = (body) => (sent = body);
		const error = await failure(sender, echo);
		expect(error.message).toContain('You sent {"url":"https://n8n.example.com/webhook/');
		const { secret } = JSON.parse(sent) as { secret?: string };
		expect(sender === 'outboundSync').toBe(secret === undefined);
		if (secret !== undefined) expect(allTextOf(error)).not.toContain(secret);
		expect(error.message).toContain('[hidden]');
	});

	it('takes webhooks of any shape for somebody else’s, and touches none', async () => {
		const marks = ['[n8n-hook v1 '.repeat(10_000), `[n8n-hook v1 ${'a=b '.repeat(300)}]`, `[n8n-hook v1 mode=production instance=%E0%A4%A workflow=%00 node=__proto__]`, 'x'.repeat(1_000_000)];
		const hostile = [
			...[null, 1, [], {}, { id: {}, url: [], events: {}, enabledEvents: 7, description: {} }, { id: { toString: 1 }, url: { toString: 1 }, events: [{ toString: 1 }], enabledEvents: [{ toString: 1 }] }],
			...marks.map((description, id) => ({ id, url: 'https://n8n.example.com/webhook/other', events: [], description })),
			JSON.parse(`{"id": "p", "url": "https://other.example.com", ${POLLUTION}}`) as unknown,
		];
		server.behave((request, response) => {
			if (request.method === 'POST') json(response, 201, { data: { id: 'new', secret: 's'.repeat(20) }, id: 'new', secret: 's'.repeat(20) });
			else json(response, 200, { data: hostile, webhooks: hostile, meta: { total_pages: 1 } });
		});
		const trigger = bench.trigger(sender, server.origin);
		await trigger.activate();
		expect(trigger.staticData.hookId).toBe('new');
		expect(server.requests.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual(['POST']);
	});

	it.each([
		['an ID of a megabyte', { id: 'i'.repeat(1_000_000), secret: 's' }],
		['an ID that climbs', { id: '../../me', secret: 's' }],
		['no ID', { secret: 's' }],
		['an ID and a secret of every type', { id: { a: 1 }, secret: { b: 2 } }],
	])('is not led astray by %s', async (_what, created) => {
		server.behave(except('POST', (_request, response) => json(response, 201, { data: created, ...created })));
		const trigger = bench.trigger(sender, server.origin);
		await trigger.activate().catch((error: Error) => expect(error.message.length).toBeLessThan(2_000));
		await trigger.deactivate().catch((error: Error) => expect(error.message.length).toBeLessThan(2_000));
		for (const { url } of server.requests) expect(url).toMatch(/^\/(v1\/webhooks|api\/v1\/(me|webhooks))([/?]|$)/);
		for (const { url } of server.requests) expect(new URL(String(url), server.origin).pathname).toMatch(/webhooks|\/me$/);
	});
});

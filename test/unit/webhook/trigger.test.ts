import type { IWebhookFunctions } from 'n8n-workflow';

import {
	acknowledge,
	hookMemory,
	isUnregistered,
	ownerOf,
	postpone,
	publicWebhookUrl,
	receiveOrRefuse,
	refuse,
	verifyWithSecret,
	webhookIdentity,
} from '../../../nodes/shared/webhook/trigger';
import { OwnTrigger } from './triggerNode';

const REFUSED = { status: 401, body: '{"error":"Unauthorized"}' };
const LOCAL = 'http://localhost:5678';

afterEach(() => {
	jest.restoreAllMocks();
});

describe('the webhook URL', () => {
	it('is the node’s own, where the vendor can reach it', async () => {
		const trigger = new OwnTrigger();
		expect(await trigger.inHook((context) => publicWebhookUrl(context, false))).toBe(trigger.bench.url);
	});

	it('on this machine is refused with the reason in the message, unless it is allowed', async () => {
		const trigger = new OwnTrigger({ publicOrigin: LOCAL });
		await expect(trigger.inHook((context) => publicWebhookUrl(context, false))).rejects.toMatchObject({
			name: 'NodeOperationError',
			level: 'warning',
			message: expect.stringMatching(/^The vendor cannot deliver to this n8n\. The webhook URL starts with http:\/\/localhost:5678, which cannot be reached/),
		});
		expect(await trigger.inHook((context) => publicWebhookUrl(context, true))).toBe(trigger.bench.url);
	});

	it('that n8n does not give is said', async () => {
		const trigger = new OwnTrigger({ withoutWebhook: true });
		await expect(trigger.inHook((context) => publicWebhookUrl(context, true))).rejects.toThrow(
			'The vendor cannot deliver to this n8n. n8n gave this node no webhook URL.',
		);
	});
});

describe('a node without a webhook', () => {
	it.each([
		['has a refused URL and remembers none', { publicOrigin: LOCAL }, undefined, true],
		['has no URL and remembers none', { withoutWebhook: true }, undefined, true],
		['may have one under a URL that was refused later', { publicOrigin: LOCAL }, 'hook-1', false],
		['may have one under a public URL', {}, undefined, false],
		['may have one on this machine where that is allowed', { publicOrigin: LOCAL, parameters: { options: { allowHttp: true } } }, undefined, false],
	])('%s', async (_what, options, hookId, unregistered) => {
		const trigger = new OwnTrigger(options);
		if (hookId !== undefined) trigger.bench.staticData.hookId = hookId;
		expect(await trigger.inHook(isUnregistered)).toBe(unregistered);
	});
});

describe('the owner of a webhook', () => {
	it('is this node of this workflow of this n8n', async () => {
		const trigger = new OwnTrigger();
		const { instanceId, node, workflow } = trigger.bench;
		expect(await trigger.inHook(ownerOf)).toEqual({ instanceId, workflowId: workflow.id, nodeId: node.id, mode: 'production' });
	});

	it('stays the test listener when the test ends, which n8n does not say', async () => {
		const trigger = new OwnTrigger();
		const modeIn = async (mode: 'manual' | 'trigger') => (await trigger.inHook(ownerOf, { mode })).mode;
		expect(await modeIn('trigger')).toBe('production');
		expect(await modeIn('manual')).toBe('test');
		expect(await modeIn('trigger')).toBe('test');
	});
});

describe('the memory of a webhook', () => {
	it('is the static data, and tells of the secret', async () => {
		const trigger = new OwnTrigger();
		const secrets: Array<string | undefined> = [];
		await trigger.inHook((context) => {
			const memory = hookMemory(context, (secret) => secrets.push(secret));
			expect(memory.hookId).toBeUndefined();
			memory.remember({ id: 'hook-1', secret: 'told once' });
			expect([memory.hookId, trigger.bench.staticData.hookId]).toEqual(['hook-1', 'hook-1']);
			memory.forget();
			expect(memory.hookId).toBeUndefined();
			expect(trigger.bench.staticData).not.toHaveProperty('hookId');
		});
		expect(secrets).toEqual(['told once', undefined]);
	});

	it('has no room for the events that earlier versions kept there', async () => {
		const trigger = new OwnTrigger();
		const saved = trigger.bench.workflow.staticData as { __dataChanged?: boolean };
		await trigger.inHook((context) => hookMemory(context));
		expect(saved.__dataChanged).toBe(false);
		Object.assign(trigger.bench.staticData, { hookId: 'hook-1', seenEvents: ['1790000000000 e1'] });
		await trigger.inHook((context) => hookMemory(context));
		expect(trigger.bench.staticData).toEqual({ hookId: 'hook-1' });
	});

	it('does without a secret, and does not take what is no ID', async () => {
		const trigger = new OwnTrigger();
		trigger.bench.staticData.hookId = 7;
		await trigger.inHook((context) => {
			const memory = hookMemory(context);
			expect(memory.hookId).toBeUndefined();
			memory.remember({ id: 'hook-2' });
			expect(memory.hookId).toBe('hook-2');
			memory.forget();
			expect(memory.hookId).toBeUndefined();
		});
	});
});

it('a webhook is known by the ID in its URL, else by its node’s', () => {
	const node = { id: 'node-1', webhookId: 'own' } as Parameters<typeof webhookIdentity>[0];
	expect(webhookIdentity(node, 'instance')).toBe('instance/own');
	expect(webhookIdentity({ ...node, webhookId: undefined }, 'instance')).toBe('instance/node-1');
});

describe('a refusal', () => {
	it('is answered with 401, and its reason goes to the log with node and workflow', async () => {
		const trigger = new OwnTrigger();
		let warned: unknown[][] = [];
		const reception = await trigger.deliver((context) => {
			const warn = jest.spyOn(context.logger, 'warn').mockImplementation(() => undefined);
			const answer = refuse(context, 'its signature is wrong');
			warned = warn.mock.calls;
			return answer;
		});
		expect(reception).toMatchObject({ answer: REFUSED, items: undefined, raw: { noWebhookResponse: true } });
		expect(warned).toEqual([
			['Own Trigger: a webhook delivery was refused, because its signature is wrong', { workflowId: trigger.bench.workflow.id }],
		]);
	});

	it('of what cannot be judged now asks for another attempt, with its reason in the log', async () => {
		let warned: unknown[][] = [];
		const reception = await new OwnTrigger().deliver((context) => {
			const warn = jest.spyOn(context.logger, 'warn').mockImplementation(() => undefined);
			const answer = postpone(context, 'the API is away');
			warned = warn.mock.calls;
			return answer;
		});
		expect(reception).toMatchObject({ answer: { status: 503, body: '{"error":"Service Unavailable"}' }, items: undefined, raw: { noWebhookResponse: true } });
		expect(warned[0][0]).toBe('Own Trigger: a webhook delivery was put off, because the API is away');
	});

	it.each([
		['an error', new Error('the credential is gone'), 'the credential is gone'],
		['anything else that is thrown', 'gone', 'gone'],
	])('follows from %s', async (_what, thrown, problem) => {
		let warned: unknown[][] = [];
		const reception = await new OwnTrigger().deliver(async (context) => {
			const warn = jest.spyOn(context.logger, 'warn').mockImplementation(() => undefined);
			const answer = await receiveOrRefuse(context, async () => await Promise.reject(thrown));
			warned = warn.mock.calls;
			return answer;
		});
		expect(reception.answer).toEqual(REFUSED);
		expect(warned[0][0]).toContain(`because it could not be judged: ${problem}`);
	});

	it('comes too late once the delivery is acknowledged, and is logged as an error', async () => {
		let logged: unknown[][] = [];
		const reception = await new OwnTrigger().deliver(async (context) => {
			const error = jest.spyOn(context.logger, 'error').mockImplementation(() => undefined);
			const answer = await receiveOrRefuse(context, async () => {
				acknowledge(context);
				return await Promise.reject(new Error('no record'));
			});
			logged = error.mock.calls;
			return answer;
		});
		expect(reception).toMatchObject({ answer: { status: 200, body: '{"received":true}' }, raw: { noWebhookResponse: true } });
		expect(logged).toEqual([['Own Trigger: an accepted event started no execution: no record']]);
	});

	it('does not follow where all goes well', async () => {
		const taken = { workflowData: [[{ json: { id: 1 } }]] };
		const { raw } = await new OwnTrigger().deliver(async (context) => await receiveOrRefuse(context, async () => await Promise.resolve(taken)));
		expect(raw).toEqual(taken);
	});
});

describe('a secret of a credential', () => {
	/** Deliveries to one trigger, each shown to the secret that the credential has then. */
	function reader(trigger = new OwnTrigger()) {
		const reads: string[] = [];
		return {
			reads,
			async verify(shown: string, credential: string | undefined, source: unknown = 'source') {
				let verdict: { ok: boolean; against?: string } = { ok: false };
				await trigger.deliver(async (context: IWebhookFunctions) => {
					verdict = await verifyWithSecret(
						context,
						source,
						async () => {
							reads.push(String(credential));
							return await Promise.resolve(credential);
						},
						(secret) => ({ ok: secret === shown, against: secret }),
					);
					return {};
				});
				return verdict;
			},
		};
	}

	it('is read once for a minute of deliveries', async () => {
		const startMs = Date.now();
		const now = jest.spyOn(Date, 'now').mockReturnValue(startMs);
		const { reads, verify } = reader();
		expect(await verify('a', 'a')).toEqual({ ok: true, against: 'a' });
		now.mockReturnValue(startMs + 59_999);
		expect(await verify('a', 'a')).toEqual({ ok: true, against: 'a' });
		expect(reads).toEqual(['a']);
		now.mockReturnValue(startMs + 60_000);
		expect(await verify('a', 'a')).toEqual({ ok: true, against: 'a' });
		expect(reads).toEqual(['a', 'a']);
	});

	it('that has changed is read anew before a delivery is refused', async () => {
		const { reads, verify } = reader();
		await verify('old', 'old');
		expect(await verify('new', 'new')).toEqual({ ok: true, against: 'new' });
		expect(await verify('old', 'new')).toEqual({ ok: false, against: 'new' });
		expect(reads).toEqual(['old', 'new', 'new']);
	});

	it('that is gone lets nobody in, and is not remembered', async () => {
		const { reads, verify } = reader();
		expect(await verify('a', undefined)).toEqual({ ok: false, against: undefined });
		expect(await verify('a', 'a')).toEqual({ ok: true, against: 'a' });
		expect(reads).toEqual(['undefined', 'a']);
	});

	it('of one source or trigger is not another’s', async () => {
		const { reads, verify } = reader();
		await verify('a', 'a', ['webhook', 1]);
		expect(await verify('a', 'b', ['webhook', 2])).toEqual({ ok: false, against: 'b' });
		const other = reader();
		expect(await other.verify('a', 'c', ['webhook', 1])).toEqual({ ok: false, against: 'c' });
		expect([reads, other.reads]).toEqual([['a', 'b'], ['c']]);
	});
});

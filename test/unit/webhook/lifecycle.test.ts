import fc from 'fast-check';

import {
	hookDescription,
	isSettled,
	ownHooks,
	readMark,
	reconcile,
	type Hook,
	type HookPlan,
	type Owner,
	type WantedHook,
} from '../../../nodes/shared/webhook/lifecycle';

const OWNER: Owner = { instanceId: 'i1', workflowId: 'w1', nodeId: 'n1', mode: 'production' };

const WANTED: WantedHook = {
	url: 'https://n8n.acme.com/webhook/a',
	events: ['deal.won', 'lead.created'],
	owner: OWNER,
	secret: { chosenBy: 'caller', tag: 'aaaa1111' },
};

const VENDORS_SECRET: WantedHook = { ...WANTED, secret: { chosenBy: 'vendor', known: true } };

/** The webhook as it stands once everything is right. */
const right = (wanted: WantedHook, changes: Partial<Hook> = {}): Hook => ({
	id: 'h1',
	url: wanted.url,
	events: [...wanted.events],
	active: true,
	description: hookDescription(wanted),
	...changes,
});

const foreignTo = (owner: Partial<Owner>) => hookDescription({ ...WANTED, owner: { ...OWNER, ...owner } });

describe('what is done', () => {
	const cases: Array<[string, WantedHook, Hook[], string | undefined, HookPlan]> = [
		['missing: create', WANTED, [], undefined, { create: true, deleteIds: [] }],
		['gone at the vendor: create', WANTED, [], 'h1', { create: true, deleteIds: [] }],
		['right: keep', WANTED, [right(WANTED)], undefined, { keep: 'h1', create: false, deleteIds: [] }],
		[
			'right, events in another order and the URL in another spelling: keep',
			WANTED,
			[
				right(WANTED, {
					events: ['lead.created', 'deal.won'],
					url: 'https://N8N.acme.com:443/webhook/a',
				}),
			],
			'h1',
			{ keep: 'h1', create: false, deleteIds: [] },
		],
		[
			'paused: resume',
			WANTED,
			[right(WANTED, { active: false })],
			'h1',
			{ keep: 'h1', create: false, resume: 'h1', deleteIds: [] },
		],
		[
			'other events: update',
			WANTED,
			[right(WANTED, { events: ['deal.won'] })],
			'h1',
			{ keep: 'h1', create: false, update: { id: 'h1', drift: ['events'] }, deleteIds: [] },
		],
		[
			'as many events, one of them another: update',
			WANTED,
			[right(WANTED, { events: ['deal.won', 'lead.deleted'] })],
			'h1',
			{ keep: 'h1', create: false, update: { id: 'h1', drift: ['events'] }, deleteIds: [] },
		],
		[
			'a URL that is none: update',
			WANTED,
			[right(WANTED, { url: 'n8n.acme.com' })],
			'h1',
			{ keep: 'h1', create: false, update: { id: 'h1', drift: ['url'] }, deleteIds: [] },
		],
		[
			'another URL, by mark: update (the public URL changed)',
			WANTED,
			[right(WANTED, { url: 'https://old.acme.com/webhook/a' })],
			undefined,
			{ keep: 'h1', create: false, update: { id: 'h1', drift: ['url'] }, deleteIds: [] },
		],
		[
			'another URL and no mark, by the remembered id: update',
			WANTED,
			[right(WANTED, { url: 'https://old.acme.com/webhook/a', description: 'edited by hand' })],
			'h1',
			{
				keep: 'h1',
				create: false,
				update: { id: 'h1', drift: ['url', 'description', 'secret'] },
				deleteIds: [],
			},
		],
		[
			'our URL without a mark: adopt it, with our secret and mark',
			WANTED,
			[right(WANTED, { description: null })],
			undefined,
			{
				keep: 'h1',
				create: false,
				update: { id: 'h1', drift: ['description', 'secret'] },
				deleteIds: [],
			},
		],
		[
			'the credential was changed since: update the secret',
			{ ...WANTED, secret: { chosenBy: 'caller', tag: 'bbbb2222' } },
			[right(WANTED)],
			'h1',
			{ keep: 'h1', create: false, update: { id: 'h1', drift: ['secret'] }, deleteIds: [] },
		],
		[
			'everything at once',
			WANTED,
			[right(WANTED, { url: 'https://old.acme.com/webhook/a', events: [], active: false })],
			'h1',
			{
				keep: 'h1',
				create: false,
				update: { id: 'h1', drift: ['url', 'events'] },
				resume: 'h1',
				deleteIds: [],
			},
		],
		[
			'duplicates of our own: keep the one that needs nothing',
			WANTED,
			[
				right(WANTED, { id: 'a', active: false }),
				right(WANTED, { id: 'b' }),
				right(WANTED, { id: 'c', events: [] }),
			],
			'a',
			{ keep: 'b', create: false, deleteIds: ['c', 'a'] },
		],
		[
			"the vendor's secret at hand: keep",
			VENDORS_SECRET,
			[right(VENDORS_SECRET)],
			'h1',
			{ keep: 'h1', create: false, deleteIds: [] },
		],
		[
			"the vendor's secret lost: rotate",
			{ ...VENDORS_SECRET, secret: { chosenBy: 'vendor', known: false } },
			[right(VENDORS_SECRET)],
			'h1',
			{ keep: 'h1', create: false, rotate: 'h1', deleteIds: [] },
		],
		[
			'a secret known for another webhook is none: rotate (the node was renamed, or a backup restored)',
			VENDORS_SECRET,
			[right(VENDORS_SECRET)],
			'h0',
			{ keep: 'h1', create: false, rotate: 'h1', deleteIds: [] },
		],
		[
			'the webhook whose secret we know is worth more than one at the right URL',
			VENDORS_SECRET,
			[
				right(VENDORS_SECRET, { id: 'a' }),
				right(VENDORS_SECRET, { id: 'b', url: 'https://old.acme.com/webhook/a' }),
			],
			'b',
			{ keep: 'b', create: false, update: { id: 'b', drift: ['url'] }, deleteIds: ['a'] },
		],
	];

	it.each(cases)('%s', (_, wanted, found, hookId, plan) => {
		expect(reconcile(wanted, found, hookId === undefined ? undefined : { hookId })).toEqual(plan);
	});

	it('is settled only where there is nothing to do', () => {
		for (const [, wanted, found, hookId] of cases) {
			const plan = reconcile(wanted, found, hookId === undefined ? undefined : { hookId });
			const { keep, create, deleteIds, ...changes } = plan;
			expect(isSettled(plan)).toBe(
				keep !== undefined && !create && deleteIds.length === 0 && Object.keys(changes).length === 0,
			);
		}
	});
});

describe("nobody else's webhook", () => {
	const elsewhere = 'https://other.acme.com/webhook/b';

	it.each([
		['no mark, not remembered', right(WANTED, { url: elsewhere, description: 'CRM export' })],
		['another instance', right(WANTED, { url: elsewhere, description: foreignTo({ instanceId: 'i2' }) })],
		['another workflow', right(WANTED, { url: elsewhere, description: foreignTo({ workflowId: 'w2' }) })],
		['another node', right(WANTED, { url: elsewhere, description: foreignTo({ nodeId: 'n2' }) })],
		[
			'the test listener of this node',
			right(WANTED, { url: elsewhere, description: foreignTo({ mode: 'test' }) }),
		],
		[
			'a mark cut short',
			right(WANTED, { url: elsewhere, description: hookDescription(WANTED).slice(0, -40) }),
		],
		['a longer path', right(WANTED, { url: `${WANTED.url}b`, description: '' })],
	])('%s: left alone', (_, hook) => {
		expect(ownHooks(WANTED, [hook], { hookId: 'h9' })).toEqual([]);
		expect(reconcile(WANTED, [hook], { hookId: 'h9' })).toEqual({ create: true, deleteIds: [] });
	});

	it('is left alone even where a copied workflow remembers its id', () => {
		const original = right(WANTED, { url: elsewhere, description: foreignTo({ workflowId: 'w2' }) });
		expect(reconcile(WANTED, [original], { hookId: original.id })).toEqual({
			create: true,
			deleteIds: [],
		});
	});

	it('cannot be claimed by owners without an id', () => {
		const unsaved = { ...WANTED, owner: { ...OWNER, workflowId: '' } };
		const other = right(unsaved, { url: elsewhere });
		expect(ownHooks(unsaved, [other])).toEqual([]);
	});
});

describe('the mark', () => {
	it.each(['n1', 'ä ö/ü', 'a=b&c]d[', '%', 'x'.repeat(64), '__proto__'])(
		'survives any id: %s',
		(nodeId) => {
			expect(readMark(hookDescription({ ...WANTED, owner: { ...OWNER, nodeId } }))).toEqual({
				...OWNER,
				nodeId,
				secret: 'aaaa1111',
			});
		},
	);

	it('is found inside a longer description, and carries no secret of the vendor', () => {
		const description = `Sales team: ${hookDescription(VENDORS_SECRET)} (do not touch)`;
		expect(readMark(description)).toEqual(OWNER);
	});

	it.each([
		undefined,
		null,
		'',
		'[n8n-hook v1 ]',
		'[n8n-hook v1 mode=production]',
		'[n8n-hook v2 mode=production instance=i1 workflow=w1 node=n1]',
		'[n8n-hook v1 mode=other instance=i1 workflow=w1 node=n1]',
		'[n8n-hook v1 mode=production instance=%E0 workflow=w1 node=n1]',
		'[n8n-hook v1 mode=production instance= workflow=w1 node=n1]',
		'[n8n-hook v1 '.repeat(10_000),
	])('is not found in %.60j', (description) => {
		expect(readMark(description)).toBeUndefined();
	});
});

describe('whatever is registered', () => {
	/** What the vendor holds after a plan was carried out in its stated order. */
	const carryOut = (plan: HookPlan, wanted: WantedHook, hooks: Hook[]) => {
		const after = hooks
			.map((hook) =>
				hook.id === plan.update?.id ? { ...right(wanted), id: hook.id, active: hook.active } : hook,
			)
			.map((hook) => (hook.id === plan.resume ? { ...hook, active: true } : hook));
		if (plan.create) after.push(right(wanted, { id: 'created' }));
		return after.filter((hook) => !plan.deleteIds.includes(hook.id));
	};

	const owners = fc.record({
		instanceId: fc.constantFrom('i1', 'i2'),
		workflowId: fc.constantFrom('w1', 'w2'),
		nodeId: fc.constantFrom('n1', 'n2'),
		mode: fc.constantFrom('production' as const, 'test' as const),
	});
	const urls = fc.constantFrom(
		WANTED.url,
		'https://n8n.acme.com/webhook-test/a',
		'https://old.acme.com/webhook/a',
	);
	const descriptions = fc.oneof(
		fc.constantFrom(null, '', 'by hand'),
		fc
			.tuple(owners, fc.constantFrom('aaaa1111', 'cccc3333'))
			.map(([owner, tag]) => hookDescription({ owner, secret: { chosenBy: 'caller', tag } })),
	);
	const registered = fc.uniqueArray(
		fc.record({
			id: fc.integer({ min: 1, max: 8 }).map((number) => `h${number}`),
			url: urls,
			events: fc.subarray(['deal.won', 'lead.created', 'user.created']),
			active: fc.boolean(),
			description: descriptions,
		}),
		{ selector: ({ id }) => id, maxLength: 8 },
	);
	const remembered = fc.option(fc.record({ hookId: fc.constantFrom('h1', 'h2', 'h3', 'gone') }), {
		nil: undefined,
	});
	const secrets = fc.constantFrom<WantedHook['secret']>(
		WANTED.secret,
		{ chosenBy: 'vendor', known: true },
		{ chosenBy: 'vendor', known: false },
	);

	it('exactly one right webhook of ours is left, the others are as they were, and a second look finds nothing', () => {
		fc.assert(
			fc.property(registered, remembered, secrets, (hooks, memory, secret) => {
				const wanted = { ...WANTED, secret };
				const plan = reconcile(wanted, hooks, memory);
				const after = carryOut(plan, wanted, hooks);
				const nowRemembered = { hookId: plan.keep ?? 'created' };

				expect(ownHooks(wanted, after, nowRemembered)).toEqual([
					expect.objectContaining({ id: nowRemembered.hookId, active: true }),
				]);
				const settled = {
					...wanted,
					secret: secret.chosenBy === 'vendor' ? { ...secret, known: true } : secret,
				};
				expect(isSettled(reconcile(settled, after, nowRemembered))).toBe(true);

				const ours = new Set(ownHooks(wanted, hooks, memory).map(({ id }) => id));
				const foreign = hooks.filter(({ id }) => !ours.has(id));
				expect(after.filter(({ id }) => foreign.some((hook) => hook.id === id))).toEqual(foreign);
				if (plan.create) expect(ours.size).toBe(0);
			}),
			{ numRuns: 5000 },
		);
	});

	it('a production trigger and its test listener never take from each other', () => {
		const test: WantedHook = {
			...WANTED,
			url: 'https://n8n.acme.com/webhook-test/a',
			owner: { ...OWNER, mode: 'test' },
		};
		const both = [right(WANTED, { id: 'p' }), right(test, { id: 't' })];
		expect(reconcile(WANTED, both)).toEqual({ keep: 'p', create: false, deleteIds: [] });
		expect(reconcile(test, both)).toEqual({ keep: 't', create: false, deleteIds: [] });
	});
});

import fc from 'fast-check';

import { HookKeeper, type HookApi, type HookMemory } from '../../../nodes/shared/webhook/hookKeeper';
import { hookDescription, type Hook, type Owner, type WantedHook } from '../../../nodes/shared/webhook/lifecycle';

const owner: Owner = { instanceId: 'instance', workflowId: 'w1', nodeId: 'n1', mode: 'production' };
const URL_OF_OURS = 'https://n8n.example.com/webhook/a/webhook';

function wantedFor(chosenBy: 'caller' | 'vendor', known = false): WantedHook {
	const secret = chosenBy === 'caller' ? { chosenBy, tag: 'tag1' } : { chosenBy, known };
	return { url: URL_OF_OURS, events: ['a', 'b'], owner, secret };
}

let warnings: string[];
beforeEach(() => {
	warnings = [];
});
const warn = (what: string): void => void warnings.push(what);

/** A vendor's webhooks as they stand, and what was asked of it, in order. */
class Vendor implements HookApi {
	readonly asked: string[] = [];
	readonly secrets = new Map<string, string>();
	/** How many creations come to nothing that anybody knows of; `done` says whether they happened. */
	unclear: { count: number; done: boolean } = { count: 0, done: false };
	private lastId = 100;

	constructor(public hooks: Hook[]) {}

	async list() {
		return structuredClone(this.hooks);
	}

	async create({ description, events, url }: Parameters<HookApi['create']>[0]) {
		this.asked.push('create');
		const isUnclear = this.unclear.count > 0;
		this.unclear.count -= 1;
		if (isUnclear && !this.unclear.done) return undefined;
		this.lastId += 1;
		const id = `h${this.lastId}`;
		this.hooks.push({ id, url, events: [...events], active: true, description });
		this.secrets.set(id, 'first');
		return isUnclear ? undefined : { id, secret: 'first' };
	}

	async update(id: string, { description, events, url }: Parameters<HookApi['update']>[1]) {
		this.asked.push(`update ${id}`);
		this.hooks = this.hooks.map((hook) => (hook.id === id ? { id, url, events: [...events], active: true, description } : hook));
	}

	async rotateSecret(id: string) {
		this.asked.push(`rotate ${id}`);
		const secret = `rotated ${this.asked.length}`;
		this.secrets.set(id, secret);
		return secret;
	}

	async remove(id: string) {
		this.asked.push(`remove ${id}`);
		this.hooks = this.hooks.filter((hook) => hook.id !== id);
	}
}

class Memory implements HookMemory {
	secret: string | undefined;
	constructor(public hookId?: string) {}
	remember({ id, secret }: { id: string; secret?: string }) {
		this.hookId = id;
		this.secret = secret;
	}
	forget() {
		this.hookId = this.secret = undefined;
	}
}

const others = [
	{ ...owner, workflowId: 'w2' },
	{ ...owner, nodeId: 'n2' },
	{ ...owner, instanceId: 'other' },
	{ ...owner, mode: 'test' as const },
];

/** Webhooks as an account may hold them: ours in any state, other triggers', and people's. */
const anyHooks = (chosenBy: 'caller' | 'vendor') =>
	fc
		.array(
			fc.record({
				url: fc.constantFrom<string>(URL_OF_OURS, 'https://n8n.example.com/webhook/b/webhook', 'https://old.example.com/webhook/a/webhook'),
				events: fc.constantFrom<string[]>(['a', 'b'], ['b', 'a'], ['a'], []),
				active: fc.boolean(),
				description: fc.constantFrom(
					null,
					'By hand',
					hookDescription(wantedFor(chosenBy)),
					...others.map((other) => hookDescription({ ...wantedFor(chosenBy), owner: other })),
				),
			}),
			{ maxLength: 8 },
		)
		.map((hooks): Hook[] => hooks.map((hook, index) => ({ ...hook, id: `h${index}` })));

function isForeign({ description, id, url }: Hook, remembered: string | undefined): boolean {
	if (url === URL_OF_OURS || description === hookDescription(wantedFor('caller')) || description === hookDescription(wantedFor('vendor'))) return false;
	return !(id === remembered && !description?.includes('[n8n-hook'));
}

describe.each(['caller', 'vendor'] as const)('with secrets that the %s chooses', (chosenBy) => {
	const anyAccount = fc.tuple(anyHooks(chosenBy), fc.option(fc.integer({ min: 0, max: 9 }).map((index) => `h${index}`), { nil: undefined }));

	it('one right webhook is left whatever there was, nobody else’s is touched, and then there is nothing to do', async () => {
		await fc.assert(
			fc.asyncProperty(anyAccount, async ([hooks, remembered]) => {
				const foreign = hooks.filter((hook) => isForeign(hook, remembered));
				const vendor = new Vendor(structuredClone(hooks));
				const memory = new Memory(remembered);
				await new HookKeeper(vendor, wantedFor(chosenBy), memory, warn).settle();

				const ours = vendor.hooks.filter(({ id }) => !foreign.some((hook) => hook.id === id));
				expect(ours).toEqual([
					{ id: memory.hookId, url: URL_OF_OURS, events: expect.arrayContaining(['a', 'b']), active: true, description: hookDescription(wantedFor(chosenBy)) },
				]);
				expect(vendor.hooks.filter(({ id }) => foreign.some((hook) => hook.id === id))).toEqual(foreign);
				if (chosenBy === 'vendor') expect(memory.secret).toBe(vendor.secrets.get(String(memory.hookId)));
				// What is superfluous goes last, so that no event falls between two.
				const firstRemoval = vendor.asked.findIndex((what) => what.startsWith('remove'));
				if (firstRemoval >= 0) expect(vendor.asked.slice(firstRemoval).every((what) => what.startsWith('remove'))).toBe(true);

				const asked = vendor.asked.length;
				const again = new HookKeeper(vendor, wantedFor(chosenBy, true), memory, warn);
				expect(await again.isSettled()).toBe(true);
				await again.settle();
				expect(vendor.asked).toHaveLength(asked);

				await again.removeAll();
				expect(vendor.hooks).toEqual(foreign);
				expect(memory.hookId).toBeUndefined();
			}),
			{ numRuns: 500 },
		);
	});

	it.each([true, false])('a creation that nobody knows of is looked for before it is repeated (it happened: %s)', async (done) => {
		const vendor = new Vendor([]);
		vendor.unclear = { count: 1, done };
		const memory = new Memory();
		await new HookKeeper(vendor, wantedFor(chosenBy), memory, warn).settle();
		expect(vendor.hooks).toHaveLength(1);
		expect(memory.hookId).toBe(vendor.hooks[0].id);
		expect(vendor.asked.filter((what) => what === 'create')).toHaveLength(done ? 1 : 2);
		if (chosenBy === 'vendor') expect(memory.secret).toBe(vendor.secrets.get(vendor.hooks[0].id));
	});
});

it('gives up on an account that never says what became of a creation', async () => {
	const vendor = new Vendor([]);
	vendor.unclear = { count: Infinity, done: false };
	await expect(new HookKeeper(vendor, wantedFor('caller'), new Memory(), warn).settle()).rejects.toThrow('unclear');
	expect(vendor.asked).toEqual(['create', 'create', 'create']);
});

it('remembers a right webhook that it only finds', async () => {
	const vendor = new Vendor([{ id: 'h1', url: URL_OF_OURS, events: ['b', 'a'], active: true, description: hookDescription(wantedFor('caller')) }]);
	const memory = new Memory();
	expect(await new HookKeeper(vendor, wantedFor('caller'), memory, warn).isSettled()).toBe(true);
	expect(memory.hookId).toBe('h1');
	expect(vendor.asked).toEqual([]);
});

it('removes what it can when one webhook cannot be removed, and says so', async () => {
	const ours = (id: string): Hook => ({ id, url: URL_OF_OURS, events: ['a', 'b'], active: true });
	const vendor = new Vendor([ours('h1'), ours('h2'), ours('h3')]);
	const remove = vendor.remove.bind(vendor);
	vendor.remove = async (id) => {
		if (id === 'h2') throw new Error('h2 stays');
		await remove(id);
	};
	const memory = new Memory('h2');
	await expect(new HookKeeper(vendor, wantedFor('caller'), memory, warn).removeAll()).rejects.toThrow('h2 stays');
	expect(vendor.hooks.map(({ id }) => id)).toEqual(['h2']);
	// Not forgotten: the next try finds it.
	expect(memory.hookId).toBe('h2');
});

describe('one webhook too many', () => {
	const ours = (id: string): Hook => ({ id, url: URL_OF_OURS, events: ['a', 'b'], active: true, description: hookDescription(wantedFor('caller')) });

	it.each<[string, unknown]>([
		['an error', new Error('/v1/webhooks/h2 could not be removed')],
		['anything else that is thrown', '/v1/webhooks/h2 could not be removed'],
	])('that cannot be removed because of %s does not keep the right one from serving, and is told of', async (_what, thrown) => {
		const vendor = new Vendor([ours('h1'), ours('h2'), ours('h3')]);
		const remove = vendor.remove.bind(vendor);
		vendor.remove = async (id) => {
			if (id === 'h2') throw thrown;
			await remove(id);
		};
		const memory = new Memory('h1');
		const keeper = new HookKeeper(vendor, wantedFor('caller'), memory, warn);
		await keeper.settle();
		expect(vendor.hooks.map(({ id }) => id)).toEqual(['h1', 'h2']);
		expect(warnings).toEqual(['one webhook too many is left. /v1/webhooks/h2 could not be removed']);
		expect(memory.hookId).toBe('h1');
		// The next start of n8n tries again.
		expect(await keeper.isSettled()).toBe(false);
		vendor.remove = remove;
		await keeper.settle();
		expect(await keeper.isSettled()).toBe(true);
		expect(warnings).toHaveLength(1);
	});
});

describe('a webhook of ours at another address, as an n8n finds it that runs on a copy of the database', () => {
	const COPY = 'If another n8n with a copy of this database is reached there, it gets no events of this workflow any more.';
	const at = (id: string, url: string): Hook => ({ id, url, events: ['a', 'b'], active: true, description: hookDescription(wantedFor('caller')) });
	const settle = async (...hooks: Hook[]) => await new HookKeeper(new Vendor(hooks), wantedFor('caller'), new Memory(), warn).settle();

	it('is moved, and told of by both origins, without the path that is a secret', async () => {
		await settle(at('h1', 'https://old.example.com:8443/webhook/a/webhook'));
		expect(warnings).toEqual([`its webhook delivered to https://old.example.com:8443, and delivers to https://n8n.example.com from now on. ${COPY}`]);
	});

	it('is told of when it is removed, superfluous or with all of them', async () => {
		const text = `its webhook that delivered to https://old.example.com was removed. ${COPY}`;
		const old = at('h1', 'https://old.example.com/webhook/a/webhook');
		await settle(old, at('h2', URL_OF_OURS));
		expect(warnings).toEqual([text]);
		await new HookKeeper(new Vendor([old, at('h2', URL_OF_OURS)]), wantedFor('caller'), new Memory(), warn).removeAll();
		expect(warnings).toEqual([text, text]);
	});

	it.each([
		['another path of the same origin', 'https://n8n.example.com/webhook/b/webhook'],
		['the same URL in another spelling', 'https://N8N.example.com:443/webhook/a/webhook'],
		['no URL at all', 'n8n'],
	])('is not meant by %s', async (_what, url) => {
		await settle(at('h1', url), at('h2', url));
		expect(warnings).toEqual([]);
	});

	it('cannot be told from others by an n8n that does not know its own address', async () => {
		const wanted = { ...wantedFor('caller'), url: '' };
		await new HookKeeper(new Vendor([at('h1', 'https://old.example.com/webhook/a/webhook')]), wanted, new Memory(), warn).removeAll();
		expect(warnings).toEqual([]);
	});

	it('is told of once it has been moved, and not where only something else was mended', async () => {
		const vendor = new Vendor([at('h1', 'https://old.example.com/webhook/a/webhook')]);
		vendor.update = async () => await Promise.reject(new Error('not now'));
		await expect(new HookKeeper(vendor, wantedFor('caller'), new Memory(), warn).settle()).rejects.toThrow('not now');
		await settle({ ...at('h1', URL_OF_OURS), active: false, events: [] });
		expect(warnings).toEqual([]);
	});
});

describe('whether all is settled', () => {
	const right = (id: string): Hook => ({ id, url: URL_OF_OURS, events: ['a', 'b'], active: true, description: hookDescription(wantedFor('caller')) });
	const keeper = (hooks: Hook[], memory: Memory) => new HookKeeper(new Vendor(hooks), wantedFor('caller'), memory, warn);

	it('is so with one right webhook, which is remembered from then on', async () => {
		const memory = new Memory('of before');
		expect(await keeper([right('h1')], memory).isSettled()).toBe(true);
		expect(memory.hookId).toBe('h1');
	});

	it('is so with the remembered one, whose secret stays known', async () => {
		const memory = new Memory('h1');
		memory.secret = 'told once';
		expect(await keeper([right('h1')], memory).isSettled()).toBe(true);
		expect(memory).toEqual({ hookId: 'h1', secret: 'told once' });
	});

	it.each([
		['none', []],
		['two', [right('h1'), right('h2')]],
		['one that is switched off', [{ ...right('h1'), active: false }]],
		['one for other events', [{ ...right('h1'), events: ['a'] }]],
	])('is not so with %s, and nothing is remembered', async (_what, hooks) => {
		const memory = new Memory();
		expect(await keeper(hooks, memory).isSettled()).toBe(false);
		expect(memory.hookId).toBeUndefined();
	});
});

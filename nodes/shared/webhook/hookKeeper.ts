import {
	hookDescription,
	isSettled,
	ownHooks,
	reconcile,
	type Hook,
	type HookPlan,
	type WantedHook,
} from './lifecycle';

/** What a webhook is registered with; `secret` only where the caller chooses it. */
export interface HookFields {
	readonly url: string;
	readonly events: readonly string[];
	readonly description: string;
}

/** A webhook as the vendor has just made it. */
export interface NewHook {
	readonly id: string;
	/** Where the vendor chooses the secret: told this once. */
	readonly secret?: string;
}

/** A vendor's webhook endpoints. Every method throws with the vendor's reason when it cannot do its work. */
export interface HookApi {
	list(): Promise<Hook[]>;
	/** Undefined when nobody knows whether it was created: the list tells. */
	create(fields: HookFields): Promise<NewHook | undefined>;
	/** Sets all fields anew, and switches the webhook on. */
	update(id: string, fields: HookFields): Promise<void>;
	/** The vendor's new secret; the old one is void from then on. */
	rotateSecret?(id: string): Promise<string>;
	/** A webhook that is gone already counts as removed. */
	remove(id: string): Promise<void>;
}

/** What the node remembers of its webhook between runs, in n8n's static data. */
export interface HookMemory {
	readonly hookId?: string;
	remember(hook: NewHook): void;
	forget(): void;
}

/** Tells whoever reads n8n's log. */
export type Warn = (what: string) => void;

/** How often an unclear creation is looked at again before giving up. */
const MAX_ROUNDS = 3;

/** Keeps exactly one right webhook of one trigger with the vendor, and touches nobody else's. */
export class HookKeeper {
	constructor(
		private readonly api: HookApi,
		private readonly wanted: WantedHook,
		private readonly memory: HookMemory,
		private readonly warn: Warn,
	) {}

	/** Whether the one webhook there is needs nothing. */
	async isSettled(): Promise<boolean> {
		const { plan } = await this.look();
		if (!isSettled(plan)) return false;
		// Found without being remembered, as after a restored backup.
		if (plan.keep !== undefined && plan.keep !== this.memory.hookId) this.memory.remember({ id: plan.keep });
		return true;
	}

	/** Creates, mends, resumes and removes until exactly one right webhook is left. */
	async settle(): Promise<void> {
		for (let round = 1; round <= MAX_ROUNDS; round += 1) {
			if (await this.carryOut(await this.look())) return;
		}
		throw new Error(
			'It stayed unclear whether the webhook was created: the vendor broke off or failed each time. Try again later.',
		);
	}

	/** Removes every webhook that is provably this trigger's. One that stays does not keep the others. */
	async removeAll(): Promise<void> {
		const own = ownHooks(this.wanted, await this.api.list(), this.remembered);
		const results = await Promise.allSettled(own.map(async (hook) => await this.remove(hook)));
		const failed = results.find((result) => result.status === 'rejected');
		if (failed) throw failed.reason;
		this.memory.forget();
	}

	private async look(): Promise<{ plan: HookPlan; found: readonly Hook[] }> {
		const found = await this.api.list();
		return { found, plan: reconcile(this.wanted, found, this.remembered) };
	}

	private get remembered(): { hookId: string } | undefined {
		const { hookId } = this.memory;
		return hookId === undefined ? undefined : { hookId };
	}

	/** @returns false when a creation stayed unclear and the list has to be read again */
	private async carryOut({ found, plan }: Awaited<ReturnType<HookKeeper['look']>>): Promise<boolean> {
		const { create, deleteIds, keep, resume, rotate, update } = plan;
		if (create) {
			const created = await this.api.create(this.fields);
			if (created === undefined) return false;
			this.memory.remember(created);
		}
		if (keep !== undefined) {
			if (update !== undefined || resume !== undefined) {
				await this.api.update(keep, this.fields);
				this.warnOfMove(found.find(({ id }) => id === keep));
			}
			if (rotate !== undefined && this.api.rotateSecret) {
				this.memory.remember({ id: rotate, secret: await this.api.rotateSecret(rotate) });
			} else if (keep !== this.memory.hookId) {
				this.memory.remember({ id: keep });
			}
		}
		// Last, so that no event falls between two webhooks.
		for (const hook of found.filter(({ id }) => deleteIds.includes(id))) await this.removeSuperfluous(hook);
		return true;
	}

	/** The right one stands, so that one too many is no reason to fail: the next look finds it again. */
	private async removeSuperfluous(hook: Hook): Promise<void> {
		try {
			await this.remove(hook);
		} catch (error) {
			this.warn(`one webhook too many is left. ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	private async remove(hook: Hook): Promise<void> {
		await this.api.remove(hook.id);
		const old = this.otherOrigin(hook);
		if (old !== undefined) this.warn(`its webhook that delivered to ${old} was removed. ${COPY}`);
	}

	private warnOfMove(hook: Hook | undefined): void {
		const old = hook && this.otherOrigin(hook);
		if (old !== undefined) this.warn(`its webhook delivered to ${old}, and delivers to ${originOf(this.wanted.url)} from now on. ${COPY}`);
	}

	/** Where a webhook delivers, if that is another n8n's address, or an old one of this. */
	private otherOrigin({ url }: Hook): string | undefined {
		const [there, here] = [originOf(url), originOf(this.wanted.url)];
		return here === undefined || there === here ? undefined : there;
	}

	private get fields(): HookFields {
		const { events, url } = this.wanted;
		return { url, events, description: hookDescription(this.wanted) };
	}
}

/** A copied database makes two n8n take each other's webhooks for their own. */
const COPY = 'If another n8n with a copy of this database is reached there, it gets no events of this workflow any more.';

/** Without the path, which can be a secret. */
function originOf(url: string): string | undefined {
	return URL.canParse(url) ? new URL(url).origin : undefined;
}

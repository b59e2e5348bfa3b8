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

/** How often an unclear creation is looked at again before giving up. */
const MAX_ROUNDS = 3;

/** Keeps exactly one right webhook of one trigger with the vendor, and touches nobody else's. */
export class HookKeeper {
	constructor(
		private readonly api: HookApi,
		private readonly wanted: WantedHook,
		private readonly memory: HookMemory,
	) {}

	/** Whether the one webhook there is needs nothing. */
	async isSettled(): Promise<boolean> {
		const plan = await this.plan();
		if (!isSettled(plan)) return false;
		// Found without being remembered, as after a restored backup.
		if (plan.keep !== undefined && plan.keep !== this.memory.hookId) this.memory.remember({ id: plan.keep });
		return true;
	}

	/** Creates, mends, resumes and removes until exactly one right webhook is left. */
	async settle(): Promise<void> {
		for (let round = 1; round <= MAX_ROUNDS; round += 1) {
			if (await this.carryOut(await this.plan())) return;
		}
		throw new Error(
			'It stayed unclear whether the webhook was created: the vendor broke off or failed each time. Try again later.',
		);
	}

	/** Removes every webhook that is provably this trigger's. One that stays does not keep the others. */
	async removeAll(): Promise<void> {
		const own = ownHooks(this.wanted, await this.api.list(), this.remembered);
		const results = await Promise.allSettled(own.map(async ({ id }) => await this.api.remove(id)));
		const failed = results.find((result) => result.status === 'rejected');
		if (failed) throw failed.reason;
		this.memory.forget();
	}

	private async plan(): Promise<HookPlan> {
		return reconcile(this.wanted, await this.api.list(), this.remembered);
	}

	private get remembered(): { hookId: string } | undefined {
		const { hookId } = this.memory;
		return hookId === undefined ? undefined : { hookId };
	}

	/** @returns false when a creation stayed unclear and the list has to be read again */
	private async carryOut({ create, deleteIds, keep, resume, rotate, update }: HookPlan): Promise<boolean> {
		if (create) {
			const created = await this.api.create(this.fields);
			if (created === undefined) return false;
			this.memory.remember(created);
		}
		if (keep !== undefined) {
			if (update !== undefined || resume !== undefined) await this.api.update(keep, this.fields);
			if (rotate !== undefined && this.api.rotateSecret) {
				this.memory.remember({ id: rotate, secret: await this.api.rotateSecret(rotate) });
			} else if (keep !== this.memory.hookId) {
				this.memory.remember({ id: keep });
			}
		}
		// Last, so that no event falls between two webhooks.
		for (const id of deleteIds) await this.api.remove(id);
		return true;
	}

	private get fields(): HookFields {
		const { events, url } = this.wanted;
		return { url, events, description: hookDescription(this.wanted) };
	}
}

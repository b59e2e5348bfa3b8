/** Which of the vendor's webhooks are a trigger's own, and what to do so that exactly one right one is left. */

/** A webhook registered with a vendor, in one shape for all vendors. */
export interface Hook {
	id: string;
	url: string;
	events: string[];
	active: boolean;
	description?: string | null;
}

/** Who a webhook belongs to, as written into its description. */
export interface Owner {
	instanceId: string;
	workflowId: string;
	nodeId: string;
	/** A test listener stands beside the production one of the same node, and neither may take the other's webhook. */
	mode: 'production' | 'test';
}

export interface WantedHook {
	url: string;
	events: readonly string[];
	owner: Owner;
	/**
	 * Who chose the secret. `caller`: we did, and can set it with any update; `tag` marks which one it is.
	 * `vendor`: it was told once, for the remembered webhook; `known` says whether we still have it.
	 */
	secret: { chosenBy: 'caller'; tag: string } | { chosenBy: 'vendor'; known: boolean };
}

export type Drift = 'url' | 'events' | 'description' | 'secret';

/** Do what is set, in this order. Superfluous webhooks go last, so that no event falls between two. */
export interface HookPlan {
	/** The webhook to stay. Absent: create one. */
	keep?: string;
	create: boolean;
	/** Set URL, events and description anew, and the secret where the caller chooses it. */
	update?: { id: string; drift: Drift[] };
	/** Switch it on again after the vendor, or somebody, switched it off. */
	resume?: string;
	/** Ask the vendor for a new secret: the old one is lost. */
	rotate?: string;
	deleteIds: string[];
}

/** Nothing to do: the one webhook there is is right. */
export function isSettled(plan: HookPlan): boolean {
	return !plan.create && !plan.update && !plan.resume && !plan.rotate && plan.deleteIds.length === 0;
}

/** What leaves exactly one right webhook of ours among those found, and touches nobody else's. */
export function reconcile(
	wanted: WantedHook,
	found: readonly Hook[],
	remembered?: { hookId: string },
): HookPlan {
	const [best, ...others] = ownHooks(wanted, found, remembered)
		.map((hook) => ({ hook, merits: merits(wanted, hook, remembered) }))
		.sort((a, b) => compareMerits(b.merits, a.merits))
		.map(({ hook }) => hook);
	if (!best) return { create: true, deleteIds: [] };

	const drift = driftOf(wanted, best);
	const secretLost =
		wanted.secret.chosenBy === 'vendor' && !(wanted.secret.known && best.id === remembered?.hookId);
	return {
		keep: best.id,
		create: false,
		...(drift.length > 0 && { update: { id: best.id, drift } }),
		...(!best.active && { resume: best.id }),
		...(secretLost && { rotate: best.id }),
		deleteIds: others.map(({ id }) => id),
	};
}

/**
 * The webhooks proven to be this trigger's: they deliver to its URL, or carry its mark, or are remembered by id and carry
 * nobody's mark. The last condition matters for copied workflows, whose static data remembers the original's webhook.
 */
export function ownHooks(
	wanted: Pick<WantedHook, 'url' | 'owner'>,
	found: readonly Hook[],
	remembered?: { hookId: string },
): Hook[] {
	return found.filter((hook) => {
		if (sameUrl(hook.url, wanted.url)) return true;
		const mark = readMark(hook.description);
		return mark ? sameOwner(mark, wanted.owner) : hook.id === remembered?.hookId;
	});
}

/** What speaks for keeping a webhook, the weightiest first. */
function merits(wanted: WantedHook, hook: Hook, remembered: { hookId: string } | undefined): boolean[] {
	const isRemembered = hook.id === remembered?.hookId;
	return [
		wanted.secret.chosenBy === 'vendor' && wanted.secret.known && isRemembered,
		sameUrl(hook.url, wanted.url),
		hook.active,
		driftOf(wanted, hook).length === 0,
		isRemembered,
	];
}

function compareMerits(a: boolean[], b: boolean[]): number {
	const index = a.findIndex((merit, position) => merit !== b[position]);
	return index < 0 ? 0 : Number(a[index]) - Number(b[index]);
}

function driftOf(wanted: WantedHook, hook: Hook): Drift[] {
	const mark = readMark(hook.description);
	const isMarked = mark !== undefined && sameOwner(mark, wanted.owner);
	const drift: Array<[Drift, boolean]> = [
		['url', !sameUrl(hook.url, wanted.url)],
		['events', !sameSet(hook.events, wanted.events)],
		['description', !isMarked],
		['secret', wanted.secret.chosenBy === 'caller' && mark?.secret !== wanted.secret.tag],
	];
	return drift.filter(([, drifted]) => drifted).map(([name]) => name);
}

function sameUrl(a: string, b: string): boolean {
	return a === b || canonicalUrl(a) === canonicalUrl(b);
}

/** A vendor may hand back a URL with its host in lower case or its default port left out. */
function canonicalUrl(url: string): string {
	try {
		return new URL(url).href;
	} catch {
		return url;
	}
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
	const [left, right] = [new Set(a), new Set(b)];
	return left.size === right.size && [...left].every((event) => right.has(event));
}

function sameOwner(a: Owner, b: Owner): boolean {
	return OWNER_FIELDS.every((field) => a[field] === b[field]);
}

const OWNER_FIELDS = ['instanceId', 'workflowId', 'nodeId', 'mode'] as const;

/** The description's machine-readable end: who owns the webhook, and the tag of a secret that the caller chose. */
export interface Mark extends Owner {
	secret?: string;
}

/** The description of a webhook of ours: a line for whoever reads the vendor's dashboard, and the mark. */
export function hookDescription({ owner, secret }: Pick<WantedHook, 'owner' | 'secret'>): string {
	const fields: Array<[string, string]> = [
		['mode', owner.mode],
		['instance', owner.instanceId],
		['workflow', owner.workflowId],
		['node', owner.nodeId],
	];
	if (secret.chosenBy === 'caller') fields.push(['secret', secret.tag]);
	const mark = fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(' ');
	return `Managed by an n8n workflow; unpublish (deactivate) the workflow to remove it. [n8n-hook v1 ${mark}]`;
}

/** The mark in a description; undefined where there is none or it is cut short. */
export function readMark(description: string | null | undefined): Mark | undefined {
	const text = /\[n8n-hook v1 ([^[\]]{1,1000})\]/.exec(description ?? '')?.[1];
	if (text === undefined) return undefined;
	const fields = new Map(text.split(' ').map((field): [string, string] => splitOnce(field, '=')));
	const mode = fields.get('mode');
	const [instanceId, workflowId, nodeId, secret] = ['instance', 'workflow', 'node', 'secret'].map((name) =>
		decoded(fields.get(name)),
	);
	if (!instanceId || !workflowId || !nodeId || (mode !== 'production' && mode !== 'test')) return undefined;
	return { instanceId, workflowId, nodeId, mode, ...(secret && { secret }) };
}

function splitOnce(text: string, separator: string): [string, string] {
	const at = text.indexOf(separator);
	return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decoded(text: string | undefined): string | undefined {
	try {
		return text && decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

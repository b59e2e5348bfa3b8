import type { Vendor } from './journal';

export const retryAfterForms = ['seconds', 'date', 'body', 'none'] as const;
export type RetryAfterForm = (typeof retryAfterForms)[number];

/** What goes wrong. Kinds that end in `AfterWork`, and those that spoil the answer, let the operation happen first. */
export type FaultKind =
	| { kind: 'tooManyRequests'; retryAfter?: RetryAfterForm; retryAfterSeconds?: number }
	| { kind: 'serverError' }
	| { kind: 'badGatewayHtml' }
	| { kind: 'serviceUnavailable' }
	| { kind: 'gatewayTimeout' }
	| { kind: 'resetBeforeWork' }
	| { kind: 'resetAfterWork' }
	| { kind: 'serverErrorAfterWork' }
	| { kind: 'slow'; delayMs: number }
	| { kind: 'truncatedJson' }
	| { kind: 'notJson' }
	| { kind: 'emptyBody' }
	/** Revokes the token the request came with, for good, and answers 401. */
	| { kind: 'tokenRevoked' }
	/** Any answer at all, in place of the work. */
	| { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string };

export const faultKinds: ReadonlyArray<FaultKind['kind']> = [
	'tooManyRequests',
	'serverError',
	'badGatewayHtml',
	'serviceUnavailable',
	'gatewayTimeout',
	'resetBeforeWork',
	'resetAfterWork',
	'serverErrorAfterWork',
	'slow',
	'truncatedJson',
	'notJson',
	'emptyBody',
	'tokenRevoked',
	'answer',
];

export interface FaultSelection {
	vendor: Vendor;
	/** Any method where absent. */
	method?: string;
	/** A route's pattern (`/v1/leads/:id`) or a path, `*` standing for anything; any route where absent. */
	path?: string;
	/** Strikes every n-th matching request, the n-th one first; every one where absent. */
	everyNth?: number;
	/** Strikes so many times and then no more; without it once, or without end beside `everyNth`. */
	count?: number;
}

export type FaultSpec = FaultSelection & FaultKind;

export type Fault = FaultSpec & { id: number; seen: number; struck: number };

function pathMatcher(pattern: string): (path: string) => boolean {
	const source = pattern
		.split('*')
		.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('.*');
	const expression = new RegExp(`^${source}$`);
	return (path) => expression.test(path);
}

/**
 * The faults in force. A request that a quota or a credential check already refused meets none,
 * so `everyNth` counts the requests that would have been served.
 */
export class Faults {
	private faults: Array<Fault & { matches: (path: string) => boolean }> = [];
	private lastId = 0;

	add(spec: FaultSpec): number {
		if (!faultKinds.includes(spec.kind)) throw new Error(`Unknown fault kind: ${spec.kind}`);
		this.lastId += 1;
		this.faults.push({
			...spec,
			id: this.lastId,
			seen: 0,
			struck: 0,
			matches: spec.path === undefined ? () => true : pathMatcher(spec.path),
		});
		return this.lastId;
	}

	remove(id: number): boolean {
		const before = this.faults.length;
		this.faults = this.faults.filter((fault) => fault.id !== id);
		return this.faults.length < before;
	}

	clear(): void {
		this.faults = [];
	}

	list(): Fault[] {
		return this.faults.map(({ matches: _matches, ...fault }) => fault);
	}

	/** The fault this request meets, if any; the first that is due wins and the others do not count it. */
	next(vendor: Vendor, method: string, route: string, path: string): Fault | undefined {
		for (const fault of this.faults) {
			if (fault.vendor !== vendor) continue;
			if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
			if (!fault.matches(route) && !fault.matches(path)) continue;
			const count = fault.count ?? (fault.everyNth === undefined ? 1 : Infinity);
			if (fault.struck >= count) continue;
			fault.seen += 1;
			if (fault.seen % (fault.everyNth ?? 1) !== 0) continue;
			fault.struck += 1;
			return fault;
		}
		return undefined;
	}
}

import { randomUUID } from 'node:crypto';

import type { INodeParameters } from 'n8n-workflow';

import type { FaultKind } from '../../sandbox/http/faults';
import type { JournalEntry } from '../../sandbox/http/journal';
import { startBench, type TestBench } from '../support/bench';
import { TriggerBench } from '../support/engine/hooks';

/**
 * Every fault of the sandbox at every kind of operation: what comes out, how often it was sent, what
 * the vendor has afterwards, and what the user reads. One bench a test: a fault must not slow down
 * or pause the next one.
 */

// Being sure what a silent server did with a lead takes half a minute.
jest.setTimeout(90_000);

let bench: TestBench;
beforeEach(async () => {
	bench = await startBench({ plan: 'enterprise', windowMs: 2_000 });
});
afterEach(async () => await bench.stop());

const EMAIL = 'matrix@example.com';

/** How an operation may end under a fault. */
type Ending =
	/** As if nothing had happened, sent so many times. */
	| { readonly done: number }
	/** Refused or failed at the first try, nothing sent again. */
	| { readonly fails: RegExp }
	/** Nobody knows, so it is said and not repeated. */
	| 'unknown';

interface Kind {
	/** The request that the fault strikes. */
	readonly method: string;
	readonly path: string;
	/** Makes what the operation needs. @returns the parameters */
	prepare(): INodeParameters | Promise<INodeParameters>;
	/** What the vendor must have after success. */
	check(): void;
	/** How many more records than before there may be after an unknown or failed outcome. */
	readonly created?: () => number;
}

const state = () => bench.sandbox.salesOs.state;

const KINDS = {
	read: {
		method: 'GET',
		path: '/v1/leads/:id',
		prepare: () => ({ resource: 'lead', operation: 'get', leadId: bench.sandbox.salesOs.seedLeads(1)[0].id }),
		check: () => expect(state().leads.all()).toHaveLength(1),
	},
	list: {
		method: 'GET',
		path: '/v1/leads',
		prepare: () => {
			bench.sandbox.salesOs.seedLeads(150);
			return { resource: 'lead', operation: 'getAll', returnAll: true };
		},
		check: () => expect(state().leads.all()).toHaveLength(150),
	},
	createLead: {
		method: 'POST',
		path: '/v1/leads',
		prepare: () => ({ resource: 'lead', operation: 'create', name: 'Matrix', email: EMAIL }),
		check: () => expect(state().leads.all().map(({ email }) => email)).toEqual([EMAIL]),
		created: () => state().leads.all().length,
	},
	createDeal: {
		method: 'POST',
		path: '/v1/deals',
		prepare: () => ({ resource: 'deal', operation: 'create', name: 'Matrix' }),
		check: () => expect(state().deals.all().map(({ name }) => name)).toEqual(['Matrix']),
		created: () => state().deals.all().length,
	},
	update: {
		method: 'PATCH',
		path: '/v1/leads/:id',
		prepare: () => ({
			resource: 'lead',
			operation: 'update',
			leadId: bench.sandbox.salesOs.seedLeads(1)[0].id,
			updateFields: { company: 'Changed Ltda.' },
		}),
		check: () => expect(state().leads.all()[0].company).toBe('Changed Ltda.'),
	},
	delete: {
		method: 'DELETE',
		path: '/v1/leads/:id',
		prepare: () => ({ resource: 'lead', operation: 'delete', leadId: bench.sandbox.salesOs.seedLeads(1)[0].id }),
		check: () => expect(state().leads.all()).toHaveLength(0),
	},
	activitySync: {
		method: 'POST',
		path: '/functions/v1/default-integration',
		prepare: async () => {
			const collaborator = { externalId: 'matrix', name: 'Ana', email: EMAIL };
			const synced = await bench.salesOs({ resource: 'collaborator', operation: 'sync', ...collaborator });
			expect(synced.error).toBeUndefined();
			bench.sandbox.journal.clear();
			return {
				resource: 'activity',
				operation: 'sync',
				activityCode: '001',
				externalId: 'matrix-1',
				collaboratorEmail: EMAIL,
			};
		},
		check: () => expect(state().activities.all()).toHaveLength(1),
		created: () => state().activities.all().length,
	},
} satisfies Record<string, Kind>;

type KindName = keyof typeof KINDS;

const SAFE: readonly KindName[] = ['read', 'list', 'delete', 'activitySync'];
const UNSAFE: readonly KindName[] = ['createDeal', 'update'];

const FAULTS = {
	'429 with seconds': { kind: 'tooManyRequests', retryAfter: 'seconds', retryAfterSeconds: 1 },
	'429 with a date': { kind: 'tooManyRequests', retryAfter: 'date', retryAfterSeconds: 1 },
	'429 with a body field': { kind: 'tooManyRequests', retryAfter: 'body', retryAfterSeconds: 1 },
	'429 without a hint': { kind: 'tooManyRequests', retryAfter: 'none' },
	'500': { kind: 'serverError' },
	'500 after the work': { kind: 'serverErrorAfterWork' },
	'502 with HTML': { kind: 'badGatewayHtml' },
	'503': { kind: 'serviceUnavailable' },
	'504': { kind: 'gatewayTimeout' },
	'reset before the work': { kind: 'resetBeforeWork' },
	'reset after the work': { kind: 'resetAfterWork' },
	'too slow an answer': { kind: 'slow', delayMs: 2_500 },
	'truncated JSON': { kind: 'truncatedJson' },
	'a body that is not JSON': { kind: 'notJson' },
	'an empty body': { kind: 'emptyBody' },
	'a revoked token': { kind: 'tokenRevoked' },
} satisfies Record<string, FaultKind>;

type FaultName = keyof typeof FAULTS;

const TWICE: Ending = { done: 2 };
const FAILS: Ending = { fails: /^SalesOS refused the request: / };

/** What follows from the method; the exceptions stand below. */
const ENDINGS: Readonly<Record<FaultName, { safe: Ending; unsafe: Ending; lead: Ending }>> = {
	'429 with seconds': { safe: TWICE, unsafe: TWICE, lead: TWICE },
	'429 with a date': { safe: TWICE, unsafe: TWICE, lead: TWICE },
	'429 with a body field': { safe: TWICE, unsafe: TWICE, lead: TWICE },
	'429 without a hint': { safe: TWICE, unsafe: TWICE, lead: TWICE },
	'500': { safe: FAILS, unsafe: 'unknown', lead: TWICE },
	'500 after the work': { safe: FAILS, unsafe: 'unknown', lead: { done: 1 } },
	'502 with HTML': { safe: TWICE, unsafe: 'unknown', lead: TWICE },
	'503': { safe: TWICE, unsafe: 'unknown', lead: TWICE },
	'504': { safe: TWICE, unsafe: 'unknown', lead: TWICE },
	'reset before the work': { safe: TWICE, unsafe: 'unknown', lead: TWICE },
	'reset after the work': { safe: TWICE, unsafe: 'unknown', lead: { done: 1 } },
	'too slow an answer': { safe: TWICE, unsafe: 'unknown', lead: { done: 1 } },
	'truncated JSON': { safe: TWICE, unsafe: 'unknown', lead: { done: 1 } },
	'a body that is not JSON': { safe: TWICE, unsafe: 'unknown', lead: { done: 1 } },
	'an empty body': { safe: TWICE, unsafe: 'unknown', lead: { done: 1 } },
	// n8n itself fetches a new token and sends again.
	'a revoked token': { safe: TWICE, unsafe: TWICE, lead: TWICE },
};

/** A list of two pages is sent once more than its faulty page; a deletion needs no body. */
const EXCEPTIONS: Partial<Record<`${KindName}: ${FaultName}`, Ending>> = {
	'delete: an empty body': { done: 1 },
};

function endingOf(kind: KindName, fault: FaultName): Ending {
	const own = EXCEPTIONS[`${kind}: ${fault}`];
	if (own) return own;
	const column = kind === 'createLead' ? 'lead' : SAFE.includes(kind) ? 'safe' : 'unsafe';
	const ending = ENDINGS[fault][column];
	return kind === 'list' && typeof ending === 'object' && 'done' in ending ? { done: ending.done + 1 } : ending;
}

const CASES = ([...SAFE, ...UNSAFE, 'createLead'] as const).flatMap((kind) =>
	(Object.keys(FAULTS) as FaultName[]).map((fault) => ({ kind, fault })),
);

test.each(CASES)('$kind, $fault', async ({ fault, kind }) => {
	const { check, created, method, path, prepare }: Kind = KINDS[kind];
	const parameters = await prepare();
	bench.sandbox.faults.add({ vendor: 'salesOs', method, path, ...FAULTS[fault] });
	const { error, items } = await bench.salesOs({ ...parameters, options: { timeout: 1 } });

	const sends = sendsTo(method, path);
	const ending = endingOf(kind, fault);
	if (ending === 'unknown') {
		expect(error?.message).toMatch(/^It is not known whether SalesOS carried out the request: \S/);
		expect(error?.description).toContain('not repeated');
		expect(error?.context?.itemIndex).toBe(0);
		expect(sends).toHaveLength(1);
		if (created) expect(created()).toBeLessThanOrEqual(1);
		return;
	}
	if ('fails' in ending) {
		expect(error?.message).toMatch(ending.fails);
		expect(error?.description).toMatch(/status 500/);
		expect(error?.httpCode).toBe('500');
		expect(sends).toHaveLength(1);
		return;
	}
	expect(error).toBeUndefined();
	expect(items.length).toBeGreaterThan(0);
	expect(sends).toHaveLength(ending.done);
	check();
});

function sendsTo(method: string, path: string): JournalEntry[] {
	return bench.sandbox.journal.list({ vendor: 'salesOs', method, path });
}

describe('registering a trigger', () => {
	test.each(Object.keys(FAULTS) as FaultName[])('%s', async (fault) => {
		const { audience, authOrigin, clientId, clientSecret, origin } = bench.sandbox.salesOs;
		const salesOsOAuth2Api = bench.engine.credentials.add('salesOsOAuth2Api', {
			grantType: 'clientCredentials',
			environment: 'custom',
			baseUrl: origin,
			authBaseUrl: authOrigin,
			clientId,
			clientSecret,
			audience,
		});
		const node = bench.engine.node({
			type: 'salesOsTrigger',
			parameters: { registration: 'automatic', events: ['lead.created'] },
			credentials: { salesOsOAuth2Api },
		});
		const trigger = new TriggerBench(bench.engine, { ...node, webhookId: randomUUID() });
		// A registration waits up to 30 s for an answer; a slow one is left to the operations above.
		const struck: FaultKind = FAULTS[fault].kind === 'slow' ? { kind: 'resetAfterWork' } : FAULTS[fault];
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', path: '/v1/webhooks', ...struck });
		await trigger.hook('create');
		const hooks = state().webhooks.all();
		expect(hooks).toHaveLength(1);
		expect(hooks[0]).toMatchObject({ url: trigger.url, events: ['lead.created'], active: true });
	});
});

import type { Sandbox } from '../../../sandbox';
import type { HookMethod, TriggerBench } from '../../support/engine/hooks';
import type { TableChange } from './bench';
import { FAULT_NAMES, type FaultName, type Service } from './faults';
import { readTable } from './tables';

const COLUMNS = ['read', 'create', 'update', 'rotate', 'remove'] as const;
type Column = (typeof COLUMNS)[number];

export type Calls = Readonly<Record<string, number>>;

/** One request of a trigger that keeps its webhook, and what goes with it. */
export interface Step {
	readonly column: Column;
	readonly service: Service;
	readonly authentication?: 'signedApiKey';
	/** What n8n calls. */
	readonly hook: HookMethod;
	/** The request that the fault strikes, by method and route. */
	readonly call: string;
	/** Requests that go before it and after it where nothing goes wrong. */
	readonly before?: Calls;
	readonly after?: Calls;
	readonly status?: number;
	readonly expects?: string;
	/** Brings about what the step is to mend; the trigger is registered by then. */
	prepare?(trigger: TriggerBench, sandbox: Sandbox): void;
	/** What is different in the sandbox when it was carried out once. */
	readonly changes: Readonly<Record<string, TableChange>>;
}

const URL = expect.stringMatching(/^https:\/\/n8n\.example\.com\/webhook\//) as string;
const OURS = expect.stringContaining('[n8n-hook v1 mode=production ') as string;
export const SALES_OS_LIST = 'GET /v1/webhooks';
const ME = 'GET /api/v1/me';
export const OUTBOUND_SYNC_LIST = 'GET /api/v1/webhooks';

const salesOsAdded = { webhooks: { added: [{ url: URL, events: ['lead.created'], active: true, description: OURS }] } };
const outboundSyncAdded = { 'outboundSync.webhooks': { added: [{ url: URL, enabledEvents: ['sync.failed'], isActive: true, description: OURS }] } };

const salesOsDrift = (_trigger: TriggerBench, { salesOs: { state } }: Sandbox): void => {
	state.webhooks.change(state.webhooks.all()[0].id, { events: ['lead.deleted'], active: false });
};
const outboundSyncDrift = (_trigger: TriggerBench, { outboundSync: { state } }: Sandbox): void => {
	state.webhooks.change(state.webhooks.all()[0].id, { enabledEvents: ['sync.recovered'], isActive: false });
};
const loseSecret = ({ staticData }: TriggerBench): void => void delete staticData.secret;
const registered = (): void => undefined;

const salesOsCreate = { column: 'create', service: 'SalesOS', hook: 'create', call: 'POST /v1/webhooks', before: { [SALES_OS_LIST]: 1 }, status: 201, changes: salesOsAdded } as const;

export const STEPS = {
	'SalesOS: list the webhooks': { column: 'read', service: 'SalesOS', hook: 'create', call: SALES_OS_LIST, after: { 'POST /v1/webhooks': 1 }, expects: 'a list', changes: salesOsAdded },
	'SalesOS: create': salesOsCreate,
	'SalesOS, signed: create': { ...salesOsCreate, authentication: 'signedApiKey' },
	'SalesOS: update': {
		column: 'update',
		service: 'SalesOS',
		hook: 'create',
		call: 'PATCH /v1/webhooks/:id',
		before: { [SALES_OS_LIST]: 1 },
		prepare: salesOsDrift,
		changes: { webhooks: { changed: [{ events: ['lead.created'], active: true }] } },
	},
	'SalesOS: remove': { column: 'remove', service: 'SalesOS', hook: 'delete', call: 'DELETE /v1/webhooks/:id', before: { [SALES_OS_LIST]: 1 }, prepare: registered, changes: { webhooks: { removed: [{ url: URL }] } } },
	'OutboundSync: look at the key': { column: 'read', service: 'OutboundSync', hook: 'create', call: ME, after: { [OUTBOUND_SYNC_LIST]: 1, 'POST /api/v1/webhooks': 1 }, expects: 'a record', changes: outboundSyncAdded },
	'OutboundSync: list the webhooks': { column: 'read', service: 'OutboundSync', hook: 'create', call: OUTBOUND_SYNC_LIST, before: { [ME]: 1 }, after: { 'POST /api/v1/webhooks': 1 }, expects: 'a list', changes: outboundSyncAdded },
	'OutboundSync: create': { column: 'create', service: 'OutboundSync', hook: 'create', call: 'POST /api/v1/webhooks', before: { [ME]: 1, [OUTBOUND_SYNC_LIST]: 1 }, status: 201, changes: outboundSyncAdded },
	'OutboundSync: update': {
		column: 'update',
		service: 'OutboundSync',
		hook: 'create',
		call: 'PATCH /api/v1/webhooks/:id',
		before: { [ME]: 1, [OUTBOUND_SYNC_LIST]: 1 },
		prepare: outboundSyncDrift,
		changes: { 'outboundSync.webhooks': { changed: [{ enabledEvents: ['sync.failed'], isActive: true }] } },
	},
	'OutboundSync: rotate the secret': {
		column: 'rotate',
		service: 'OutboundSync',
		hook: 'create',
		call: 'POST /api/v1/webhooks/:id/rotate-secret',
		before: { [ME]: 1, [OUTBOUND_SYNC_LIST]: 1 },
		prepare: loseSecret,
		changes: { 'outboundSync.webhooks': { changed: [{ secret: expect.any(String) as string }] } },
	},
	'OutboundSync: remove': {
		column: 'remove',
		service: 'OutboundSync',
		hook: 'delete',
		call: 'DELETE /api/v1/webhooks/:id',
		before: { [OUTBOUND_SYNC_LIST]: 1 },
		prepare: registered,
		changes: { 'outboundSync.webhooks': { removed: [{ url: URL }] } },
	},
} satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;

export const STEP_NAMES = Object.keys(STEPS) as StepName[];

/**
 * How a step ends; `done`, `again`, `believed`, `fails`, `later` and `gives up` as in outcomes.ts.
 * - `adopted`: sent once; the list shows that it was carried out, and the webhook is kept. OutboundSync gives it a new secret.
 * - `listed, again`: the list shows that it was not carried out, and so it is sent again.
 * - `unclear`: sent three times, each after the list had shown that it was not carried out, and the error says so.
 * - `untold`: sent once, and the error says that no secret was told.
 */
const WORDS = ['done', 'again', 'adopted', 'listed, again', 'believed', 'fails', 'later', 'gives up', 'unclear', 'untold'] as const;
export type StepWord = (typeof WORDS)[number];

const ONCE = `
	| the fault strikes once | read  | create        | update   | rotate | remove   |
	| ---------------------- | ----- | ------------- | -------- | ------ | -------- |
	| 429, seconds           | again | again         | again    | again  | again    |
	| 429, date              | again | again         | again    | again  | again    |
	| 429, in the body       | again | again         | again    | again  | again    |
	| 429, no hint           | again | again         | again    | again  | again    |
	| 429, above Max Wait    | later | later         | later    | later  | later    |
	| 401                    | again | again         | again    | again  | again    |
	| 403                    | fails | fails         | fails    | fails  | fails    |
	| 422                    | fails | fails         | fails    | fails  | fails    |
	| a redirect             | fails | fails         | fails    | fails  | fails    |
	| 500                    | fails | listed, again | fails    | fails  | fails    |
	| 500 after the work     | fails | adopted       | fails    | fails  | fails    |
	| 502, HTML              | again | listed, again | again    | again  | again    |
	| 503                    | again | listed, again | again    | again  | again    |
	| 504                    | again | listed, again | again    | again  | again    |
	| reset before the work  | again | listed, again | again    | again  | again    |
	| reset after the work   | again | adopted       | again    | again  | again    |
	| too slow an answer     | again | adopted       | again    | again  | again    |
	| truncated JSON         | again | adopted       | again    | again  | again    |
	| not JSON               | again | adopted       | again    | again  | again    |
	| an empty body          | again | adopted       | again    | again  | done     |
	| other JSON             | again | listed, again | believed | untold | believed |
`;

/** A slow answer is left out: each one takes half a minute. */
const LASTING = `
	| the fault lasts        | read     | create   | update   | rotate   | remove   |
	| ---------------------- | -------- | -------- | -------- | -------- | -------- |
	| 429, seconds           | gives up | gives up | gives up | gives up | gives up |
	| 429, date              | gives up | gives up | gives up | gives up | gives up |
	| 429, in the body       | gives up | gives up | gives up | gives up | gives up |
	| 429, no hint           | gives up | gives up | gives up | gives up | gives up |
	| 429, above Max Wait    | later    | later    | later    | later    | later    |
	| 401                    | fails    | fails    | fails    | fails    | fails    |
	| 403                    | fails    | fails    | fails    | fails    | fails    |
	| 422                    | fails    | fails    | fails    | fails    | fails    |
	| a redirect             | fails    | fails    | fails    | fails    | fails    |
	| 500                    | fails    | unclear  | fails    | fails    | fails    |
	| 500 after the work     | fails    | adopted  | fails    | fails    | fails    |
	| 502, HTML              | gives up | unclear  | gives up | gives up | gives up |
	| 503                    | gives up | unclear  | gives up | gives up | gives up |
	| 504                    | gives up | unclear  | gives up | gives up | gives up |
	| reset before the work  | gives up | unclear  | gives up | gives up | gives up |
	| reset after the work   | gives up | adopted  | gives up | gives up | again    |
	| truncated JSON         | gives up | adopted  | gives up | gives up | again    |
	| not JSON               | gives up | adopted  | gives up | gives up | again    |
	| an empty body          | gives up | adopted  | gives up | gives up | done     |
	| other JSON             | gives up | unclear  | believed | untold   | believed |
`;

/** The faults that are looked at in a registration. */
export const STEP_FAULTS = { once: FAULT_NAMES, lasting: FAULT_NAMES.filter((name) => name !== 'too slow an answer') };
export type StepDuration = keyof typeof STEP_FAULTS;

const TABLES = {
	once: readTable<FaultName, Column, StepWord>(ONCE, { columns: COLUMNS, rows: STEP_FAULTS.once, words: WORDS }),
	lasting: readTable<FaultName, Column, StepWord>(LASTING, { columns: COLUMNS, rows: STEP_FAULTS.lasting, words: WORDS }),
};

/** An API key that is revoked stays so; and what is not known of a key does not count against it. */
export function stepWordFor(duration: StepDuration, fault: FaultName, name: StepName): StepWord {
	if (fault === '401' && STEPS[name].service === 'OutboundSync') return 'fails';
	if (fault === 'other JSON' && name === 'OutboundSync: look at the key') return 'believed';
	return TABLES[duration](fault, STEPS[name].column);
}

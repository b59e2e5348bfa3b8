import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import type { TableChange } from './bench';
import type { Service } from './faults';

/**
 * - `read`: one record or a list.
 * - `delete`: the same in the end however often it is done.
 * - `write`: POST and PATCH, each of which could be carried out twice.
 * - `deduped`: POST that the vendor recognises as a repetition, or whose last sending is the one that counts.
 * - `lead`: the creation of a lead, which can be looked up by its email.
 */
export const COLUMNS = ['read', 'delete', 'write', 'deduped', 'lead'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Operation {
	readonly column: Column;
	readonly sender: 'outboundSync' | 'salesOs' | 'salesOsSigned';
	/** The request that the fault strikes, by method and route. */
	readonly call: string;
	/** Which of the requests to that call it strikes; the first unless given. */
	readonly nth?: 2;
	/** Requests that go before it and after it where nothing goes wrong. */
	readonly before?: Readonly<Record<string, number>>;
	readonly after?: Readonly<Record<string, number>>;
	/** The status of its honest answer; 200 unless given. */
	readonly status?: number;
	/** The form that its answer must have, as the error calls it; absent where any JSON will do. */
	readonly expects?: string;
	/** Makes what the operation needs. @returns its parameters */
	prepare(sandbox: Sandbox): INodeParameters;
	/** What is different in the sandbox when it was carried out once. */
	readonly changes: Readonly<Record<string, TableChange>>;
	/** What it puts out. @param isKnown whether an earlier sending had been carried out by then */
	output(sandbox: Sandbox, isKnown: boolean): IDataObject[];
	/** Safe to repeat, but not while the first one may still be under way. */
	readonly unlessLate?: boolean;
	/** What it puts out when it was carried out and the answer has no body; absent where a body is needed. */
	readonly withoutBody?: Operation['output'];
}

const EMAIL = 'matrix@example.com';
const byId = (value: number | string) => ({ __rl: true, mode: 'id', value });

const oneLead = ({ salesOs }: Sandbox) => salesOs.seedLeads(1)[0];
const oneDeal = ({ salesOs }: Sandbox) => salesOs.seedDeals(1)[0];
const leads = ({ salesOs }: Sandbox) => salesOs.state.leads.all();
const deals = ({ salesOs }: Sandbox) => salesOs.state.deals.all();
const hooks = ({ outboundSync }: Sandbox) => outboundSync.state.webhooks.all();
const someLeads = (sandbox: Sandbox): INodeParameters => {
	sandbox.salesOs.seedLeads(150);
	return { resource: 'lead', operation: 'getAll', returnAll: true };
};
/** In the order of the list, which is newest first. */
const leadsInOrder = (sandbox: Sandbox) => leads(sandbox).reverse().map(({ id }) => ({ id }));

/** 130 events at as many times: two pages. */
const someEvents = ({ outboundSync }: Sandbox): INodeParameters => {
	outboundSync.state.events.clear();
	for (let index = 0; index < 130; index += 1) {
		const createdAt = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
		outboundSync.state.events.put({ id: `osevt_${index}`, type: 'sync.failed', summary: 'S', data: {}, connectionId: 1, sourceId: 101, delivered: true, createdAt });
	}
	return { resource: 'event', operation: 'getAll', returnAll: true };
};
const eventsInOrder = () => Array.from({ length: 130 }, (_, index) => ({ id: `osevt_${129 - index}` }));

function newHook({ outboundSync }: Sandbox): string {
	const id = 'oswhk_0123456789abcdef01234567';
	outboundSync.state.webhooks.put({
		id,
		url: 'https://receiver.example.com/old',
		description: null,
		enabledEvents: ['sync.failed'],
		isActive: true,
		autoDisabledAt: null,
		secret: 'oswhsec_old',
		consecutiveDead: 0,
		createdAt: '2026-01-01T00:00:00.000Z',
		updatedAt: '2026-01-01T00:00:00.000Z',
	});
	return id;
}

function failedSync({ outboundSync }: Sandbox): number {
	const sync = outboundSync.state.syncs.all().find(({ crm, status }) => status === 'error' && crm === 'hubspot');
	if (!sync) throw new Error('The sandbox holds no failed sync to HubSpot');
	return sync.id;
}

/** SalesOS does not say what every write answers. */
const noRecord = () => [{}];

const LEAD = { name: 'Matrix', email: EMAIL };
const CREATE_LEAD = { resource: 'lead', operation: 'create', ...LEAD };
const newLead = { column: 'lead', sender: 'salesOs', call: 'POST /v1/leads', status: 201, expects: 'a lead', changes: { leads: { added: [LEAD] } }, output: (sandbox: Sandbox) => [{ id: leads(sandbox)[0].id, ...LEAD }] } as const;
const newDeal = { column: 'write', call: 'POST /v1/deals', status: 201, expects: 'a record', changes: { deals: { added: [{ name: 'Matrix' }] } }, output: (sandbox: Sandbox) => [{ id: deals(sandbox)[0].id, name: 'Matrix' }], withoutBody: noRecord } as const;
const readLead = {
	column: 'read',
	call: 'GET /v1/leads/:id',
	expects: 'a record',
	prepare: (sandbox: Sandbox) => ({ resource: 'lead', operation: 'get', leadId: oneLead(sandbox).id }),
	changes: {},
	output: (sandbox: Sandbox) => [{ id: leads(sandbox)[0].id }],
} as const;

export const OPERATIONS = {
	// Reading
	'get a lead': { ...readLead, sender: 'salesOs' },
	'get a lead, signed': { ...readLead, sender: 'salesOsSigned' },
	'list leads, page 1': { column: 'read', sender: 'salesOs', call: 'GET /v1/leads', after: { 'GET /v1/leads': 1 }, expects: 'a list', prepare: someLeads, changes: {}, output: leadsInOrder },
	'list leads, page 2': { column: 'read', sender: 'salesOs', call: 'GET /v1/leads', nth: 2, before: { 'GET /v1/leads': 1 }, expects: 'a list', prepare: someLeads, changes: {}, output: leadsInOrder },
	'get the account': {
		column: 'read',
		sender: 'outboundSync',
		call: 'GET /api/v1/me',
		expects: 'a record',
		prepare: () => ({ resource: 'account', operation: 'getMe' }),
		changes: {},
		output: () => [{ account: { id: 7001 } }],
	},
	'list sources': {
		column: 'read',
		sender: 'outboundSync',
		call: 'GET /api/v1/sources',
		expects: 'a list',
		prepare: () => ({ resource: 'source', operation: 'getAll', returnAll: true }),
		changes: {},
		output: ({ outboundSync }) => outboundSync.state.sources.all().map(({ id }) => ({ id })),
	},
	'list events, page 1': { column: 'read', sender: 'outboundSync', call: 'GET /api/v1/events', after: { 'GET /api/v1/events': 1 }, expects: 'a page of a list', prepare: someEvents, changes: {}, output: eventsInOrder },
	'list events, page 2': { column: 'read', sender: 'outboundSync', call: 'GET /api/v1/events', nth: 2, before: { 'GET /api/v1/events': 1 }, expects: 'a page of a list', prepare: someEvents, changes: {}, output: eventsInOrder },
	'upsert a lead, at the search': {
		column: 'read',
		sender: 'salesOs',
		call: 'GET /v1/leads',
		after: { 'POST /v1/leads': 1 },
		expects: 'a list',
		prepare: () => ({ ...CREATE_LEAD, operation: 'upsert' }),
		changes: newLead.changes,
		output: newLead.output,
	},

	// Deleting
	'delete a lead': {
		column: 'delete',
		sender: 'salesOs',
		call: 'DELETE /v1/leads/:id',
		prepare: (sandbox) => ({ resource: 'lead', operation: 'delete', leadId: oneLead(sandbox).id }),
		changes: { leads: { removed: [{ email: 'lead1@seed1.example' }] } },
		output: () => [{ deleted: true }],
	},
	'delete a webhook': {
		column: 'delete',
		sender: 'outboundSync',
		call: 'DELETE /api/v1/webhooks/:id',
		prepare: (sandbox) => ({ resource: 'webhook', operation: 'delete', webhookId: byId(newHook(sandbox)) }),
		changes: { 'outboundSync.webhooks': { removed: [{ url: 'https://receiver.example.com/old' }] } },
		output: () => [{ deleted: true }],
	},

	// Creating and changing
	'create a deal': { ...newDeal, sender: 'salesOs', prepare: () => ({ resource: 'deal', operation: 'create', name: 'Matrix' }) },
	'create a deal, signed': { ...newDeal, sender: 'salesOsSigned', prepare: () => ({ resource: 'deal', operation: 'create', name: 'Matrix' }) },
	'create a lead that is not to be looked up': { ...newLead, column: 'write', prepare: () => ({ ...CREATE_LEAD, options: { onUnknownOutcome: 'error' } }) },
	'invite a user': {
		column: 'write',
		sender: 'salesOs',
		call: 'POST /v1/users',
		status: 201,
		expects: 'a record',
		prepare: () => ({ resource: 'user', operation: 'create', ...LEAD, role: 'sales_rep' }),
		changes: { users: { added: [LEAD] } },
		output: () => [LEAD],
		withoutBody: noRecord,
	},
	'convert a lead': {
		column: 'write',
		sender: 'salesOs',
		call: 'POST /v1/leads/:id/convert',
		status: 201,
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'lead', operation: 'convert', leadId: oneLead(sandbox).id, additionalFields: { name: 'Matrix' } }),
		changes: { deals: { added: [{ name: 'Matrix' }] }, leads: { changed: [{ status: 'converted' }] } },
		output: (sandbox) => [{ name: 'Matrix', lead_id: leads(sandbox)[0].id }],
		withoutBody: noRecord,
	},
	'close a deal': {
		column: 'write',
		sender: 'salesOs',
		call: 'POST /v1/deals/:id/close',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'deal', operation: 'close', dealId: oneDeal(sandbox).id, outcome: 'won' }),
		changes: { deals: { changed: [{ status: 'won' }] } },
		output: (sandbox) => [{ id: deals(sandbox)[0].id, status: 'won' }],
		withoutBody: noRecord,
	},
	'move a deal': {
		column: 'write',
		sender: 'salesOs',
		call: 'POST /v1/deals/:id/move',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'deal', operation: 'move', dealId: oneDeal(sandbox).id, stageId: byId(sandbox.salesOs.state.stage('Closed Lost')?.id ?? '') }),
		changes: { deals: { changed: [{ status: 'lost' }] } },
		output: (sandbox) => [{ id: deals(sandbox)[0].id, status: 'lost' }],
		withoutBody: noRecord,
	},
	'update a lead': {
		column: 'write',
		sender: 'salesOs',
		call: 'PATCH /v1/leads/:id',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'lead', operation: 'update', leadId: oneLead(sandbox).id, updateFields: { company: 'Changed Ltda.' } }),
		changes: { leads: { changed: [{ company: 'Changed Ltda.' }] } },
		output: (sandbox) => [{ id: leads(sandbox)[0].id, company: 'Changed Ltda.' }],
		withoutBody: noRecord,
	},
	'upsert a lead that is there': {
		column: 'write',
		sender: 'salesOs',
		call: 'PATCH /v1/leads/:id',
		before: { 'GET /v1/leads': 1 },
		expects: 'a record',
		prepare: (sandbox) => {
			sandbox.salesOs.addLead({ email: EMAIL, name: 'Old' });
			return { ...CREATE_LEAD, operation: 'upsert' };
		},
		changes: { leads: { changed: [{ name: 'Matrix' }] } },
		output: newLead.output,
		withoutBody: newLead.output,
	},
	'create a webhook': {
		column: 'write',
		sender: 'outboundSync',
		call: 'POST /api/v1/webhooks',
		status: 201,
		expects: 'a record',
		prepare: () => ({ resource: 'webhook', operation: 'create', url: 'https://receiver.example.com/new' }),
		changes: { 'outboundSync.webhooks': { added: [{ url: 'https://receiver.example.com/new' }] } },
		output: (sandbox) => [{ id: hooks(sandbox)[0].id }],
	},
	'update a webhook': {
		column: 'write',
		sender: 'outboundSync',
		call: 'PATCH /api/v1/webhooks/:id',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'webhook', operation: 'update', webhookId: byId(newHook(sandbox)), updateFields: { url: 'https://receiver.example.com/new' } }),
		changes: { 'outboundSync.webhooks': { changed: [{ url: 'https://receiver.example.com/new' }] } },
		output: () => [{ url: 'https://receiver.example.com/new' }],
	},
	'retry a sync': {
		column: 'write',
		sender: 'outboundSync',
		call: 'POST /api/v1/syncs/:id/retry',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'sync', operation: 'retry', syncId: failedSync(sandbox) }),
		changes: { 'outboundSync.syncs': { changed: [{ status: 'success' }] } },
		output: () => [{ queued: true }],
	},

	// Deduped
	'sync an activity': {
		column: 'deduped',
		sender: 'salesOs',
		call: 'POST /functions/v1/default-integration',
		expects: 'a record',
		prepare: ({ salesOs }) => ({
			resource: 'activity',
			operation: 'sync',
			activityCode: '001',
			externalId: 'matrix-1',
			collaboratorEmail: salesOs.state.users.all()[0].email,
		}),
		changes: { activities: { added: [{ external_id: 'matrix-1' }] } },
		output: (_sandbox, isKnown) => [{ external_id: 'matrix-1', result: isKnown ? 'duplicate' : 'processed' }],
	},
	'sync a collaborator': {
		column: 'deduped',
		sender: 'salesOs',
		call: 'POST /functions/v1/default-integration',
		expects: 'a record',
		prepare: () => ({ resource: 'collaborator', operation: 'sync', externalId: 'matrix', ...LEAD }),
		changes: { collaborators: { added: [LEAD] } },
		output: (_sandbox, isKnown) => [{ email: EMAIL, result: isKnown ? 'existing' : 'created' }],
	},
	'rotate the secret of a webhook': {
		column: 'deduped',
		unlessLate: true,
		sender: 'outboundSync',
		call: 'POST /api/v1/webhooks/:id/rotate-secret',
		expects: 'a record',
		prepare: (sandbox) => ({ resource: 'webhook', operation: 'rotateSecret', webhookId: byId(newHook(sandbox)), includeSecret: true }),
		changes: { 'outboundSync.webhooks': { changed: [{ secret: expect.stringMatching(/^oswhsec_.{20}/) as string }] } },
		output: (sandbox) => [{ signingSecret: hooks(sandbox)[0].secret }],
	},

	// Looked up by email
	'create a lead': { ...newLead, prepare: () => CREATE_LEAD },
	'upsert a lead that is new': { ...newLead, before: { 'GET /v1/leads': 1 }, prepare: () => ({ ...CREATE_LEAD, operation: 'upsert' }) },
} satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;

export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];

export function operationOf(name: OperationName): Operation {
	return OPERATIONS[name];
}

export function serviceOf({ sender }: Pick<Operation, 'sender'>): Service {
	return sender === 'outboundSync' ? 'OutboundSync' : 'SalesOS';
}

import type { INodeParameters } from 'n8n-workflow';

import type { Sender } from './bench';

const LEAD_ID = '3f2c1d7e-8a4b-4c55-9e0d-2b7a6c1f0e93';

/** One of each kind of operation that meets a server's answer in its own way. */
export interface Operation {
	readonly sender: Sender;
	readonly parameters: INodeParameters;
	/** `write`: nobody knows what an unusable answer means. `file`: any bytes will do. */
	readonly kind: 'file' | 'read' | 'write';
}

const request = (path: string): INodeParameters => ({ resource: 'apiRequest', operation: 'request', method: 'GET', path });
const download = { responseFormat: 'file', outputBinaryField: 'data' };
const hook = { resource: 'webhook', operation: 'create', url: 'https://n8n.example.com/hook' };

export const OPERATIONS = {
	'SalesOS: get': { sender: 'salesOs', kind: 'read', parameters: { resource: 'lead', operation: 'get', leadId: LEAD_ID, simplify: false } },
	'SalesOS: get many': { sender: 'salesOs', kind: 'read', parameters: { resource: 'lead', operation: 'getAll', returnAll: true, simplify: false } },
	'SalesOS: create': { sender: 'salesOs', kind: 'write', parameters: { resource: 'deal', operation: 'create', name: 'Fleet' } },
	'SalesOS: API request': { sender: 'salesOs', kind: 'read', parameters: request('/v1/leads') },
	'SalesOS: download': { sender: 'salesOs', kind: 'file', parameters: { ...request('/v1/files/1'), ...download } },
	'SalesOS, signed: get': { sender: 'salesOsSigned', kind: 'read', parameters: { resource: 'lead', operation: 'get', leadId: LEAD_ID, simplify: false } },
	'SalesOS, signed: create': { sender: 'salesOsSigned', kind: 'write', parameters: { resource: 'deal', operation: 'create', name: 'Fleet' } },
	'OutboundSync: get': { sender: 'outboundSync', kind: 'read', parameters: { resource: 'account', operation: 'getMe' } },
	'OutboundSync: get many': { sender: 'outboundSync', kind: 'read', parameters: { resource: 'event', operation: 'getAll', returnAll: true, simplify: false } },
	'OutboundSync: create': { sender: 'outboundSync', kind: 'write', parameters: hook },
	'OutboundSync: API request': { sender: 'outboundSync', kind: 'read', parameters: request('/me') },
	'OutboundSync: download': { sender: 'outboundSync', kind: 'file', parameters: { ...request('/files/1'), ...download } },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export const NAMES = Object.keys(OPERATIONS) as OperationName[];

export function namesOf(...kinds: ReadonlyArray<Operation['kind']>): OperationName[] {
	return NAMES.filter((name) => kinds.includes(OPERATIONS[name].kind));
}

/** Parameters with a time-out of one second, sent once. */
export function once({ parameters }: Operation, options: INodeParameters = {}): INodeParameters {
	return { ...parameters, options: { timeout: 1, maxRetries: 0, ...options } };
}

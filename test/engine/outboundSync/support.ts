import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import type { JournalEntry } from '../../../sandbox/http/journal';
import type { OutboundSyncState } from '../../../sandbox/outboundSync/state';
import type { NodeRunResult } from '../../support/engine';
import type { RunOptions, TestBench } from '../../support/bench';

export const DAY_MS = 86_400_000;

/** A resource locator as the editor saves it. */
export function byId(value: number | string): INodeParameters {
	return { __rl: true, mode: 'id', value: String(value) };
}

export function daysAgo(days: number): string {
	return new Date(Date.now() - days * DAY_MS).toISOString();
}

export function jsonOf(items: readonly INodeExecutionData[]): IDataObject[] {
	return items.map(({ json }) => json);
}

export function idsOf(items: readonly INodeExecutionData[]): unknown[] {
	return items.map(({ json }) => json.id);
}

/** What the API was asked. */
export function requests(sandbox: Sandbox, method?: string, route?: string): JournalEntry[] {
	return sandbox.journal.list({ vendor: 'outboundSync', method, path: route });
}

/** `sync getAll` as the two parameters that choose it, before the operation's own. */
export function withOperation(operation: string, parameters: INodeParameters = {}): INodeParameters {
	const [resource, value] = operation.split(' ');
	return { ...parameters, resource, operation: value };
}

/** Runs the node with another key than the bench's. */
export async function runWithKey(
	{ engine, sandbox }: TestBench,
	apiKey: string,
	parameters: INodeParameters,
	options: RunOptions = {},
): Promise<NodeRunResult> {
	const outboundSyncApi = engine.credentials.add('outboundSyncApi', { baseUrl: sandbox.outboundSync.origin, apiKey });
	return await engine.runNode({ type: 'outboundSync', parameters, credentials: { outboundSyncApi }, ...options });
}

/** One record of the seed; its absence is a fault of the test. */
export function find<T>(records: readonly T[], is: (record: T) => boolean): T {
	const found = records.find(is);
	if (found === undefined) throw new Error('The sandbox has no such record');
	return found;
}

/** Syncs at the given times, newest last. @returns their IDs */
export function addSyncs(state: OutboundSyncState, times: readonly number[]): number[] {
	const [pattern] = state.syncs.all();
	return times.map((atMs, index) => {
		const id = 90_000 + index;
		state.syncs.put({ ...pattern, id, status: 'success', createdAt: new Date(atMs).toISOString() });
		return id;
	});
}

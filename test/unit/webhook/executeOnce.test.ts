import type { IExecuteFunctions, INodeExecutionData, WorkflowExecuteMode } from 'n8n-workflow';

import type * as Module from '../../../nodes/shared/webhook/executeOnce';
import { ProcessedData } from '../../engine/triggers/processedData';

const HOUR_MS = 3_600_000;
/** At the beginning of half a day. */
const START_MS = 40_000 * 12 * HOUR_MS;

type Process = typeof Module;

/** A process of n8n: it shares the table with the others, and nothing else. */
function newProcess(): Process {
	let module: Process | undefined;
	jest.isolateModules(() => {
		module = require('../../../nodes/shared/webhook/executeOnce') as Process;
	});
	return module as Process;
}

const { startingItem } = newProcess();

let executions = 0;
function nextExecutionId(): string {
	executions += 1;
	return String(executions);
}

let here: Process;
let nowMs: number;
let table: ProcessedData;
let logged: string[];
let hints: unknown[];
beforeEach(() => {
	here = newProcess();
	nowMs = START_MS;
	jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
	table = new ProcessedData();
	logged = [];
	hints = [];
});
afterEach(() => {
	jest.restoreAllMocks();
});

/** One execution of a trigger, here unless another process is named. */
async function execute(items: INodeExecutionData[], { mode = 'webhook' as WorkflowExecuteMode, nodeId = 'n1', process = here, executionId = nextExecutionId() } = {}): Promise<INodeExecutionData[]> {
	const node = { id: nodeId, name: 'Trigger' };
	const contextData = { node, workflow: { id: 'w1' } } as unknown as Parameters<ProcessedData['checkProcessedAndRecord']>[2];
	const context = {
		getExecutionId: () => executionId,
		getInputData: () => items,
		getMode: () => mode,
		getNode: () => node,
		getWorkflow: () => ({ id: 'w1' }),
		addExecutionHints: (hint: unknown) => hints.push(hint),
		logger: { warn: (line: string) => logged.push(line) },
		helpers: {
			checkProcessedAndRecord: async (...[entries, scope, options]: [string[], 'node', { mode: 'entries' }]) =>
				await table.checkProcessedAndRecord(entries, scope, contextData, options),
			removeProcessed: async (entries: string[], scope: 'node') => await table.removeProcessed(entries, scope, contextData),
		},
	};
	return await process.executeOnce(context as unknown as IExecuteFunctions);
}

const deliver = async (id: string, options?: Parameters<typeof execute>[1]) =>
	(await execute([startingItem({ id }, id)], options)).map(({ json }) => json.id);

describe('an event', () => {
	it('is executed once, and what shows which one it is stays behind', async () => {
		expect(await execute([startingItem({ a: 1 }, 'e1')])).toEqual([{ json: { a: 1 } }]);
		expect(hints).toEqual([]);
		expect(await execute([startingItem({ a: 1 }, 'e1')])).toEqual([]);
		expect(hints).toEqual([{ message: expect.stringMatching(/has sent this event before, .* ends here\.$/), location: 'outputPane' }]);
		expect(await execute([startingItem({ a: 1 }, 'e2')])).toEqual([{ json: { a: 1 } }]);
		expect(logged).toEqual([]);
	});

	it('of one trigger is new to another one', async () => {
		await deliver('e1');
		expect(await deliver('e1', { nodeId: 'n2' })).toEqual(['e1']);
	});

	it.each(['retry', 'manual', 'trigger'] as const)('is handed on as often as it comes in mode %s, and not remembered', async (mode) => {
		expect(await execute([startingItem({ id: 'e1' }, 'e1')], { mode })).toEqual([{ json: { id: 'e1' } }]);
		expect(await deliver('e1', { mode })).toEqual(['e1']);
		expect(await deliver('e1')).toEqual(['e1']);
		expect(await deliver('e1', { mode })).toEqual(['e1']);
	});

	it('that nothing tells which one it is, as of an execution that an older version of this node began, is handed on', async () => {
		const items = [{ json: { id: 'e1' } }, { json: { id: 'e2' }, eventIdentity: 7 }];
		const executed = [await execute(items), await execute(items)].map((output) => output.map(({ json }) => json.id));
		expect(executed).toEqual([['e1', 'e2'], ['e1', 'e2']]);
		expect(table.lists.size).toBe(0);
	});
});

describe.each([
	['in the process that has executed it', (): Process => here],
	['in another one', (): Process => newProcess()],
])('%s', (_where, process) => {
	it('an event is executed once, and others are new', async () => {
		await deliver('e1');
		expect(await deliver('e1', { process: process() })).toEqual([]);
		expect(await deliver('e2', { process: process() })).toEqual(['e2']);
	});
});

it.each([
	['the process', (): Process => here],
	['another process', (): Process => newProcess()],
])('an execution that n8n begins again in %s, as n8n 1 does when its worker has died, is not taken for another one', async (_where, process) => {
	await deliver('e1', { executionId: 'first' });
	expect(await deliver('e1', { executionId: 'first', process: process() })).toEqual(['e1']);
	expect(await deliver('e1', { executionId: 'second', process: process() })).toEqual([]);
	expect(await deliver('e1', { executionId: 'second', process: process() })).toEqual([]);
	expect([...table.lists.values()].flat()).toHaveLength(3);
});

describe('an event is remembered', () => {
	it.each([
		['from the beginning of half a day', 0, 24],
		['from its end', 12 * HOUR_MS - 1, 12],
	])('%s on until the next half is over', async (_when, afterMs, hours) => {
		nowMs = START_MS + afterMs;
		expect(await deliver('e1')).toEqual(['e1']);
		const forgottenMs = START_MS + 24 * HOUR_MS;
		expect(Math.round((forgottenMs - nowMs) / HOUR_MS)).toBe(hours);
		nowMs = forgottenMs - 1;
		expect(await deliver('e1')).toEqual([]);
		nowMs = forgottenMs;
		expect(await deliver('e1')).toEqual(['e1']);
	});

	it('for no longer, although it keeps coming', async () => {
		const executed: number[] = [];
		for (let hour = 0; hour < 72; hour += 1) {
			nowMs = START_MS + hour * HOUR_MS;
			if ((await deliver('e1')).length > 0) executed.push(hour);
		}
		expect(executed).toEqual([0, 24, 48]);
	});

	it('by a process whose clock is behind, too', async () => {
		await deliver('e1');
		nowMs -= 1;
		expect(await deliver('e1', { process: newProcess() })).toEqual([]);
	});

	it('among the last 300', async () => {
		for (let index = 0; index <= 300; index += 1) await deliver(`e${index}`);
		expect([...table.lists.values()].map(({ length }) => length)).toEqual([900]);
		expect(await deliver('e1', { process: newProcess() })).toEqual([]);
		expect(await deliver('e0', { process: newProcess() })).toEqual(['e0']);
	});
});

describe('at the same moment', () => {
	it('different events are all remembered, although the table loses one of two changes', async () => {
		const ids = Array.from({ length: 20 }, (_, index) => `e${index}`);
		expect(await Promise.all(ids.map(async (id) => await deliver(id)))).toEqual(ids.map((id) => [id]));
		expect(await Promise.all(ids.map(async (id) => await deliver(id)))).toEqual(ids.map(() => []));
	});

	it('one event is executed once', async () => {
		const executed = await Promise.all(Array.from({ length: 20 }, async () => await deliver('e1')));
		expect(executed.flat()).toEqual(['e1']);
	});

	it('an event that comes later waits for its turn, too', async () => {
		let atOnce = 0;
		const mostAtOnce: number[] = [];
		const check = table.checkProcessedAndRecord.bind(table);
		const late: Array<Promise<unknown>> = [];
		table.checkProcessedAndRecord = async (...call) => {
			atOnce += 1;
			mostAtOnce.push(atOnce);
			// While the second has its turn, and the first, whose turn is over, no longer stands in its way.
			if (call[0].some((entry) => String(entry).endsWith(' e2')) && late.length === 0) late.push(deliver('e3'));
			const result = await check(...call);
			atOnce -= 1;
			return result;
		};
		await Promise.all([deliver('e1'), deliver('e2')]);
		expect(await Promise.all(late)).toEqual([['e3']]);
		expect(Math.max(...mostAtOnce)).toBe(1);
	});

	it('triggers do not wait for each other', async () => {
		const executed = await Promise.all([deliver('e1'), deliver('e1', { nodeId: 'n2' })]);
		expect(executed).toEqual([['e1'], ['e1']]);
	});
});

describe('where another process writes over the list, which it had read before', () => {
	/** The list as it was is written back after each of so many writes. */
	function overwrite(times: number): { writes: () => number } {
		const [key] = table.lists.keys();
		const before = [...(table.lists.get(key) ?? [])];
		const check = table.checkProcessedAndRecord.bind(table);
		let writes = 0;
		table.checkProcessedAndRecord = async (...call) => {
			const result = await check(...call);
			writes += 1;
			if (writes <= times) table.lists.set(key, before);
			return result;
		};
		return { writes: () => writes };
	}

	it('the process that has executed an event of late knows it all the same', async () => {
		await deliver('e1');
		for (const key of table.lists.keys()) table.lists.set(key, []);
		expect(await deliver('e1')).toEqual([]);
	});

	it('an event is written until it stays', async () => {
		await deliver('e0');
		const { writes } = overwrite(3);
		expect(await deliver('e1')).toEqual(['e1']);
		expect(writes()).toBe(5);
		expect(await deliver('e1', { process: newProcess() })).toEqual([]);
	});

	it('that does not go on for ever, and the next event brings it back', async () => {
		await deliver('e0');
		const { writes } = overwrite(5);
		expect(await deliver('e1')).toEqual(['e1']);
		expect(writes()).toBe(5);
		expect(await deliver('e2')).toEqual(['e2']);
		expect(writes()).toBe(7);
		for (const id of ['e0', 'e1', 'e2']) expect(await deliver(id, { process: newProcess() })).toEqual([]);
	});

	it('events of before the last minute, of another trigger, or before the last hundred are not brought back', async () => {
		await deliver('old');
		nowMs += 60_000;
		await deliver('elsewhere', { nodeId: 'n2' });
		await deliver('first');
		for (let index = 0; index < 100; index += 1) await deliver(`e${index}`);
		for (const key of table.lists.keys()) table.lists.set(key, []);
		await deliver('last');
		const isNew = async (id: string) => (await deliver(id, { process: newProcess() })).length > 0;
		const found: Record<string, boolean> = {};
		for (const id of ['old', 'elsewhere', 'first', 'e0', 'e99', 'last']) found[id] = await isNew(id);
		expect(found).toEqual({ old: true, elsewhere: true, first: true, e0: false, e99: false, last: false });
	});
});

describe('where the table', () => {
	it('fails once, as when two processes begin it at the same moment, it is asked again', async () => {
		const [one, other] = [newProcess(), newProcess()];
		const executed = await Promise.all([deliver('e1', { process: one }), deliver('e2', { process: other })]);
		expect(executed).toEqual([['e1'], ['e2']]);
		expect(logged).toEqual([]);
		for (const id of ['e1', 'e2']) expect(await deliver(id)).toEqual([]);
	});

	it.each<[string, unknown]>([
		['an error', new Error('database is locked')],
		['anything else that is thrown', 'database is locked'],
	])('fails with %s, the event is executed, with a line in the log, and so is the next', async (_what, failure) => {
		table.failures.push(failure as Error, failure as Error);
		expect(await Promise.all([deliver('e1'), deliver('e2')])).toEqual([['e1'], ['e2']]);
		expect(logged).toEqual(['Trigger: it could not be checked whether an event came before: database is locked']);
		expect(await deliver('e2')).toEqual([]);
	});

	it('fails once an event is in it, the event is executed all the same', async () => {
		const check = table.checkProcessedAndRecord.bind(table);
		table.checkProcessedAndRecord = async (...call) => {
			const result = await check(...call);
			table.failures.push(new Error('database is locked'));
			return result;
		};
		expect(await deliver('e1')).toEqual(['e1']);
		expect(logged).toEqual([expect.stringContaining('database is locked')]);
	});
});

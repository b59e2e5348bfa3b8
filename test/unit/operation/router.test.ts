import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Failure } from '../../../nodes/shared/http/failure';
import type { ItemOperation, RunTally, Task } from '../../../nodes/shared/operation/operation';
import { text } from '../../../nodes/shared/operation/readers';
import type { Session } from '../../../nodes/shared/operation/session';
import type { NodeRunOptions } from '../../support/engine';
import { FACTS, runOwn } from './ownNode';

/** How the items of one run become its output, whatever the operation is. */

const items = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const jsonOf = (output: Array<{ json: IDataObject }>) => output.map(({ json }) => json);

async function turn(): Promise<void> {
	await new Promise((resolve) => {
		setImmediate(resolve);
	});
}

/** An operation whose task for an item is given by the item's index. */
function operation(task: (index: number, session: Session) => ReturnType<Task>, more: Partial<ItemOperation> = {}): ItemOperation {
	return {
		...FACTS,
		prepare: (input) => async (session) => await task(input.index, session),
		...more,
	};
}

const done = async (index: number) => await Promise.resolve([{ at: index }]);

function failure(kind: Failure['kind'], more: Partial<Failure> = {}): Failure {
	return { kind, service: 'Own', request: { method: 'POST', path: '/things' }, attempts: 1, waitedMs: 0, problem: 'it is full', ...more };
}

const RESUME_MS = Date.UTC(2026, 10, 24, 6);
const tooLong = failure('tooLong', { retryAtMs: RESUME_MS });

function fails(session: Session, what: Failure): never {
	throw session.client.errorFor(what);
}

const CONTINUE: NodeRunOptions['settings'] = { onError: 'continueRegularOutput' };
const ONE_AT_A_TIME = { options: { maxConcurrency: 1 } };

describe('items that are done', () => {
	it('come out in the order of the input, each paired with its own', async () => {
		const slowFirst = operation(async (index) => {
			for (let turns = 10 - index; turns > 0; turns -= 1) await turn();
			return [{ at: index }, { at: `${index} again` }];
		});
		const run = await runOwn([slowFirst], { items: items(3) });
		expect(run.items).toEqual([0, 1, 2].flatMap((item) => [{ json: { at: item }, pairedItem: { item } }, { json: { at: `${item} again` }, pairedItem: { item } }]));
		expect(run.hints).toEqual([]);
	});

	it('may carry a file', async () => {
		const file = { data: '', mimeType: 'text/plain', fileName: 'a.txt' };
		const run = await runOwn([operation(async (index) => await Promise.resolve({ records: [{ at: index }], binary: { data: file } }))], { items: items(1) });
		expect(run.items).toMatchObject([{ json: { at: 0 }, binary: { data: file }, pairedItem: { item: 0 } }]);
	});

	it.each([
		[1, 1],
		[3, 3],
		[50, 7],
	])('with at most %d at once are worked on %d at once', async (maxConcurrency, expected) => {
		let underWay = 0;
		let most = 0;
		const counting = operation(async (index) => {
			underWay += 1;
			most = Math.max(most, underWay);
			for (let turns = 0; turns < 5; turns += 1) await turn();
			underWay -= 1;
			return [{ at: index }];
		});
		await runOwn([counting], { items: items(7), parameters: { options: { maxConcurrency } } });
		expect(most).toBe(expected);
	});

	it('are all checked before the first is worked on', async () => {
		const log: string[] = [];
		const logging = operation(done, {
			prepare: ({ index }) => {
				log.push(`check ${index}`);
				return async () => {
					log.push(`work ${index}`);
					return await done(index);
				};
			},
		});
		await runOwn([logging], { items: items(2), parameters: ONE_AT_A_TIME });
		expect(log).toEqual(['check 0', 'check 1', 'work 0', 'work 1']);
	});

	it('share a session: what is loaded once, the options, the lock', async () => {
		let loads = 0;
		const sessions: Session[] = [];
		const loading = operation(async (index, session) => {
			sessions.push(session);
			const value = await session.once('list', async () => {
				loads += 1;
				return await Promise.resolve('loaded');
			});
			return await session.lock.run('key', async () => await Promise.resolve([{ at: index, value }]));
		});
		const run = await runOwn([loading], { items: items(2), parameters: { options: { onUnknownOutcome: 'error', timeout: 7 } } });
		expect(jsonOf(run.items)).toEqual([{ at: 0, value: 'loaded' }, { at: 1, value: 'loaded' }]);
		expect(loads).toBe(1);
		expect(sessions[0]).toBe(sessions[1]);
		expect(sessions[0]).toMatchObject({ onUnknownOutcome: 'error', options: { timeout: 7 } });
		await runOwn([loading]);
		expect(sessions[2].onUnknownOutcome).toBe('lookUp');
	});
});

it('an operation that the node does not have is said', async () => {
	const others = [operation(done, { resource: 'other' }), operation(done, { value: 'move', name: 'Move' })];
	const { error } = await runOwn(others, { parameters: { resource: 'thing', operation: 'touch' } });
	expect(error?.message).toBe('There is no operation "touch" for "thing"');
	expect(error?.description).toContain('update the package');
});

describe('an item that is wrong', () => {
	const odd = (log: number[] = [], checked: number[] = []) =>
		operation(done, {
			prepare: ({ index }) => {
				checked.push(index);
				if (index % 2 === 1) throw new Error(`Item ${index} is odd`);
				return async () => {
					log.push(index);
					return await done(index);
				};
			},
		});

	it('keeps all others from being sent', async () => {
		const [log, checked]: number[][] = [[], []];
		const run = await runOwn([odd(log, checked)], { items: items(4) });
		expect(run.error).toMatchObject({ name: 'NodeOperationError', message: 'Item 1 is odd', context: { itemIndex: 1 } });
		expect([log, checked]).toEqual([[], [0, 1]]);
	});

	it('is put out as an error where the others go on', async () => {
		const run = await runOwn([odd()], { items: items(4), settings: CONTINUE });
		expect(jsonOf(run.items)).toMatchObject([{ at: 0 }, { error: 'Item 1 is odd', details: {} }, { at: 2 }, { error: 'Item 3 is odd', details: {} }]);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }, { item: 3 }]);
	});
});

describe('an item without what it needs', () => {
	it('is put out with the way to mend it', async () => {
		const name: INodeProperties = { displayName: 'Lead Name', name: 'name', type: 'string', default: '' };
		const needing = operation(done, {
			fields: [name],
			prepare: (input) => {
				input.required('name', text);
				return async () => await done(input.index);
			},
		});
		const run = await runOwn([needing], { items: items(1), settings: CONTINUE });
		expect(jsonOf(run.items)).toEqual([{ error: 'Lead Name is empty', details: { description: 'Fill it in, or check the expression that should give it.' } }]);
	});
});

describe('an item that fails', () => {
	const failing = (at: number, what: unknown, log: number[] = []) =>
		operation(async (index, session) => {
			log.push(index);
			if (index === at) {
				if (what instanceof Error || typeof what === 'string') return await Promise.reject(what as Error);
				fails(session, what as Failure);
			}
			return await done(index);
		});

	it('ends the run, says how much is done, and lets no other begin', async () => {
		const log: number[] = [];
		const run = await runOwn([failing(2, failure('refused', { advice: 'Ask for less.' }), log)], { items: items(5), parameters: ONE_AT_A_TIME });
		expect(run.error?.message).toBe('Own refused the request: it is full');
		expect(run.error?.context?.itemIndex).toBe(2);
		expect(run.error?.description).toMatch(
			/^Ask for less\.\n.*\n2 of the 5 items were already done when this one failed\. They are not part of the output: turn on "Continue" under Settings > On Error to keep them\.$/,
		);
		expect(log).toEqual([0, 1, 2]);
	});

	it('says nothing of others where none is done', async () => {
		const { error } = await runOwn([failing(0, failure('refused'))], { items: items(3), parameters: ONE_AT_A_TIME });
		expect(error?.description).toContain('POST /things');
		expect(error?.description).not.toContain('already done');
	});

	it.each([
		['an error', new Error('out of order'), 'out of order'],
		['a text', 'out of order', 'out of order'],
	])('by %s is an error of the node', async (_what, thrown, message) => {
		const { error } = await runOwn([failing(1, thrown)], { items: items(2), parameters: ONE_AT_A_TIME });
		expect(error).toMatchObject({ name: 'NodeOperationError', message });
		expect(error?.description).toMatch(/^1 of the 2 items were already done/);
	});

	it.each([
		['NodeApiError', 'NodeApiError'],
		['NodeOperationError', 'NodeOperationError'],
		['OwnNodeApiError', 'NodeOperationError'],
		['NodeApiErrorOfOurs', 'NodeOperationError'],
	])('by the %s of another copy of n8n is a %s', async (name, seen) => {
		const thrown = Object.assign(new Error('out of order'), { name, description: 'Wait.', context: {}, node: {} });
		const run = await runOwn([failing(0, thrown)], { items: items(1) });
		expect(run.error?.name).toBe(seen);
		expect(run.error?.context?.itemIndex).toBe(0);
	});

	it('is put out with its details where the others go on', async () => {
		const run = await runOwn([failing(1, failure('refused', { status: 409, advice: 'Ask for less.' }))], { items: items(3), settings: CONTINUE });
		expect(jsonOf(run.items)).toEqual([
			{ at: 0 },
			{ error: 'Own refused the request: it is full', details: { description: 'Ask for less.', status: 409, attempts: 1, waitedSeconds: 0 } },
			{ at: 2 },
		]);
	});

	it('goes to the error output under the names by which n8n knows it', async () => {
		const run = await runOwn([failing(1, failure('refused', { advice: 'Ask for less.' }))], { items: items(2), settings: { onError: 'continueErrorOutput' } });
		expect(jsonOf(run.outputs[0])).toEqual([{ at: 0 }]);
		expect(jsonOf(run.outputs[1])).toMatchObject([{ error: 'Own refused the request: it is full', message: { description: 'Ask for less.' } }]);
	});

	it('lets items under way end, and counts them', async () => {
		const log: string[] = [];
		const slow = operation(async (index, session) => {
			log.push(`begin ${index}`);
			if (index === 0) {
				await turn();
				fails(session, failure('refused'));
			}
			for (let turns = 0; turns < 20; turns += 1) await turn();
			log.push(`end ${index}`);
			return await done(index);
		});
		const { error } = await runOwn([slow], { items: items(4), parameters: { options: { maxConcurrency: 2 } } });
		expect(log).toEqual(['begin 0', 'begin 1', 'end 1']);
		expect(error?.description).toMatch(/1 of the 4 items were already done/);
	});
});

describe('a wait that is too long', () => {
	const NOT_STARTED = {
		error: 'Not started: Own can take this request at 2026-11-24T06:00:00.000Z at the earliest: it is full',
		details: { description: 'Nothing was sent for this item. Run it again then, or raise the option Max Wait.', retryAt: '2026-11-24T06:00:00.000Z' },
	};

	const byIndex = (failures: Record<number, Failure>) =>
		operation(async (index, session) => {
			if (index in failures) fails(session, failures[index]);
			return await done(index);
		});

	it('leaves what is done in the output, and tells the others when to come again', async () => {
		const run = await runOwn([byIndex({ 1: tooLong })], { items: items(3), parameters: ONE_AT_A_TIME });
		expect(run.error).toBeUndefined();
		expect(jsonOf(run.items)).toEqual([
			{ at: 0 },
			{ error: NOT_STARTED.error.replace('Not started: ', ''), details: expect.objectContaining({ retryAt: '2026-11-24T06:00:00.000Z' }) },
			NOT_STARTED,
		]);
		expect(run.hints).toEqual([
			{
				message: '1 of 3 items are done. Own can take this request at 2026-11-24T06:00:00.000Z at the earliest: it is full. The others carry "details.retryAt".',
				location: 'outputPane',
				type: 'warning',
			},
		]);
	});

	it('is thrown where nothing is done', async () => {
		const { error } = await runOwn([byIndex({ 0: tooLong })], { items: items(2), parameters: ONE_AT_A_TIME });
		expect(error?.message).toMatch(/^Own can take this request at 2026-11-24T06/);
		expect(error?.description).not.toContain('already done');
	});

	it('is not what a run is ended by where something else went wrong', async () => {
		const together = { options: { maxConcurrency: 3 } };
		const { error } = await runOwn([byIndex({ 1: tooLong, 2: failure('refused') })], { items: items(3), parameters: together });
		expect(error?.message).toBe('Own refused the request: it is full');
		expect(error?.description).toContain('1 of the 3 items were already done');
	});

	it('and an unknown outcome leave what is done in the output', async () => {
		const together = { options: { maxConcurrency: 3 } };
		const run = await runOwn([byIndex({ 1: tooLong, 2: failure('unknown') })], { items: items(3), parameters: together });
		expect(jsonOf(run.items)).toMatchObject([{ at: 0 }, { details: { retryAt: '2026-11-24T06:00:00.000Z' } }, { details: { outcome: 'unknown' } }]);
	});
});

describe('an unknown outcome', () => {
	it('ends the run', async () => {
		const unclear = operation(async (index, session) => (index === 1 ? fails(session, failure('unknown')) : await done(index)));
		const { error } = await runOwn([unclear], { items: items(3), parameters: ONE_AT_A_TIME });
		expect(error?.message).toBe('It is not known whether Own carried out the request: it is full');
	});
});

describe('Retry On Fail', () => {
	const RETRY: NodeRunOptions['settings'] = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

	it('sends what failed again, and nothing that is settled', async () => {
		const log: number[] = [];
		const failingOnce = operation(async (index, session) => {
			log.push(index);
			if (index === 1 && log.filter((logged) => logged === 1).length === 1) fails(session, failure('refused'));
			return await done(index);
		});
		const run = await runOwn([failingOnce], { items: items(3), settings: RETRY, parameters: ONE_AT_A_TIME });
		expect(jsonOf(run.items)).toEqual([{ at: 0 }, { at: 1 }, { at: 2 }]);
		expect(log).toEqual([0, 1, 1, 2]);
		expect(run.hints).toEqual([
			{ message: 'Retry On Fail ran this node again. 1 items that an earlier try had settled were not sent a second time.', location: 'outputPane' },
		]);
	});

	it('repeats nothing when n8n takes a record of the vendor for a failure', async () => {
		const log: number[] = [];
		const counting = operation(async (index) => {
			log.push(index);
			return await Promise.resolve([{ at: index, data: { error: 1 } }, { error: 0, status: 'error' }]);
		});
		// Pinned to n8n's own reading of an item: it would run the node again for any of these.
		const named = operation(async (index) => {
			log.push(index);
			return await Promise.resolve([{ at: index, error: 'the CRM said no', errorMessage: 'its own' }]);
		});
		const run = await runOwn([counting], { items: items(2), settings: RETRY });
		expect(jsonOf(run.items).slice(0, 2)).toEqual([{ at: 0, data: { error: 1 } }, { errorMessage: 0, status: 'error' }]);
		expect(log).toEqual([0, 1]);
		log.length = 0;
		const asTheyAre = jsonOf((await runOwn([named], { items: items(2), settings: RETRY })).items);
		expect(asTheyAre).toEqual([0, 1].map((at) => ({ at, error: 'the CRM said no', errorMessage: 'its own' })));
		expect(log).toEqual([0, 1]);
	});

	it('does not repeat what may have happened', async () => {
		const log: number[] = [];
		const unclear = operation(async (index, session) => {
			log.push(index);
			return index === 1 ? fails(session, failure('unknown')) : await done(index);
		});
		const run = await runOwn([unclear], { items: items(3), settings: RETRY, parameters: ONE_AT_A_TIME });
		expect(run.error?.message).toContain('It is not known');
		expect(run.error?.description?.match(/items were already done/g)).toHaveLength(1);
		expect(log).toEqual([0, 1]);
	});
});

describe('hints and the report', () => {
	it('are the operation’s', async () => {
		const hinting = operation(done, { hint: (count) => `${count} items` });
		expect((await runOwn([hinting], { items: items(2) })).hints).toEqual([{ message: '2 items', location: 'outputPane' }]);
		expect((await runOwn([operation(done, { hint: () => undefined })])).hints).toEqual([]);
	});

	it('come last, about all items', async () => {
		let tally: RunTally | undefined;
		const reporting = operation(
			async (index, session) => {
				if (index === 1) fails(session, tooLong);
				if (index === 2) fails(session, failure('refused'));
				return await done(index);
			},
			{
				report: (_session, run) => {
					tally = run;
					return { about: 'all' };
				},
			},
		);
		const run = await runOwn([reporting], { items: items(4), settings: CONTINUE });
		expect(tally).toEqual({ done: [{ at: 0 }, { at: 3 }], failedCount: 1, unknownCount: 0, postponedCount: 1 });
		expect(run.items.at(-1)).toEqual({ json: { about: 'all' }, pairedItem: [{ item: 0 }, { item: 1 }, { item: 2 }, { item: 3 }] });
	});

	it('tell what may have happened from what was refused', async () => {
		let tally: RunTally | undefined;
		const reporting = operation(async (index, session) => fails(session, failure(index === 0 ? 'unknown' : 'refused')), {
			report: (_session, run) => {
				tally = run;
				return undefined;
			},
		});
		await runOwn([reporting], { items: items(3), settings: CONTINUE });
		expect(tally).toEqual({ done: [], failedCount: 2, unknownCount: 1, postponedCount: 0 });
	});

	it('warn of what came out', async () => {
		const warning = operation(done, { warning: ({ done: records }) => (records.length > 1 ? `${records.length} records` : undefined) });
		expect((await runOwn([warning], { items: items(2) })).hints).toEqual([{ message: '2 records', location: 'outputPane', type: 'warning' }]);
		expect((await runOwn([warning], { items: items(1) })).hints).toEqual([]);
	});

	it('count what was not begun as postponed', async () => {
		let tally: RunTally | undefined;
		const reporting = operation(async (index, session) => (index === 1 ? fails(session, tooLong) : await done(index)), {
			report: (_session, run) => {
				tally = run;
				return undefined;
			},
		});
		const run = await runOwn([reporting], { items: items(4), parameters: ONE_AT_A_TIME });
		expect(tally).toEqual({ done: [{ at: 0 }], failedCount: 0, unknownCount: 0, postponedCount: 3 });
		expect(run.items).toHaveLength(4);
	});
});

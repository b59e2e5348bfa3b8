import type { IDataObject } from 'n8n-workflow';

import type { BatchOperation } from '../../../nodes/shared/operation/operation';
import { FACTS, OwnApi, runOwn } from './ownNode';

/** An operation that sends many items in one request, through the router. */

let api: OwnApi;
beforeAll(async () => {
	api = await OwnApi.start();
});
afterAll(async () => await api.stop());
beforeEach(() => api.reset());

const BATCHES: BatchOperation = {
	...FACTS,
	prepareEntry: ({ index }) => {
		if (index === 9) throw new Error('Nine is not taken');
		return { n: index };
	},
	batch: {
		maxEntries: 2,
		request: (entries) => ({ method: 'POST', path: '/things', body: { entries: [...entries] } }),
		read: ({ body }) =>
			(body as { taken: boolean[] }).taken.map((taken, at) => (taken ? { kind: 'taken', record: { at } } : { kind: 'notTaken', reason: 'it is old' })),
	},
};

const items = (count: number, make: (index: number) => IDataObject = (index) => ({ index })) => Array.from({ length: count }, (_, index) => make(index));
const sent = () => api.requests.map(({ body }) => (JSON.parse(body) as { entries: unknown[] }).entries);
const takeAll = ({ body }: { body: string }) => ({ body: JSON.stringify({ taken: (JSON.parse(body) as { entries: unknown[] }).entries.map(() => true) }) });

it('the batches go one after the other, and the items come out in the order of the input', async () => {
	api.answer = takeAll;
	const run = await runOwn([BATCHES], { items: items(5) }, api.origin);
	expect(sent()).toEqual([[{ n: 0 }, { n: 1 }], [{ n: 2 }, { n: 3 }], [{ n: 4 }]]);
	expect(run.items).toEqual([0, 1, 0, 1, 0].map((at, item) => ({ json: { at }, pairedItem: { item } })));
});

it('a batch is no larger than the vendor takes', async () => {
	api.answer = takeAll;
	const large: BatchOperation = { ...BATCHES, batch: { ...BATCHES.batch, maxEntries: 100 }, prepareEntry: ({ index }) => ({ n: index, text: 'x'.repeat(300) }) };
	await runOwn([large], { items: items(5) }, api.origin);
	expect(sent().map(({ length }) => length)).toEqual([3, 2]);
	expect(Math.max(...api.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(1_000);
});

it('an entry that is not taken fails its own item, with the reason', async () => {
	api.answer = () => ({ body: '{"taken": [true, false]}' });
	const run = await runOwn([BATCHES], { items: items(2), settings: { onError: 'continueRegularOutput' } }, api.origin);
	expect(run.items.map(({ json }) => json)).toEqual([{ at: 0 }, { error: 'Own did not take this item: it is old', details: expect.anything() }]);
	const stopped = await runOwn([BATCHES], { items: items(2) }, api.origin);
	expect(stopped.error).toMatchObject({ name: 'NodeOperationError', context: { itemIndex: 1 } });
});

it('a request that is refused fails the items that it carries', async () => {
	let requests = 0;
	api.answer = (request) => {
		requests += 1;
		return requests === 1 ? { status: 400, body: '{"message": "no"}' } : takeAll(request);
	};
	const run = await runOwn([BATCHES], { items: items(3), settings: { onError: 'continueRegularOutput' } }, api.origin);
	expect(run.items.map(({ json }) => json)).toEqual([
		{ error: 'Own refused the request: no', details: expect.objectContaining({ status: 400 }) },
		{ error: 'Own refused the request: no', details: expect.objectContaining({ status: 400 }) },
		{ at: 0 },
	]);
});

it('a refusal ends the run before the next batch', async () => {
	api.answer = () => ({ status: 400, body: '{"message": "no"}' });
	const run = await runOwn([BATCHES], { items: items(3) }, api.origin);
	expect(run.error).toMatchObject({ message: 'Own refused the request: no', context: { itemIndex: 0 } });
	expect(api.requests).toHaveLength(1);
});

it('an entry that cannot be made is left out where the others go on', async () => {
	api.answer = takeAll;
	const run = await runOwn([BATCHES], { items: items(10), settings: { onError: 'continueRegularOutput' } }, api.origin);
	expect(run.items.at(-1)?.json).toMatchObject({ error: 'Nine is not taken' });
	expect(sent().flat()).toHaveLength(9);
	api.reset();
	expect((await runOwn([BATCHES], { items: items(10) }, api.origin)).error?.message).toBe('Nine is not taken');
	expect(api.requests).toEqual([]);
});

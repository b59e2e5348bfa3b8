import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { SendResult } from '../../../nodes/shared/http/client';
import type { Failure } from '../../../nodes/shared/http/failure';
import type { ApiRequest } from '../../../nodes/shared/http/request';
import { divide, jsonBytes, sendBatch, type Batch } from '../../../nodes/shared/operation/batch';

const limitsOf = fc.record({
	maxEntries: fc.integer({ min: 1, max: 20 }),
	maxBytes: fc.integer({ min: 1, max: 500 }),
	envelopeBytes: fc.integer({ min: 0, max: 60 }),
});

describe('dividing', () => {
	it('keeps every entry, in order, and both limits', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 100 }), limitsOf, (sizes, limits) => {
				const batches = divide(sizes, limits);
				expect(batches.flat()).toEqual(sizes.map((_, index) => index));
				for (const batch of batches) {
					expect(batch.length).toBeGreaterThan(0);
					expect(batch.length).toBeLessThanOrEqual(limits.maxEntries);
					const bytes = limits.envelopeBytes + batch.reduce((sum, index) => sum + sizes[index], 0) + batch.length - 1;
					// One entry alone may be too large: then nothing helps.
					if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(limits.maxBytes);
				}
			}),
		);
	});

	it('makes no batch that the next entry would still have fitted into', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 60 }), limitsOf, (sizes, limits) => {
				const batches = divide(sizes, limits);
				for (const [at, batch] of batches.slice(0, -1).entries()) {
					const [next] = batches[at + 1];
					const bytes = limits.envelopeBytes + [...batch, next].reduce((sum, index) => sum + sizes[index], 0) + batch.length;
					expect(batch.length === limits.maxEntries || bytes > limits.maxBytes).toBe(true);
				}
			}),
		);
	});

	it('counts what the request will weigh, to the byte', () => {
		const entries = [{ note: 'ação' }, { note: '€' }, { note: 'x'.repeat(30) }];
		const envelopeBytes = jsonBytes({ action: 'sync', entries: [] });
		const whole = Buffer.byteLength(JSON.stringify({ action: 'sync', entries }));
		const sizes = entries.map(jsonBytes);
		expect(divide(sizes, { maxEntries: 9, maxBytes: whole, envelopeBytes })).toEqual([[0, 1, 2]]);
		expect(divide(sizes, { maxEntries: 9, maxBytes: whole - 1, envelopeBytes })).toEqual([[0, 1], [2]]);
	});
});

/** A server that refuses bad entries by their place in the request, as many at a time as given. */
class FussyServer {
	readonly received: number[][] = [];

	constructor(
		private readonly namesAtOnce: number,
		private readonly firstIndex = 0,
	) {}

	trySend = async (request: ApiRequest): Promise<SendResult> => {
		const entries = request.body?.entries as Array<{ id: number; bad?: boolean }>;
		this.received.push(entries.map(({ id }) => id));
		const bad = entries.flatMap(({ bad: isBad }, index) => (isBad ? [index + this.firstIndex] : []));
		if (bad.length === 0) return { ok: true, sentAtMs: 0, answer: { status: 200, headers: {}, body: undefined } };
		const entryProblems = bad.slice(0, this.namesAtOnce).map((index) => ({ index, problem: `number ${index} is bad` }));
		const failure = {
			kind: 'refused' as const,
			service: 'Fussy',
			request,
			status: 400,
			vendor: { message: 'No', details: entryProblems.map(({ problem }) => problem), entryProblems },
			attempts: 1,
			waitedMs: 0,
		};
		return { ok: false, failure };
	};
}

const BATCH: Batch = {
	maxEntries: 1_000,
	request: (entries) => ({ method: 'POST', path: '/entries', body: { entries: [...entries] } }),
	read: (_, entries) => entries.map((record) => ({ kind: 'taken', record })),
};

describe('sending', () => {
	it('gives each entry its own outcome, whichever are bad and however few the server names at once', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 19 }), fc.integer({ min: 1, max: 5 }), async (bads, namesAtOnce) => {
				const server = new FussyServer(namesAtOnce);
				const entries: IDataObject[] = bads.map((bad, id) => ({ id, bad }));
				const sent = await sendBatch(server, BATCH, entries);
				expect(sent.map((entry) => entry.kind)).toEqual(bads.map((bad) => (bad ? 'failed' : 'taken')));
				for (const [index, entry] of sent.entries()) {
					if (entry.kind === 'taken') expect(entry.record.id).toBe(index);
					if (entry.kind === 'failed') expect(entry.failure.vendor?.details).toHaveLength(1);
				}
				// The last request is the one that was taken; no bad entry was named twice.
				expect(server.received.length).toBeLessThanOrEqual(bads.filter(Boolean).length + 1);
			}),
		);
	});

	it('gives up on a server that names one bad entry after the other', async () => {
		const server = new FussyServer(1);
		const sent = await sendBatch(server, BATCH, Array.from({ length: 100 }, (_, id) => ({ id, bad: id < 99 })));
		expect(server.received).toHaveLength(20);
		expect(sent).toHaveLength(100);
		expect(sent.every(({ kind }) => kind === 'failed')).toBe(true);
		// Those that were named have their own reason, the others that of the last request.
		expect(sent.map((entry) => entry.kind === 'failed' && entry.failure.vendor?.message).slice(18, 22)).toEqual(['number 0 is bad', 'number 0 is bad', 'No', 'No']);
	});

	it.each([1, 1_000])('ends when the server names places that no entry has (%d off)', async (off) => {
		const server = new FussyServer(1, off);
		const sent = await sendBatch(server, BATCH, [{ id: 0 }, { id: 1, bad: true }]);
		expect(server.received).toEqual([[0, 1]]);
		expect(sent.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
		expect(sent.map((entry) => entry.kind === 'failed' && entry.failure.vendor?.message)).toEqual(['No', 'No']);
	});
});

it('several problems of one entry are told together, with what else the server said', async () => {
	const failure: Failure = {
		kind: 'refused',
		service: 'Fussy',
		request: BATCH.request([]),
		status: 400,
		vendor: { message: 'No', code: 'INVALID', requestId: 'r1', details: ['a', 'b'], entryProblems: [{ index: 0, problem: 'a is bad' }, { index: 0, problem: 'b is bad' }] },
		attempts: 1,
		waitedMs: 0,
	};
	const sent = await sendBatch({ trySend: async () => await Promise.resolve({ ok: false, failure }) }, BATCH, [{ id: 0 }]);
	expect(sent).toEqual([
		{ kind: 'failed', failure: { ...failure, vendor: { ...failure.vendor, message: 'a is bad; b is bad', details: ['a is bad', 'b is bad'] } } },
	]);
});

it.each(['unknown', 'exhausted', 'cancelled'] as const)('a request whose fate is %s fails all of its entries, whatever it names', async (kind) => {
	const failure: Failure = {
		kind,
		service: 'Fussy',
		request: BATCH.request([]),
		vendor: { details: [], entryProblems: [{ index: 0, problem: 'bad' }] },
		attempts: 1,
		waitedMs: 0,
	};
	const sent = await sendBatch({ trySend: async () => await Promise.resolve({ ok: false, failure }) }, BATCH, [{ id: 0 }, { id: 1 }]);
	expect(sent).toEqual([{ kind: 'failed', failure }, { kind: 'failed', failure }]);
});

import { Readable } from 'node:stream';

import { isBodyStream, readBody, type ReadBodyLimits } from '../../../nodes/shared/http/body';
import { VirtualClock } from './virtualClock';

const NAP_MS = 250;
const MAX_MS = 10_000;

function reading(stream: Readable, limits: Partial<ReadBodyLimits> = {}) {
	const clock = new VirtualClock();
	const read = async () =>
		await clock.run(readBody(stream, { maxBytes: 1000, maxMs: MAX_MS, clock, isCancelled: () => false, ...limits }), 60_000);
	return { clock, read };
}

/** A stream that gives a chunk every so often, for ever. */
function dripping(clock: VirtualClock, everyMs: number): Readable {
	return new Readable({
		read() {
			clock.at(clock.now() + everyMs, () => this.push('.'));
		},
	});
}

describe('readBody', () => {
	it.each([
		['nothing', [], ''],
		['one chunk', ['{"a": 1}'], '{"a": 1}'],
		['a character that lies across chunks', [Buffer.from([0xc3]), Buffer.from([0xa9])], 'é'],
		['texts', ['a', 'b', 'é'], 'abé'],
	])('reads %s', async (_case, chunks, expected) => {
		const result = await reading(Readable.from(chunks)).read();
		expect(result.kind === 'bytes' && result.bytes.toString()).toBe(expected);
	});

	it('reads up to its limit and ends the stream beyond it', async () => {
		expect((await reading(Readable.from([Buffer.alloc(600), Buffer.alloc(400)])).read()).kind).toBe('bytes');
		const tooLarge = Readable.from([Buffer.alloc(600), Buffer.alloc(401), Buffer.alloc(1)]);
		expect(await reading(tooLarge).read()).toEqual({ kind: 'tooLarge' });
		expect(tooLarge.destroyed).toBe(true);
	});

	it('says when the stream breaks off', async () => {
		const broken = new Readable({
			read() {
				this.push('{"a"');
				this.destroy(new Error('aborted'));
			},
		});
		expect(await reading(broken).read()).toEqual({ kind: 'cutOff' });
	});

	it('gives up a stream that stalls, when its time is over', async () => {
		const stalled = new Readable({ read: () => undefined });
		const { clock, read } = reading(stalled);
		expect(await read()).toEqual({ kind: 'tooSlow' });
		expect(clock.elapsedMs).toBeGreaterThan(MAX_MS);
		expect(clock.elapsedMs).toBeLessThanOrEqual(MAX_MS + NAP_MS);
		expect(stalled.destroyed).toBe(true);
	});

	it('gives up a stream that comes in drops, when its time is over', async () => {
		const clock = new VirtualClock();
		const stream = dripping(clock, 100);
		const read = readBody(stream, { maxBytes: 1000, maxMs: MAX_MS, clock, isCancelled: () => false });
		expect(await clock.run(read, 60_000)).toEqual({ kind: 'tooSlow' });
		expect(clock.elapsedMs).toBeLessThanOrEqual(MAX_MS + NAP_MS);
		expect(stream.destroyed).toBe(true);
	});

	it('reads a slow stream that ends in time', async () => {
		const clock = new VirtualClock();
		let left = 20;
		const stream = new Readable({
			read() {
				clock.at(clock.now() + 400, () => this.push((left -= 1) >= 0 ? 'a' : null));
			},
		});
		const read = readBody(stream, { maxBytes: 1000, maxMs: MAX_MS, clock, isCancelled: () => false });
		const result = await clock.run(read, 60_000);
		expect(result.kind === 'bytes' && result.bytes.length).toBe(20);
	});

	it('ends within a nap when the execution is cancelled', async () => {
		const clock = new VirtualClock();
		const stalled = new Readable({ read: () => undefined });
		const isCancelled = () => clock.elapsedMs >= 1100;
		const read = readBody(stalled, { maxBytes: 1000, maxMs: MAX_MS, clock, isCancelled });
		expect(await clock.run(read, 60_000)).toEqual({ kind: 'cancelled' });
		expect(clock.elapsedMs).toBeLessThanOrEqual(1100 + NAP_MS);
		expect(stalled.destroyed).toBe(true);
	});

	it('leaves no rejection behind when a stream that was given up fails later', async () => {
		const unhandled: unknown[] = [];
		const note = (reason: unknown) => unhandled.push(reason);
		process.on('unhandledRejection', note);
		const stalled = new Readable({ read: () => undefined });
		stalled.on('error', () => undefined);
		await reading(stalled, { maxMs: 0 }).read();
		stalled.destroy(new Error('late'));
		await new Promise((resolve) => {
			setTimeout(resolve, 20);
		});
		process.off('unhandledRejection', note);
		expect(unhandled).toEqual([]);
	});
});

it('a body stream is known by what it can do', () => {
	expect(isBodyStream(Readable.from([]))).toBe(true);
	for (const other of ['text', Buffer.from('bytes'), { destroy: 1 }, [], null, undefined, {}]) {
		expect(isBodyStream(other)).toBe(false);
	}
});

import fc from 'fast-check';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { rangeFields } from '../../../nodes/OutboundSync/fields';
import { rangeOf, rangeQuery, splitRange } from '../../../nodes/OutboundSync/ranges';
import { LARGE_PAGE, readMetrics, readRange } from '../../../nodes/OutboundSync/records';
import type { ApiAnswer, ApiRequest } from '../../../nodes/shared/http/request';
import { ItemInput } from '../../../nodes/shared/operation/itemInput';
import type { Task } from '../../../nodes/shared/operation/operation';
import type { Session } from '../../../nodes/shared/operation/session';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-03-31T12:00:00.000Z');

const node = { id: '1', name: 'Node', type: 'outboundSync', typeVersion: 1, position: [0, 0], parameters: {} };

function inputOf(parameters: IDataObject): ItemInput {
	const context = {
		getNode: () => node,
		getNodeParameter: (name: string) => parameters[name],
		getTimezone: () => 'UTC',
	};
	return new ItemInput(context as unknown as IExecuteFunctions, 0, rangeFields);
}

describe('the range of From and To', () => {
	const range = (parameters: IDataObject) => rangeQuery(rangeOf(inputOf(parameters), NOW_MS));

	it.each([
		['nothing', {}, '2026-03-30T12:00:00.000Z', '2026-03-31T12:00:00.000Z'],
		['only To', { to: '2026-02-02T06:00:00Z' }, '2026-02-01T06:00:00.000Z', '2026-02-02T06:00:00.000Z'],
		['only From', { from: '2026-03-01T00:00:00+02:00' }, '2026-02-28T22:00:00.000Z', '2026-03-31T12:00:00.000Z'],
		['both, in another zone', { from: '2026-01-01T00:00:00-03:00', to: '2026-01-02T00:00:00-03:00' }, '2026-01-01T03:00:00.000Z', '2026-01-02T03:00:00.000Z'],
		['the same point twice', { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
	])('with %s', (_what, parameters, from, to) => {
		expect(range(parameters)).toEqual({ from, to });
	});

	it.each([
		[{ from: '2026-02-02T00:00:00Z', to: '2026-02-01T00:00:00Z' }, 'From is after To (2026-02-01T00:00:00.000Z)'],
		[{ from: '2026-04-02T00:00:00Z' }, 'From is after now, which is what an empty To means'],
		[{ from: 'soon' }, 'From is not a date: "soon"'],
		[{ to: '2026-02-31T00:00:00Z' }, 'To is not a date: "2026-02-31T00:00:00Z"'],
	])('%j is refused', (parameters, message) => {
		expect(() => range(parameters)).toThrow(message);
	});
});

const anyRange = fc
	.tuple(fc.integer({ min: 0, max: NOW_MS }), fc.oneof(fc.nat(400 * DAY_MS), fc.nat(13).map((months) => months * 31 * DAY_MS)))
	.map(([fromMs, lengthMs]) => ({ fromMs, toMs: fromMs + lengthMs }));

it('divides any range into neighbours of at most 31 days, newest first, as few as can be', () => {
	fc.assert(
		fc.property(anyRange, (range) => {
			const parts = splitRange(range);
			expect(parts[0].toMs).toBe(range.toMs);
			expect(parts[parts.length - 1].fromMs).toBe(range.fromMs);
			expect(parts).toHaveLength(Math.max(1, Math.ceil((range.toMs - range.fromMs) / (31 * DAY_MS))));
			parts.forEach(({ fromMs, toMs }, index) => {
				expect(toMs - fromMs).toBeLessThanOrEqual(31 * DAY_MS);
				if (index > 0) expect(toMs).toBe(parts[index - 1].fromMs);
			});
		}),
	);
});

interface Row {
	readonly id: number;
	readonly atMs: number;
}

/** Whether the ends of a range count in, which the vendor does not say. */
type Ends = 'both' | 'neither first' | 'neither last';

const INCLUDES: Readonly<Record<Ends, (row: Row, fromMs: number, toMs: number) => boolean>> = {
	both: ({ atMs }, fromMs, toMs) => atMs >= fromMs && atMs <= toMs,
	'neither first': ({ atMs }, fromMs, toMs) => atMs > fromMs && atMs <= toMs,
	'neither last': ({ atMs }, fromMs, toMs) => atMs >= fromMs && atMs < toMs,
};

/** An API over some rows: ranges of at most 31 days, cursor pages newest first, a count. */
function sessionOver(rows: readonly Row[], ends: Ends) {
	const requests: ApiRequest[] = [];
	const send = async (request: ApiRequest): Promise<ApiAnswer> => {
		requests.push(request);
		const { cursor, from, limit, to } = request.query ?? {};
		const [fromMs, toMs] = [Date.parse(String(from)), Date.parse(String(to))];
		if (toMs - fromMs > 31 * DAY_MS || toMs < fromMs) throw new Error(`Refused: ${String(from)} to ${String(to)}`);
		const found = rows
			.filter((row) => INCLUDES[ends](row, fromMs, toMs))
			.sort((one, other) => other.atMs - one.atMs || other.id - one.id);
		if (limit === undefined) return { status: 200, headers: {}, body: { from, to, count: found.length, inner: { count: found.length } } };
		const start = Number(cursor ?? 0);
		const end = start + Math.min(Number(limit), 3);
		// A cursor after the last page must not be followed.
		const body = { data: found.slice(start, end), hasMore: end < found.length, nextCursor: String(end) };
		return { status: 200, headers: {}, body };
	};
	const session = { client: { send, clock: { now: () => NOW_MS } } } as unknown as Session;
	return { requests, session };
}

async function recordsOf(task: Task, session: Session): Promise<IDataObject[]> {
	const records = await task(session);
	return 'records' in records ? records.records : records;
}

/** Rows that like to stand on the boundaries of the parts. */
const anyRows = fc
	.array(fc.oneof(fc.nat(5).map((parts) => parts * 31 * DAY_MS), fc.nat(150 * DAY_MS)), { maxLength: 30 })
	.map((ages) => ages.map((ageMs, id): Row => ({ id, atMs: NOW_MS - ageMs })));

describe('a list over a long range', () => {
	it('has every record once and in order, however the ends of a range count', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyRows,
				fc.integer({ min: 0, max: 150 }),
				fc.constantFrom<Ends>('both', 'neither first', 'neither last'),
				fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 20 })),
				async (rows, days, ends, limit) => {
					const { requests, session } = sessionOver(rows, ends);
					const from = new Date(NOW_MS - days * DAY_MS).toISOString();
					const input = inputOf({ from, returnAll: limit === undefined, limit });
					const records = await recordsOf(readRange(input, session, { path: '/api/v1/syncs' }), session);
					const whole = rows
						.filter((row) => INCLUDES[ends](row, NOW_MS - days * DAY_MS, NOW_MS))
						.sort((one, other) => other.atMs - one.atMs || other.id - one.id);
					expect(records.map(({ id }) => id)).toEqual(whole.slice(0, limit).map(({ id }) => id));
					expect(requests.every(({ query }) => Number(query?.limit) <= (limit ?? LARGE_PAGE))).toBe(true);
				},
			),
		);
	});

	it('asks no further back than the limit needs', async () => {
		const rows = Array.from({ length: 6 }, (_, id): Row => ({ id, atMs: NOW_MS - id * DAY_MS }));
		const { requests, session } = sessionOver(rows, 'both');
		const input = inputOf({ from: '2020-01-01T00:00:00Z', limit: 3 });
		await readRange(input, session, { path: '/api/v1/syncs', query: { status: 'error' } })(session);
		expect(requests.map(({ query }) => query)).toEqual([
			{ from: '2026-02-28T12:00:00.000Z', to: '2026-03-31T12:00:00.000Z', status: 'error', limit: 3, cursor: undefined },
		]);
	});
});

it('adds the counts of the parts of a long range up, each record counted once', async () => {
	await fc.assert(
		fc.asyncProperty(anyRows, fc.integer({ min: 0, max: 150 }), async (rows, days) => {
			const { session } = sessionOver(rows, 'both');
			const from = new Date(NOW_MS - days * DAY_MS).toISOString();
			const [metrics] = await recordsOf(readMetrics(inputOf({ from }), session, '/api/v1/syncs/metrics'), session);
			const count = rows.filter(({ atMs }) => atMs >= NOW_MS - days * DAY_MS).length;
			expect(metrics).toEqual({ from, to: new Date(NOW_MS).toISOString(), counts: { count, inner: { count } } });
		}),
	);
});

import type { INode } from 'n8n-workflow';

import { describeFailure, toNodeApiError, type Failure, type FailureKind } from '../../../nodes/shared/http/failure';

const NODE: INode = { id: '1', name: 'SalesOS', type: 'salesOs', typeVersion: 1, position: [0, 0], parameters: {} };

const failure = (kind: FailureKind, facts: Partial<Failure> = {}): Failure => ({
	kind,
	service: 'SalesOS',
	request: { method: 'POST', path: '/v1/leads' },
	problem: 'the problem',
	attempts: 1,
	waitedMs: 0,
	...facts,
});

describe('the message', () => {
	it.each<[FailureKind, Partial<Failure>, string]>([
		['refused', {}, 'SalesOS refused the request: the problem'],
		['refused', { vendor: { message: 'Name is missing', details: [] } }, 'SalesOS refused the request: Name is missing'],
		['refused', { problem: undefined, status: 418 }, 'SalesOS refused the request: status 418'],
		['unknown', {}, 'It is not known whether SalesOS carried out the request: the problem'],
		['exhausted', {}, 'SalesOS could not be reached: the problem'],
		['exhausted', { status: 503 }, 'SalesOS did not give a usable answer: the problem'],
		['blocked', {}, 'No connection to SalesOS: the problem'],
		['tooLong', { retryAtMs: Date.UTC(2026, 2, 14, 12) }, 'SalesOS can take this request at 2026-03-14T12:00:00.000Z at the earliest: the problem'],
		['tooLarge', {}, 'The request is too large for SalesOS: the problem'],
		['unusable', {}, 'The answer of SalesOS cannot be used: the problem'],
		['cancelled', {}, 'The execution was canceled: the problem'],
		['cancelled', { problem: undefined }, 'The execution was canceled before the request was sent'],
	])('of %s with %j', (kind, facts, message) => {
		expect(describeFailure(failure(kind, facts)).message).toBe(message);
	});
});

describe('the description', () => {
	const lines = (kind: FailureKind, facts: Partial<Failure> = {}) =>
		describeFailure(failure(kind, facts)).description.split('\n');

	it('gives the facts that there are', () => {
		expect(lines('refused')).toEqual(['POST /v1/leads.']);
		const facts = {
			status: 429,
			vendor: { code: 'RATE_LIMITED', requestId: 'req_1', details: [] },
			attempts: 6,
			waitedMs: 62_000,
			advice: 'Wait.',
		};
		expect(lines('refused', facts)).toEqual([
			'Wait.',
			'POST /v1/leads, status 429 (RATE_LIMITED), request ID req_1, sent 6 times, waited 1 min 2 s.',
		]);
		expect(lines('refused', { waitedMs: 999, status: 400 })).toEqual(['POST /v1/leads, status 400.']);
	});

	it('names each field before the advice', () => {
		const details = ['email: is taken. ;', 'name: is too long'];
		const said = lines('refused', { vendor: { details }, advice: 'Correct the fields.' });
		expect(said).toEqual(['email: is taken;', 'name: is too long.', 'Correct the fields.', 'POST /v1/leads.']);
	});

	it.each<[FailureKind, RegExp]>([
		['unknown', /^The request was not repeated, because it might then be carried out twice\. Look the record up/],
		['exhausted', /^Try again later\./],
		['blocked', /^Check the base URL/],
		['tooLong', /raise the option Max Wait\.$/],
		['tooLarge', /^Send fewer/],
		['unusable', /^Ask for less at once\.$/],
	])('of %s says how to go on', (kind, advice) => {
		expect(lines(kind)[0]).toMatch(advice);
	});
});

it('what to do about an unknown outcome is said beside what the vendor advises', () => {
	const [advice] = describeFailure(failure('unknown', { advice: 'Ask the vendor.' })).description.split('\n');
	expect(advice).toMatch(/^The request was not repeated.* Ask the vendor\.$/);
	expect(describeFailure(failure('exhausted', { advice: 'Ask the vendor.' })).description).toMatch(/^Ask the vendor\.\n/);
});

describe('the details for an item that failed while others went on', () => {
	it('hold the facts, and none that is not there', () => {
		expect(describeFailure(failure('refused', { vendor: { details: [] } })).details).toStrictEqual({ attempts: 1, waitedSeconds: 0 });
		const facts = {
			status: 400,
			vendor: { code: 'VALIDATION_ERROR', requestId: 'req_1', details: ['email: is taken'] },
			advice: 'Correct it.',
			attempts: 2,
			waitedMs: 1600,
			retryAtMs: Date.UTC(2026, 2, 14),
		};
		expect(describeFailure(failure('unknown', facts)).details).toMatchObject({
			status: 400,
			code: 'VALIDATION_ERROR',
			requestId: 'req_1',
			fields: ['email: is taken'],
			attempts: 2,
			waitedSeconds: 2,
			retryAt: '2026-03-14T00:00:00.000Z',
			outcome: 'unknown',
		});
	});
});

describe('the error that n8n shows', () => {
	it('keeps our text, the status and the item', () => {
		const error = toNodeApiError(NODE, failure('refused', { status: 404, advice: 'Check the ID.' }), 3);
		expect(error.message).toBe('SalesOS refused the request: the problem');
		expect(error.description).toBe('Check the ID.\nPOST /v1/leads, status 404.');
		expect(error.httpCode).toBe('404');
		expect(error.context).toMatchObject({ itemIndex: 3, details: { status: 404 } });
	});

	// The constructor of NodeApiError replaces texts in which it finds these words.
	it.each(['ECONNREFUSED', 'ETIMEDOUT', 'socket hang up', 'Rate limit exceeded', 'getaddrinfo ENOTFOUND', 'TOO MANY REQUESTS', '404'])(
		'keeps our text where it speaks of %j',
		(words) => {
			expect(toNodeApiError(NODE, failure('refused', { problem: words })).message).toBe(`SalesOS refused the request: ${words}`);
		},
	);

	it('has no status where there was no answer', () => {
		expect(toNodeApiError(NODE, failure('exhausted')).httpCode ?? null).toBeNull();
	});
});

it('a wait of a second is told, and what is not known has no place in the details', () => {
	const { description, details } = describeFailure(failure('refused', { waitedMs: 1_000 }));
	expect(description).toBe('POST /v1/leads, waited 1 s.');
	expect(details).toStrictEqual({ attempts: 1, waitedSeconds: 1 });
});

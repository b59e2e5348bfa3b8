import type { IDataObject } from 'n8n-workflow';

import { syncResults, undeterminedWarning, type SyncWords } from '../../../nodes/SalesOs/syncResults';

const WORDS: SyncWords = {
	fresh: { count: 'processed', result: 'processed' },
	known: { count: 'duplicates', result: 'duplicate' },
	matchedBy: 'external_id',
	identity: ['external_id'],
};

const entries = (...ids: string[]): IDataObject[] => ids.map((id) => ({ external_id: id, collaborator_email: `${id}@people.example` }));

/** The results in short: the word, and the reason where there is one. */
function results(data: IDataObject, sent: IDataObject[], words = WORDS): string[] {
	return syncResults({ status: 200, headers: {}, body: { data } }, sent, words).map((outcome) => {
		if (outcome.kind === 'notTaken') return `error: ${outcome.reason}`;
		const { reason, result } = outcome.record;
		return reason === undefined ? String(result) : `${String(result)}: ${String(reason)}`;
	});
}

const counts = (processed: number, skipped: number, duplicates: number, errors: string[] = []): IDataObject => ({
	processed,
	skipped,
	duplicates,
	errors,
	total: processed + skipped + duplicates,
});

it.each([
	['all new', counts(3, 0, 0), ['a', 'b', 'c'], ['processed', 'processed', 'processed']],
	['all known', counts(0, 0, 3), ['a', 'b', 'c'], ['duplicate', 'duplicate', 'duplicate']],
	['repeated in the request', counts(2, 0, 1), ['a', 'b', 'A'], ['processed', 'processed', 'duplicate']],
	['a mixture of both', counts(2, 0, 1), ['a', 'b', 'c'], ['accepted', 'accepted', 'accepted']],
	['more known than repeated', counts(1, 0, 2), ['a', 'b', 'a'], ['accepted', 'accepted', 'accepted']],
	['one skipped, named by its ID', counts(2, 1, 0, ['no such person for b!']), ['a', 'b', 'c'], ['processed', 'skipped: no such person for b!', 'processed']],
	['one skipped, named by its email', counts(1, 1, 1, ['unknown: c@people.example.']), ['a', 'b', 'c'], ['accepted', 'accepted', 'skipped: unknown: c@people.example.']],
	['one skipped, not named', counts(2, 1, 0, ['entry 2 is wrong']), ['a', 'b', 'c'], ['undetermined', 'undetermined', 'undetermined']],
	['two skipped, one of them named', counts(1, 2, 0, ['b is wrong']), ['a', 'b', 'c'], ['undetermined', 'undetermined', 'undetermined']],
	['all skipped', counts(0, 2, 0, ['b is wrong', 'closed']), ['a', 'b'], ['skipped: b is wrong; closed', 'skipped: b is wrong']],
	['all skipped without a word', counts(0, 2, 0), ['a', 'b'], ['skipped: SalesOS gave no reason', 'skipped: SalesOS gave no reason']],
	['not taken, and not called skipped', counts(1, 0, 0, ['b is wrong']), ['a', 'b'], ['processed', 'error: b is wrong']],
	['a part of the rest called skipped', counts(1, 1, 0, ['b is wrong', 'c is wrong']), ['a', 'b', 'c'], ['undetermined', 'undetermined', 'undetermined']],
	['more than was sent', counts(3, 0, 0), ['a', 'b'], ['undetermined', 'undetermined']],
])('%s', (_, data, ids, expected) => {
	expect(results(data, entries(...ids))).toEqual(expected);
});

it('takes no number in a text for an ID of digits', () => {
	expect(results(counts(1, 1, 0, ['Activity 2: closed']), entries('1', '2'))).toEqual(['undetermined', 'undetermined']);
});

it('does not take a part of a word for an ID', () => {
	expect(results(counts(1, 1, 0, ['call-10 is wrong']), entries('call-1', 'call-2'))).toEqual(['undetermined', 'undetermined']);
});

it('prefers the ID, where a text names both and others share the email', () => {
	const sent = entries('a', 'b', 'c').map((entry) => ({ ...entry, collaborator_email: 'ana@people.example' }));
	expect(results(counts(2, 1, 0, ['b of ana@people.example is closed']), sent)).toEqual([
		'processed',
		'skipped: b of ana@people.example is closed',
		'processed',
	]);
});

it.each([[{}], [{ processed: 'many', duplicates: 0 }], [{ processed: null, duplicates: null }]])(
	'an answer without usable counts leaves it open: %j',
	(data) => {
		expect(results(data as IDataObject, entries('a', 'b'))).toEqual(['undetermined', 'undetermined']);
	},
);

it('gives the counts where it cannot say more, and not where it can', () => {
	const outcomes = (data: IDataObject) => syncResults({ status: 200, headers: {}, body: { data } }, entries('a', 'b'), WORDS);
	expect(outcomes(counts(1, 0, 1))[0]).toEqual({
		kind: 'taken',
		record: { external_id: 'a', result: 'accepted', batch: counts(1, 0, 1) },
	});
	expect(outcomes(counts(2, 0, 0))[0]).toEqual({ kind: 'taken', record: { external_id: 'a', result: 'processed' } });
});

it('works on the words of collaborators too, who are matched by email', () => {
	const words: SyncWords = {
		fresh: { count: 'created', result: 'created' },
		known: { count: 'existing', result: 'existing' },
		matchedBy: 'email',
		identity: ['email'],
	};
	const sent = [{ email: 'a@x.example' }, { email: 'A@x.example' }];
	expect(results({ created: 1, existing: 1, errors: [], total: 2 }, sent, words)).toEqual(['created', 'existing']);
	expect(results({ created: 1, existing: 0, errors: ['a@x.example is wrong'], total: 2 }, [sent[0], { email: 'b@x.example' }], words)).toEqual([
		'error: a@x.example is wrong',
		'created',
	]);
});

describe('the texts of an answer', () => {
	const outcomesOf = (data: IDataObject, count: number) =>
		syncResults({ status: 200, headers: {}, body: { data } }, entries(...Array.from({ length: count }, (_, index) => `e${index}`)), WORDS);

	it('are cut where each item would carry all of them', () => {
		const errors = Array.from({ length: 1_000 }, (_, index) => `${index} ${'x'.repeat(400)}`);
		const [skipped] = outcomesOf(counts(0, 1_000, 0, errors), 1_000);
		expect(skipped).toMatchObject({ kind: 'taken', record: { result: 'skipped' } });
		const reason = skipped.kind === 'taken' ? String(skipped.record.reason) : '';
		expect(reason).toMatch(/^0 x{298}…; 1 .*; and 990 more$/);
		expect(reason.length).toBeLessThan(3_100);
		const [unclear] = outcomesOf(counts(1, 999, 0, errors), 1_000);
		expect(unclear).toMatchObject({ kind: 'taken', record: { result: 'undetermined', batch: { processed: 1, skipped: 999 } } });
		const { errors: shown } = (unclear.kind === 'taken' ? unclear.record.batch : {}) as { errors: string[] };
		expect([shown.length, shown[10]]).toEqual([11, 'and 990 more']);
	});

	it('come once where they are the same', () => {
		const [first] = outcomesOf(counts(0, 3, 0, ['closed', 'closed', 'closed']), 3);
		expect(first).toMatchObject({ record: { reason: 'closed' } });
	});

	it('may be objects', () => {
		const [first] = outcomesOf(counts(0, 1, 0, [{ message: 'closed' }] as never), 1);
		expect(first).toMatchObject({ record: { reason: '{"message":"closed"}' } });
	});
});

it('a run with items whose fate is open warns of them', () => {
	const tally = (...words: string[]) => ({ done: words.map((result) => ({ result })), failedCount: 0, unknownCount: 0, postponedCount: 0 });
	expect(undeterminedWarning(tally('processed', 'accepted'))).toBeUndefined();
	expect(undeterminedWarning(tally('undetermined', 'processed', 'undetermined'))).toMatch(/did not take all of the items .* 2 items have the result "undetermined"/);
});

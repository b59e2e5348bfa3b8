import { wrongFigures, type DemoFigures } from '../../../sandbox/demo/figures';

const RIGHT: DemoFigures = {
	status: 'success',
	created: 598,
	createdEmails: 598,
	output: 598,
	refused: ['Email is not an email address: "a@@b"', 'Email is not an email address: "c"'],
	moved: 50,
	closed: 50,
	limited: 0,
	accountKnown: true,
};

describe('the figures of the demo', () => {
	it.each([0, 1])('are right with %d answers of 429', (limited) => {
		expect(wrongFigures({ ...RIGHT, limited })).toEqual([]);
	});

	it.each<[Partial<DemoFigures>, string[]]>([
		[{ status: 'error' }, ['The execution ended as error']],
		[{ created: 597, createdEmails: 597, output: 597 }, ['597 leads created, not 598']],
		[{ createdEmails: 597 }, ['598 leads created for 597 emails']],
		[{ created: 599 }, ['599 leads created, not 598', '599 leads created for 598 emails', '598 leads in the output, 599 created']],
		[{ output: 597 }, ['597 leads in the output, 598 created']],
		[{ refused: ['Email'] }, ['1 rows refused, not 2']],
		[{ refused: ['Email', ' '] }, ['1 rows refused without a reason']],
		[{ moved: 49 }, ['49 deals moved, not 50']],
		[{ closed: 0 }, ['0 deals closed as won, not 50']],
		[{ limited: 2 }, ['2 answers with 429, more than 1']],
		[{ accountKnown: false }, ['OutboundSync did not tell its account']],
	])('are wrong with %j', (change, problems) => {
		expect(wrongFigures({ ...RIGHT, ...change })).toEqual(problems);
	});
});

import { RecentWrites } from '../../../nodes/SalesOs/resources/lead/recentWrites';

it('knows what was written since a reading began', () => {
	const writes = new RecentWrites();
	writes.note('ana');
	const readAt = writes.now();
	writes.note('rui');
	expect(writes.mayHaveChangedSince('ana', readAt)).toBe(false);
	expect(writes.mayHaveChangedSince('rui', readAt)).toBe(true);
	expect(writes.mayHaveChangedSince('eva', readAt)).toBe(false);
	writes.note('ana');
	expect(writes.mayHaveChangedSince('ana', readAt)).toBe(true);
	expect(writes.mayHaveChangedSince('ana', writes.now())).toBe(false);
});

it('is unsure about everything read before what it had to forget', () => {
	const writes = new RecentWrites(2);
	const early = writes.now();
	writes.note('ana');
	const late = writes.now();
	writes.note('rui');
	writes.note('eva');
	expect(writes.mayHaveChangedSince('ana', early)).toBe(true);
	expect(writes.mayHaveChangedSince('nobody', early)).toBe(true);
	expect(writes.mayHaveChangedSince('ana', late)).toBe(false);
	expect(writes.mayHaveChangedSince('nobody', late)).toBe(false);
	expect(writes.mayHaveChangedSince('rui', late)).toBe(true);
});

it('keeps an email that is written again and again, and forgets the idle ones', () => {
	const writes = new RecentWrites(2);
	writes.note('ana');
	writes.note('rui');
	writes.note('ana');
	const readAt = writes.now();
	writes.note('eva');
	expect(writes.mayHaveChangedSince('ana', readAt)).toBe(false);
	expect(writes.mayHaveChangedSince('eva', readAt)).toBe(true);
});

import { excessOf } from '../../../nodes/shared/http/json';

it('looks through 16 MB in no more time than parsing takes', () => {
	const text = JSON.stringify(Array.from({ length: 160_000 }, (_, id) => ({ id, name: 'a'.repeat(70) })));
	const timed = (run: () => unknown) => {
		const startMs = performance.now();
		run();
		return performance.now() - startMs;
	};
	timed(() => excessOf(text));
	const lookMs = Math.min(...[1, 2, 3].map(() => timed(() => excessOf(text))));
	const parseMs = Math.min(...[1, 2, 3].map(() => timed(() => JSON.parse(text))));
	expect(lookMs).toBeLessThan(3 * parseMs + 20);
});

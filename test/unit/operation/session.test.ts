import { createBreather } from '../../../nodes/shared/operation/breather';
import { finishedItemsOf } from '../../../nodes/shared/operation/finishedItems';
import { createOnce } from '../../../nodes/shared/operation/session';

/** What the items of one run share, and what the tries of one node run know of each other. */

describe('what is loaded once', () => {
	it('is loaded for the first who asks, and shared with all who ask meanwhile and later', async () => {
		const once = createOnce();
		let loads = 0;
		const load = async () => {
			loads += 1;
			return await Promise.resolve(loads);
		};
		expect(await Promise.all([once('stages', load), once('stages', load)])).toEqual([1, 1]);
		expect(await once('stages', load)).toBe(1);
		expect(await once('users', load)).toBe(2);
	});

	it('and fails, fails for all who ask, without being asked for again', async () => {
		const once = createOnce();
		let loads = 0;
		const load = async () => {
			loads += 1;
			return await Promise.reject(new Error('busy'));
		};
		const waiting = await Promise.allSettled([once('stages', load), once('stages', load)]);
		expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		await expect(once('stages', load)).rejects.toThrow('busy');
		expect(loads).toBe(1);
	});
});

describe('finished items', () => {
	type Context = Parameters<typeof finishedItemsOf>[0];

	/** A try of a node run, as n8n hands it over. */
	const tryOf = (run: { node: { name: string } }, nodeName: string, json: object = {}) =>
		({ getExecuteData: () => run, getNode: () => ({ name: nodeName }), getInputData: () => [{ json }] }) as unknown as Context;

	it('are those of all tries of the same node run, and of no other', () => {
		const [run, otherRun] = [{ node: { name: 'Own' } }, { node: { name: 'Own' } }];
		const finished = finishedItemsOf<string>(tryOf(run, 'Own'));
		finished.set(3, 'done');
		const again = finishedItemsOf<string>(tryOf(run, 'Own', { other: 'input' }));
		expect([again.get(3), again.get(0), again.size]).toEqual(['done', undefined, 1]);
		expect(finishedItemsOf(tryOf(otherRun, 'Own')).size).toBe(0);
	});

	it('of a tool are those of the same call of its agent', () => {
		const agentRun = { node: { name: 'Agent' } };
		const [call, otherCall] = [{ leadId: 1 }, { leadId: 1 }];
		finishedItemsOf<string>(tryOf(agentRun, 'Own', call)).set(0, 'done');
		expect(finishedItemsOf<string>(tryOf(agentRun, 'Own', call)).get(0)).toBe('done');
		expect(finishedItemsOf<string>(tryOf(agentRun, 'Own', otherCall)).get(0)).toBeUndefined();
	});
});

it('others get a turn after every 50 ms of work', async () => {
	let nowMs = 1_000;
	const naps: number[] = [];
	const breathe = createBreather({
		now: () => nowMs,
		sleep: async (ms) => {
			naps.push(ms);
			nowMs += 7;
			await Promise.resolve();
		},
	});
	const worked = async (ms: number) => {
		nowMs += ms;
		await breathe();
		return naps.length;
	};
	expect([await worked(0), await worked(49), await worked(1), await worked(49), await worked(1), await worked(200)]).toEqual([0, 0, 1, 1, 2, 3]);
	expect(naps).toEqual([0, 0, 0]);
});

import { changesBetween, countByCall, credentialsFor, finishedEntries, quietSandbox, recordsOf, sharedEngine } from './bench';
import { FAULT_NAMES, faultOf, SLOW_TIMEOUT_SECONDS, type FaultName } from './faults';
import { operationOf } from './operations';
import { TABLES } from './outcomes';
import { CellPool } from './pool';
import { causeFor, headlines } from './texts';

/**
 * The creation of a lead where the same fault strikes its look-ups too: nobody knows whether it is
 * there, so it is said, with both reasons, and not sent again.
 */

jest.setTimeout(120_000);

const UNCLEAR = FAULT_NAMES.filter((fault) => TABLES.lasting(fault, 'write') === 'unknown');
const CREATE = operationOf('create a lead');

async function createUnder(fault: FaultName, signal: AbortSignal) {
	const [engine, sandbox] = [await sharedEngine(), await quietSandbox()];
	try {
		const { strike } = faultOf(fault);
		const before = recordsOf(sandbox);
		sandbox.faults.add({ vendor: 'salesOs', path: '/v1/leads', ...strike, count: Infinity });
		const { error } = await engine.runNode({
			type: 'salesOs',
			parameters: { ...CREATE.prepare(sandbox), options: { maxRetries: 1, timeout: SLOW_TIMEOUT_SECONDS } },
			credentials: credentialsFor(engine, sandbox),
			signal,
		});
		const entries = await finishedEntries(sandbox, 'salesOs', strike.kind === 'slow' ? strike.delayMs : 0);
		return { error, entries, changes: changesBetween(before, recordsOf(sandbox)) };
	} finally {
		await sandbox.stop();
	}
}

const pool = new CellPool(UNCLEAR, createUnder);
afterAll(async () => await pool.stop());

test.each(UNCLEAR)('%s', async (fault) => {
	const { changes, entries, error } = await pool.result(fault);
	const row = faultOf(fault);
	const { unknown } = headlines('SalesOS', row, causeFor('SalesOS', row, 'a lead'));
	const search = headlines('SalesOS', row, causeFor('SalesOS', row, 'a list'))[TABLES.lasting(fault, 'read') === 'fails' ? 'fails' : 'gives up'];
	expect(error?.message).toBe(`${unknown}. Looking the lead up failed too: ${search}`);
	expect(error?.description).toContain('The request was not repeated, because it might then be carried out twice.');
	expect(error?.context?.details).toMatchObject({ attempts: 1, outcome: 'unknown' });
	expect(countByCall(entries)['POST /v1/leads']).toBe(1);
	expect(changes).toMatchObject(row.isCarriedOut ? CREATE.changes : {});
	expect(Object.keys(changes)).toEqual(row.isCarriedOut ? ['leads'] : []);
});

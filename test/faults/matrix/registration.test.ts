import { CellPool } from './pool';
import { expectStep, runStep, type StepCell } from './registration';
import { STEP_FAULTS, STEP_NAMES } from './steps';

/**
 * Every fault of the sandbox at every request with which a trigger keeps its webhook: what n8n is told,
 * how often it was sent, which webhooks the vendor has afterwards, and whether the trigger takes what
 * is signed with the secret of that webhook.
 */

jest.setTimeout(120_000);

const CELLS: readonly StepCell[] = (['once', 'lasting'] as const).flatMap((duration) =>
	STEP_FAULTS[duration].flatMap((fault) => STEP_NAMES.map((name) => ({ duration, fault, name }))),
);

const pool = new CellPool(CELLS, runStep);
afterAll(async () => await pool.stop());

test.each(CELLS)('$fault, $duration: $name', async (cell) => expectStep(cell, await pool.result(cell)));

import { expectCell, runCell, type Cell, type Seen } from './cell';
import { FAULT_NAMES } from './faults';
import { OPERATION_NAMES } from './operations';
import { CellPool } from './pool';

/**
 * Every fault of the sandbox, lasting through all that a node tries, at every kind of operation: what comes out, how often it
 * was sent, what the vendor has afterwards, and what the user reads. The expectations are the table
 * in outcomes.ts; each cell has a sandbox of its own.
 */

// Being sure what a silent server did with a lead takes half a minute.
jest.setTimeout(120_000);

const CELLS: readonly Cell[] = FAULT_NAMES.flatMap((fault) => OPERATION_NAMES.map((name) => ({ duration: 'lasting', fault, name }) as const));

const pool = new CellPool<Cell, Seen>(CELLS, runCell);
afterAll(async () => await pool.stop());

test.each(CELLS)('$fault, lasting: $name', async (cell) => expectCell(cell, await pool.result(cell)));

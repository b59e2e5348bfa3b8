import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { changesBetween, countByCall, credentialsFor, quietSandbox, recordsOf, sharedEngine, type TableChange } from './bench';
import { operationOf, serviceOf, type OperationName } from './operations';
import { CellPool } from './pool';

/**
 * A server that refuses connections, for a while or for good. Nothing has been sent then, so
 * everything may be sent again: creations too, and without a look-up.
 */

jest.setTimeout(60_000);

const NAMES: readonly OperationName[] = [
	'get a lead',
	'get a lead, signed',
	'list leads, page 1',
	'delete a lead',
	'create a deal',
	'create a deal, signed',
	'update a lead',
	'convert a lead',
	'sync an activity',
	'create a lead',
	'upsert a lead that is new',
	'get the account',
	'list events, page 1',
	'create a webhook',
	'delete a webhook',
	'rotate the secret of a webhook',
];
const CELLS = NAMES.flatMap((name) => [{ name, duration: 'for a while' }, { name, duration: 'for good' }] as const);

interface Seen {
	readonly message?: string;
	readonly description?: string | null;
	readonly output: IDataObject[];
	readonly wanted: IDataObject[];
	readonly counts: Record<string, number>;
	readonly changes: Record<string, TableChange>;
}

async function run(cell: (typeof CELLS)[number], signal: AbortSignal): Promise<Seen> {
	const { duration, name } = cell;
	const operation = operationOf(name);
	// An address of its own: nothing else may take the ports while nobody listens on them.
	const host = `127.0.1.${1 + CELLS.indexOf(cell)}`;
	// Gives tokens all the while, and has given the addresses.
	const tokens = await startSandbox();
	const gone = await startSandbox({ host });
	const portOf = (origin: string) => Number(new URL(origin).port);
	const ports = { salesOs: portOf(gone.salesOs.origin), outboundSync: portOf(gone.outboundSync.origin) };
	const address = { ...gone, salesOs: { ...gone.salesOs, authOrigin: tokens.salesOs.authOrigin } };
	const parameters = operation.prepare(gone);
	await gone.stop();

	const engine = await sharedEngine();
	const running = engine.runNode({
		type: operation.sender === 'outboundSync' ? 'outboundSync' : 'salesOs',
		parameters: {
			...parameters,
			...(operation.sender === 'salesOsSigned' && { authentication: 'signedApiKey' }),
			...(duration === 'for good' && { options: { maxRetries: 1 } }),
		},
		credentials: credentialsFor(engine, address),
		signal,
	});
	let late: Sandbox | undefined;
	try {
		if (duration === 'for good') {
			const { error, items } = await running;
			return { message: error?.message, description: error?.description, output: items.map(({ json }) => json), wanted: [], counts: {}, changes: {} };
		}
		await new Promise((resolve) => {
			setTimeout(resolve, 700);
		});
		late = await quietSandbox({ host, ports });
		// The same records: those that are made up are made up alike.
		operation.prepare(late);
		const before = recordsOf(late);
		const { error, items } = await running;
		return {
			message: error?.message,
			output: items.map(({ json }) => json),
			wanted: operation.output(late, false),
			counts: countByCall(late.journal.list().filter(({ vendor }) => vendor !== 'salesOsAuth')),
			changes: changesBetween(before, recordsOf(late)),
		};
	} finally {
		await Promise.all([tokens.stop(), late?.stop()]);
	}
}

const pool = new CellPool(CELLS, run);
afterAll(async () => await pool.stop());

test.each(CELLS)('$duration: $name', async (cell) => {
	const { changes, counts, description, message, output, wanted } = await pool.result(cell);
	const operation = operationOf(cell.name);
	const { after = {}, before = {}, call } = operation;
	if (cell.duration === 'for good') {
		expect(message).toBe(`${serviceOf(operation)} could not be reached: the server refuses connections`);
		expect(description).toContain('Try again later.');
		expect(output).toEqual([]);
		return;
	}
	expect(message).toBeUndefined();
	expect(output).toMatchObject(wanted);
	const once: Record<string, number> = {};
	for (const [name, count] of [...Object.entries(before), [call, 1] as const, ...Object.entries(after)]) once[name] = (once[name] ?? 0) + count;
	expect(counts).toEqual(once);
	expect(changes).toMatchObject(operation.changes);
	expect(Object.keys(changes).sort()).toEqual(Object.keys(operation.changes).sort());
});

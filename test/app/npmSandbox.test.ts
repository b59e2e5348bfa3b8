import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorization, digestOf } from '../../credentials/SalesOsSigning';
import { allGone, Command, takePort } from './command';

/** `npm run sandbox`, as one runs it in a terminal. */

const STARTS_WITHIN_MS = 60_000;
const ANY_PORTS = ['--salesos-port=0', '--salesos-auth-port=0', '--outboundsync-port=0', '--control-port=0'];

const running: Command[] = [];
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});

afterAll(async () => {
	await Promise.all(running.map(async (command) => await command.kill()));
	await rm(folder, { recursive: true, force: true });
});

function start(...flags: string[]): Command {
	const command = Command.npm(['run', 'sandbox', '--', ...flags]);
	running.push(command);
	return command;
}

async function startUp(...flags: string[]): Promise<Command> {
	const command = start(...ANY_PORTS, ...flags);
	await command.shows('Ctrl-C stops.', STARTS_WITHIN_MS);
	return command;
}

async function stop(command: Command): Promise<void> {
	const processes = command.processes();
	expect(processes.length).toBeGreaterThan(1);
	command.interrupt();
	await command.ended();
	await allGone(processes);
}

/** The words of a row of the summary, the address or name first. */
const wordsOf = (command: Command, label: string): string[] => command.row(label).split(/\s+/);

async function bearerOf(command: Command): Promise<string> {
	const [tokenUrl, , audience] = wordsOf(command, '  tokens');
	const [clientId, , clientSecret] = wordsOf(command, '  client');
	const answer = await fetch(tokenUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience }),
	});
	const { access_token: token } = (await answer.json()) as { access_token: string };
	return `Bearer ${token}`;
}

interface Answer {
	status: number;
	data: unknown;
}

async function ask(url: string, authorizationHeader: string, body?: object): Promise<Answer> {
	const answer = await fetch(url, {
		method: body ? 'POST' : 'GET',
		headers: { authorization: authorizationHeader, 'content-type': 'application/json' },
		body: body ? JSON.stringify(body) : null,
	});
	return { status: answer.status, data: ((await answer.json()) as { data?: unknown }).data };
}

it('answers where its summary says, to the credentials that its summary names, until Ctrl-C', async () => {
	const sandbox = await startUp('--plan', 'starter', '--leads', '3', '--deals', '2');
	const [salesOs, , plan] = wordsOf(sandbox, 'SalesOS');
	expect(plan).toBe('starter,');
	expect(await ask(`${salesOs}/leads`, await bearerOf(sandbox))).toEqual({ status: 200, data: [expect.anything(), expect.anything(), expect.anything()] });

	const [apiKey, , apiSecret] = wordsOf(sandbox, '  signed key');
	const signed = authorization(
		{ apiKey, apiSecret },
		{ timestampSeconds: Math.floor(Date.now() / 1000), method: 'GET', path: '/v1/deals', bodyDigest: digestOf(Buffer.alloc(0)) },
	);
	expect(await ask(`${salesOs}/deals`, signed)).toEqual({ status: 200, data: [expect.anything(), expect.anything()] });

	const [outboundSync] = wordsOf(sandbox, 'OutboundSync');
	for (const label of ['  full key', '  read only', '  one connection']) {
		expect(await ask(`${outboundSync}/me`, `Bearer ${wordsOf(sandbox, label)[0]}`)).toMatchObject({ status: 200 });
	}
	const [control] = wordsOf(sandbox, 'Control');
	expect((await fetch(control)).status).toBe(200);

	await stop(sandbox);
	for (const origin of [salesOs, outboundSync, control]) await expect(fetch(origin)).rejects.toThrow();
});

it('keeps its records in the file of --sqlite', async () => {
	const flags = ['--sqlite', join(folder, 'records.sqlite')];
	const first = await startUp(...flags);
	const created = await ask(`${wordsOf(first, 'SalesOS')[0]}/leads`, await bearerOf(first), { name: 'Ana Conceição', email: 'ana@example.com' });
	expect(created.status).toBe(201);
	await stop(first);

	const second = await startUp(...flags);
	const { id } = created.data as { id: string };
	expect(await ask(`${wordsOf(second, 'SalesOS')[0]}/leads/${id}`, await bearerOf(second))).toEqual({ status: 200, data: created.data });
	await stop(second);
});

it('tells of a port that is taken, and which flag chooses another', async () => {
	const { port, release } = await takePort();
	const refused = start(...ANY_PORTS, `--outboundsync-port=${port}`);
	expect(await refused.ended()).toBe(1);
	await release();
	expect(refused.stderr.join('')).toContain(
		`Port ${port}, which the OutboundSync API was to use, is taken by another program. Stop it, or choose another port with --outboundsync-port.`,
	);
});

it.each([
	[['--plan', 'gold'], '--plan takes one of starter, professional, enterprise, not gold'],
	[['--leads', 'many'], '--leads takes a whole number, not many'],
	[['--unknown'], "Unknown option '--unknown'"],
])('refuses %j with what it takes', async (flags, problem) => {
	const refused = start(...flags);
	expect(await refused.ended()).toBe(1);
	expect(refused.stderr.join('')).toContain(problem);
	expect(refused.stderr.join('')).toContain('npm run sandbox -- [flags]');
});

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installN8n } from '../../sandbox/n8n/install';
import { packPackage } from '../../sandbox/n8n/package';
import { assertPortFree } from '../../sandbox/n8n/ports';
import { DEMO_OWNER, N8nSession } from '../../sandbox/n8n/session';
import { APP_START_TIMEOUT_MS } from './app';
import { allGone, Command, freePorts, takePort } from './command';

/** `npm start`, as one runs it in a terminal: one n8n after the other on one data folder. */

/** n8n takes some seconds on an idle machine. */
const STARTS_WITHIN_MS = 180_000;
const UP = 'Ctrl-C stops everything.';
const FLAGS = ['--port', '--salesos-port', '--salesos-auth-port', '--outboundsync-port', '--control-port'];

jest.setTimeout(2 * STARTS_WITHIN_MS);

let dataFolder: string;
let ports: number[];
let firstStartMs: number;
const running: Command[] = [];

beforeAll(async () => {
	// What only the very first start on a machine does is not what is measured here.
	await installN8n();
	await packPackage();
	dataFolder = await mkdtemp(join(tmpdir(), 'npm-start-'));
	ports = await freePorts(FLAGS.length);
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await Promise.all(running.map(async (command) => await command.kill()));
	await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
});

function start(chosenPorts = ports, env: Record<string, string> = {}): Command {
	const portFlags = FLAGS.map((flag, index) => `${flag}=${chosenPorts[index]}`);
	const command = Command.npm(['start', '--', '--data-folder', dataFolder, ...portFlags], env);
	running.push(command);
	return command;
}

async function timeUntilUp(command: Command): Promise<number> {
	const startedAt = performance.now();
	await command.shows(UP, STARTS_WITHIN_MS);
	return performance.now() - startedAt;
}

/** Ctrl-C, and the end of all that the command has started, n8n and its helpers included. */
async function interrupt(command: Command): Promise<void> {
	const processes = command.processes();
	command.interrupt();
	await command.ended();
	await allGone(processes);
	await expectPortsFree();
}

async function expectPortsFree(): Promise<void> {
	for (const port of ports) await assertPortFree(port, 'the test', '');
}

/** Signed in as the summary says. Fails where `npm start` has not set the owner up. */
async function signIn(command: Command): Promise<N8nSession> {
	const origin = command.row('n8n');
	const [email, password] = command.row('  sign in').split(/\s+/);
	const settings = (await (await fetch(`${origin}/rest/settings`)).json()) as { data: { userManagement: object } };
	expect(settings.data.userManagement).toMatchObject({ showSetupOnFirstLoad: false });
	return await N8nSession.signIn(origin, { ...DEMO_OWNER, email, password });
}

const commandLineOf = (pid: number): string => execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();

interface Listed {
	data: Array<{ id: string; name: string }>;
}

async function workflowNames(session: N8nSession): Promise<string[]> {
	const { data } = await session.api<Listed>('GET', '/workflows');
	return data.map(({ name }) => name).sort();
}

it('brings up n8n with its login, credentials that work and the example workflows, and stops all of it on Ctrl-C', async () => {
	const command = start();
	firstStartMs = await timeUntilUp(command);
	expect(command.row('n8n')).toBe(`http://localhost:${ports[0]}`);
	expect(['SalesOS', '  tokens', 'OutboundSync', 'Control'].map((label) => command.row(label))).toEqual(
		ports.slice(1).map((port) => `http://127.0.0.1:${port}`),
	);

	const session = await signIn(command);
	const credentials = await session.rest<Listed['data']>('GET', '/rest/credentials');
	expect(credentials.map(({ name }) => name).sort()).toEqual(['OutboundSync sandbox', 'SalesOS sandbox', 'SalesOS sandbox (signed key)']);
	for (const { id, name } of credentials) expect([name, await session.testCredential(id)]).toEqual([name, expect.objectContaining({ status: 'OK' })]);
	expect(await workflowNames(session)).toEqual([command.row('Workflows')]);

	const second = start(await freePorts(FLAGS.length));
	expect(await second.ended()).toBe(1);
	expect(second.stderr.join('')).toMatch(/npm start is running already \(process \d+\)\. For a second n8n choose another folder with --data-folder/);

	await interrupt(command);
	expect(command.stdout.join('')).toContain('\nStopping\n');
});

it('stops on Ctrl-C while it is still starting', async () => {
	const command = start();
	await command.shows('Starting n8n', STARTS_WITHIN_MS);
	await interrupt(command);
	expect(command.output).not.toContain(UP);
});

it('comes up faster the second time, with nothing installed or imported again, and says so when n8n ends', async () => {
	const command = start();
	const secondStartMs = await timeUntilUp(command);
	expect(command.output).not.toMatch(/Installing|Building|Importing/);
	// Three processes of n8n the first time, two of them to import, and one now: about 0.4 of the time, which leaves
	// room for a machine that has become two and a half times as busy in between.
	expect(secondStartMs).toBeLessThan(firstStartMs);
	expect(await workflowNames(await signIn(command))).toEqual([command.row('Workflows')]);

	const processes = command.processes();
	const n8n = processes.find((pid) => commandLineOf(pid).endsWith('/n8n start'));
	if (n8n === undefined) throw new Error('n8n is not among the processes');
	process.kill(n8n, 'SIGKILL');
	expect(await command.ended()).toBe(1);
	expect(command.stderr.join('')).toContain('n8n ended:');
	await allGone(processes);
	await expectPortsFree();
});

it.each([
	{ at: 0, what: 'n8n', flag: '--port', variable: 'N8N_PORT' },
	{ at: 3, what: 'the OutboundSync sandbox', flag: '--outboundsync-port', variable: 'OUTBOUNDSYNC_PORT' },
])('tells that the port of $what is taken, and how to choose another', async ({ at, flag, variable, what }) => {
	const { port, release } = await takePort();
	// From the environment, which is the other way to set them.
	const command = Command.npm(['start', '--', '--data-folder', dataFolder, ...FLAGS.flatMap((other, index) => (index === at ? [] : [`${other}=${ports[index]}`]))], {
		[variable]: String(port),
	});
	running.push(command);
	expect(await command.ended()).toBe(1);
	await release();
	expect(command.stderr.join('')).toContain(
		`Port ${port}, which ${what} was to use, is taken by another program. Choose another one with npm start -- ${flag} <number>, or with ${variable}.`,
	);
});

it('refuses what is no port', async () => {
	const command = start([70_000, ...ports.slice(1)]);
	expect(await command.ended()).toBe(1);
	expect(command.stderr.join('')).toContain('70000 is no port. Choose another one with npm start -- --port <number>');
});

it('lists its flags', async () => {
	const command = Command.npm(['start', '--', '--help']);
	running.push(command);
	expect(await command.ended()).toBe(0);
	for (const flag of [...FLAGS, '--data-folder']) expect(command.stdout.join('')).toContain(`  ${flag} <`);
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Sandbox } from './index';
import { startSandbox } from './index';
import { N8nCommands } from './n8n/commands';
import { demoCredentials, readDemoWorkflows } from './n8n/demoRecords';
import { n8nEnvironment } from './n8n/environment';
import type { N8nInstallation } from './n8n/install';
import { installN8n } from './n8n/install';
import type { N8nInstance } from './n8n/instance';
import { startN8n } from './n8n/instance';
import { withLock } from './n8n/lock';
import { installPackage, packPackage } from './n8n/package';
import { projectFolder, stateFolder } from './n8n/paths';
import { assertPortFree } from './n8n/ports';
import { DEMO_OWNER, ensureOwner } from './n8n/session';

/** `npm start`: the real n8n with this package in it, beside both vendors' APIs. */

const PORTS = [
	{ name: 'n8n', flag: 'port', variable: 'N8N_PORT', preset: 5678, what: 'n8n' },
	{ name: 'salesOs', flag: 'salesos-port', variable: 'SALESOS_PORT', preset: 5701, what: 'the SalesOS sandbox' },
	{ name: 'salesOsAuth', flag: 'salesos-auth-port', variable: 'SALESOS_AUTH_PORT', preset: 5702, what: "the SalesOS sandbox's token server" },
	{ name: 'outboundSync', flag: 'outboundsync-port', variable: 'OUTBOUNDSYNC_PORT', preset: 5703, what: 'the OutboundSync sandbox' },
	{ name: 'control', flag: 'control-port', variable: 'SANDBOX_CONTROL_PORT', preset: 5704, what: "the sandbox's control API" },
] as const;

/** For the examples to move and close; the sandbox keeps its records in memory, so every start brings them anew. */
const OPEN_DEALS = 50;

type Ports = Record<(typeof PORTS)[number]['name'], number>;

interface Flags {
	ports: Ports;
	/** Where n8n keeps its database and its log. */
	dataFolder: string;
}

const defaultDataFolder = join(stateFolder, 'n8n');

const USAGE = [
	'npm start -- [flags]',
	...PORTS.map(({ flag, variable, preset, what }) => `  --${flag} <number>`.padEnd(36) + `port of ${what} (or ${variable}; ${preset})`),
	`${'  --data-folder <folder>'.padEnd(36)}where n8n keeps its data (${relative(projectFolder, defaultDataFolder)} in the checkout)`,
].join('\n');

const demoFolder = join(projectFolder, 'sandbox', 'demo');

async function main(): Promise<void> {
	const flags = readFlags(process.argv.slice(2));
	if (!flags) {
		print(USAGE);
		return;
	}
	const { dataFolder, ports } = flags;
	for (const { name, flag, variable, what } of PORTS) {
		await assertPortFree(ports[name], what, portRemedy(flag, variable));
	}
	await withLock(join(dataFolder, 'start.lock'), async () => await run(flags), (owner) => {
		throw new Error(`npm start is running already (process ${owner}). For a second n8n choose another folder with --data-folder, and other ports.`);
	});
}

async function run(flags: Flags): Promise<void> {
	const interrupted = new Promise<'interrupted'>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
	});
	const started: Started = {};
	try {
		const starting = start(flags, started);
		if ((await Promise.race([starting, interrupted])) === 'interrupted') return;
		const n8n = await starting;
		const ended = n8n.exited.then(() => 'ended' as const);
		if ((await Promise.race([ended, interrupted])) === 'ended') {
			throw new Error(`n8n ended:\n${await n8n.readLogEnd()}\nThe whole log: ${n8n.logFile}`);
		}
		print('\nStopping');
	} finally {
		await started.n8n?.stop();
		await started.sandbox?.stop();
	}
}

/** What is to be stopped, filled in as it comes up. */
interface Started {
	sandbox?: Sandbox;
	n8n?: N8nInstance;
}

async function start({ dataFolder, ports }: Flags, started: Started): Promise<N8nInstance> {
	const installation = await installN8n();
	await installPackage(await packPackage(), dataFolder);
	const { n8n: port, ...sandboxPorts } = ports;
	started.sandbox = await startSandbox({ ports: sandboxPorts });
	started.sandbox.salesOs.seedDeals(OPEN_DEALS);
	const workflowNames = await importDemo(installation, started.sandbox, dataFolder);
	print('Starting n8n');
	started.n8n = await startN8n({ installation, userFolder: dataFolder, port, readableFolders: [demoFolder] });
	await ensureOwner(started.n8n.origin);
	print(summary(started.sandbox, started.n8n, workflowNames));
	return started.n8n;
}

interface Imported {
	credentials: string;
	/** Hash of each file of workflows/ that was imported. */
	workflows: Record<string, string>;
}

/**
 * Imports what is new since the last start: credentials when the sandbox's addresses changed, and workflow files
 * that are new or were changed in the checkout. The user's own workflows, and changes to unchanged examples, stay.
 */
async function importDemo(installation: N8nInstallation, sandbox: Sandbox, userFolder: string): Promise<string[]> {
	const stampFile = join(userFolder, 'imported.json');
	const before: Imported = existsSync(stampFile)
		? (JSON.parse(await readFile(stampFile, 'utf8')) as Imported)
		: { credentials: '', workflows: {} };
	const credentials = demoCredentials(sandbox);
	const examples = await readDemoWorkflows(credentials);
	const now: Imported = {
		credentials: hash(credentials),
		workflows: Object.fromEntries(examples.map(({ file, workflow }) => [file, hash(workflow)])),
	};
	const changed = examples.filter(({ file }) => before.workflows[file] !== now.workflows[file]);
	const commands = new N8nCommands(installation, userFolder, n8nEnvironment({ installation, userFolder }));
	if (before.credentials !== now.credentials) {
		print('Importing the demo credentials');
		await commands.importCredentials(credentials);
	}
	if (changed.length > 0) {
		print(`Importing ${changed.map(({ file }) => file).join(', ')}`);
		await commands.importWorkflows(changed.map(({ workflow }) => workflow));
	}
	await writeFile(stampFile, JSON.stringify(now, null, '\t'));
	return examples.map(({ workflow }) => workflow.name);
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function summary({ salesOs, outboundSync, control }: Sandbox, n8n: N8nInstance, workflowNames: readonly string[]): string {
	const rows = [
		['n8n', `http://localhost:${n8n.port}`],
		['  sign in', `${DEMO_OWNER.email}  ${DEMO_OWNER.password}`],
		['  log', relative(process.cwd(), n8n.logFile)],
		['SalesOS', salesOs.origin],
		['  tokens', salesOs.authOrigin],
		['  client', `${salesOs.clientId}  ${salesOs.clientSecret}`],
		['OutboundSync', outboundSync.origin],
		['  key', outboundSync.apiKey],
		['Control', control.origin],
		...workflowNames.map((name, index) => [index === 0 ? 'Workflows' : '', name]),
	];
	const lines = rows.map(([label, text]) => `  ${label.padEnd(14)}${text}`);
	return ['', ...lines, '', '  Ctrl-C stops everything.', ''].join('\n');
}

/** Undefined where help is asked for. A flag wins over the environment. */
function readFlags(args: readonly string[]): Flags | undefined {
	const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' }, 'data-folder': { type: 'string' } };
	for (const { flag } of PORTS) options[flag] = { type: 'string' };
	const { values } = parseArgs({ args: [...args], options });
	if (values['help']) return undefined;
	const ports = PORTS.map(({ name, flag, variable, preset }) => {
		const text = values[flag] ?? process.env[variable] ?? String(preset);
		const port = Number(text);
		if (!Number.isInteger(port) || port < 1 || port > 65_535) {
			throw new Error(`${String(text)} is no port. ${portRemedy(flag, variable)}`);
		}
		return [name, port];
	});
	const dataFolder = values['data-folder'];
	return {
		ports: Object.fromEntries(ports) as Ports,
		dataFolder: typeof dataFolder === 'string' ? resolve(dataFolder) : defaultDataFolder,
	};
}

function portRemedy(flag: string, variable: string): string {
	return `Choose another one with npm start -- --${flag} <number>, or with ${variable}.`;
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);

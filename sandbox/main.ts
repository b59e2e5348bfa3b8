import { parseArgs } from 'node:util';
import { startSandbox, type ListenerName, type Sandbox } from './index';
import { plans, type Plan } from './settings';
import { signatureEncodings, signatureSchemes, type SignatureEncoding, type SignatureScheme } from './webhooks/sign';

/** `npm run sandbox`: both vendors' APIs until Ctrl-C. */

const ports: Array<{ name: ListenerName; flag: string; preset: number; what: string }> = [
	{ name: 'salesOs', flag: 'salesos-port', preset: 5701, what: 'the SalesOS API' },
	{ name: 'salesOsAuth', flag: 'salesos-auth-port', preset: 5702, what: "SalesOS's token server" },
	{ name: 'outboundSync', flag: 'outboundsync-port', preset: 5703, what: 'the OutboundSync API' },
	{ name: 'control', flag: 'control-port', preset: 5704, what: "the sandbox's own control API" },
];

const usage = [
	'npm run sandbox -- [flags]',
	...ports.map(({ flag, preset, what }) => `  --${flag} <number>`.padEnd(34) + `port of ${what} (${preset}; 0 for any)`),
	`  --plan <name>                   SalesOS plan: ${plans.join(', ')} (professional)`,
	'  --sqlite <file>                 keep the records in this file (memory)',
	'  --leads <count>                 seed so many SalesOS leads (0)',
	'  --deals <count>                 seed so many SalesOS deals (0)',
	`  --salesos-scheme <name>         signs SalesOS's webhooks: ${signatureSchemes.join(', ')} (prefixedBody)`,
	"  --outboundsync-scheme <name>    signs OutboundSync's webhooks (timestamped)",
	`  --signature-encoding <name>     of bareBody and headerTimestamp: ${signatureEncodings.join(', ')} (hex)`,
	'  --webhook-time-compression <n>  webhook retries come n times faster than documented (1)',
	'  --help                          print this',
].join('\n');

class UsageError extends Error {}

function wholeNumber(value: string | undefined, flag: string, preset: number): number {
	if (value === undefined) return preset;
	if (!/^\d{1,7}$/.test(value)) throw new UsageError(`--${flag} takes a whole number, not ${value}`);
	return Number(value);
}

function choice<C extends string>(value: string | undefined, flag: string, choices: readonly C[]): C | undefined {
	if (value === undefined) return undefined;
	const found = choices.find((candidate) => candidate === value);
	if (found === undefined) throw new UsageError(`--${flag} takes one of ${choices.join(', ')}, not ${value}`);
	return found;
}

interface Flags {
	ports: Record<ListenerName, number>;
	plan?: Plan;
	sqliteFile?: string;
	leads: number;
	deals: number;
	salesOsScheme?: SignatureScheme;
	outboundSyncScheme?: SignatureScheme;
	encoding?: SignatureEncoding;
	webhookTimeCompression: number;
}

/** Undefined where help is asked for. */
function readFlags(args: string[]): Flags | undefined {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args,
		options: {
			...Object.fromEntries(ports.map(({ flag }) => [flag, text])),
			plan: text,
			sqlite: text,
			leads: text,
			deals: text,
			'salesos-scheme': text,
			'outboundsync-scheme': text,
			'signature-encoding': text,
			'webhook-time-compression': text,
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help === true) return undefined;
	const given = values as Record<string, string | undefined>;
	return {
		ports: Object.fromEntries(
			ports.map(({ name, flag, preset }) => [name, wholeNumber(given[flag], flag, preset)]),
		) as Record<ListenerName, number>,
		plan: choice(given.plan, 'plan', plans),
		sqliteFile: given.sqlite,
		leads: wholeNumber(given.leads, 'leads', 0),
		deals: wholeNumber(given.deals, 'deals', 0),
		salesOsScheme: choice(given['salesos-scheme'], 'salesos-scheme', signatureSchemes),
		outboundSyncScheme: choice(given['outboundsync-scheme'], 'outboundsync-scheme', signatureSchemes),
		encoding: choice(given['signature-encoding'], 'signature-encoding', signatureEncodings),
		webhookTimeCompression: Math.max(1, wholeNumber(given['webhook-time-compression'], 'webhook-time-compression', 1)),
	};
}

function describe({ salesOs, outboundSync, control, settings }: Sandbox): string {
	const { plan, webhookScheme } = salesOs.settings;
	const rows: Array<[string, string]> = [
		['SalesOS', `${salesOs.origin}/v1   plan ${plan}, windows of ${settings.windowMs / 1000} s`],
		['  tokens', `${salesOs.authOrigin}/oauth/token   audience ${salesOs.audience}`],
		['  client', `${salesOs.clientId}   secret ${salesOs.clientSecret}`],
		['  signed key', `${salesOs.signedKey}   secret ${salesOs.signedSecret}`],
		['  webhooks', `signed as ${webhookScheme}`],
		['OutboundSync', `${outboundSync.origin}/api/v1`],
		['  full key', outboundSync.apiKey],
		['  read only', outboundSync.readOnlyKey],
		['  one connection', outboundSync.connectionScopedKey],
		['  webhooks', `signed as ${outboundSync.settings.webhookScheme}`],
		['Control', `${control.origin}/control`],
	];
	return ['', ...rows.map(([label, text]) => `  ${label.padEnd(18)}${text}`), '', '  Ctrl-C stops.', ''].join('\n');
}

/** Says which program's port is taken and how to choose another; anything else is passed on. */
function portTaken(error: unknown, chosen: Record<ListenerName, number>): unknown {
	const { code, port } = error as { code?: string; port?: number };
	const known = ports.find(({ name }) => chosen[name] === port);
	if (code !== 'EADDRINUSE' || !known) return error;
	return new Error(
		`Port ${port}, which ${known.what} was to use, is taken by another program. Stop it, or choose another port with --${known.flag}.`,
	);
}

async function main(): Promise<void> {
	const flags = readFlags(process.argv.slice(2));
	if (!flags) {
		console.log(usage);
		return;
	}
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
	const sandbox = await startSandbox({
		ports: flags.ports,
		plan: flags.plan,
		webhookTimeCompression: flags.webhookTimeCompression,
		store: flags.sqliteFile === undefined ? 'memory' : { sqliteFile: flags.sqliteFile },
	}).catch((error: unknown) => {
		throw portTaken(error, flags.ports);
	});
	if (flags.salesOsScheme) sandbox.salesOs.settings.webhookScheme = flags.salesOsScheme;
	if (flags.outboundSyncScheme) sandbox.outboundSync.settings.webhookScheme = flags.outboundSyncScheme;
	if (flags.encoding) {
		sandbox.salesOs.settings.webhookEncoding = flags.encoding;
		sandbox.outboundSync.settings.webhookEncoding = flags.encoding;
	}
	sandbox.salesOs.seedLeads(Math.max(0, flags.leads - sandbox.salesOs.state.leads.size));
	sandbox.salesOs.seedDeals(Math.max(0, flags.deals - sandbox.salesOs.state.deals.size));
	console.log(describe(sandbox));
	await interrupted;
	await sandbox.stop();
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
	console.error(isUsage ? `${message}\n\n${usage}` : message);
	process.exitCode = 1;
});

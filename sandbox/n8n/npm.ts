import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, delimiter, dirname } from 'node:path';
import { createInterface } from 'node:readline';

export interface NpmRun {
	args: readonly string[];
	cwd: string;
	/** Everything npm prints goes here; its end is quoted when npm fails. */
	logFile: string;
	/** The Node that runs npm and the package scripts; this process' own by default. */
	node?: string;
	env?: Readonly<Record<string, string>>;
	onLine?: (line: string) => void;
}

const QUOTED_LINES = 20;

/** Runs the npm that started this process, or the one on PATH. Throws with the end of its output. */
export async function runNpm({ args, cwd, logFile, node = process.execPath, env = {}, onLine }: NpmRun): Promise<void> {
	const npmScript = process.env['npm_execpath'];
	const knowsScript = npmScript !== undefined && basename(npmScript) === 'npm-cli.js';
	const log = createWriteStream(logFile, { flags: 'a' });
	log.write(`> npm ${args.join(' ')}\n`);
	const exitCode = await new Promise<number | null>((resolve, reject) => {
		const child = spawn(knowsScript ? node : 'npm', knowsScript ? [npmScript, ...args] : args, {
			cwd,
			env: { ...outerEnvironment(node), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			// npm is a .cmd file on Windows, which only a shell can start.
			shell: !knowsScript && process.platform === 'win32',
		});
		// An npm left behind would go on writing into a folder that the next run has made its own.
		const end = () => child.kill();
		process.once('exit', end);
		child.once('close', () => process.off('exit', end));
		for (const output of [child.stdout, child.stderr]) {
			createInterface(output).on('line', (line) => {
				log.write(`${line}\n`);
				onLine?.(line);
			});
		}
		child.once('error', reject);
		child.once('close', resolve);
	});
	await new Promise((resolve) => log.end(resolve));
	if (exitCode !== 0) {
		throw new Error(`npm ${args.join(' ')} failed in ${cwd} (exit code ${exitCode}):\n${await lastLines(logFile)}\nThe whole log: ${logFile}`);
	}
}

/**
 * This process' environment without what an outer `npm run` put there about our own package:
 * npm_config_local_prefix alone would make npm work on the checkout in place of `cwd`.
 */
export function outerEnvironment(node: string): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^npm_(package|lifecycle)_|^npm_(command|execpath|node_execpath|config_local_prefix)$|^(NODE_ENV|NODE_OPTIONS|INIT_CWD)$/i.test(name),
	);
	const env: NodeJS.ProcessEnv = Object.fromEntries(kept);
	const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
	env[pathName] = [dirname(node), env[pathName]].join(delimiter);
	return env;
}

export async function lastLines(file: string, count = QUOTED_LINES): Promise<string> {
	const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
	return lines.slice(-count).join('\n');
}

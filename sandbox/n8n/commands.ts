import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IRun } from 'n8n-workflow';
import type { N8nInstallation } from './install';
import { projectFolder } from './paths';
import { findFreePort } from './ports';
import { N8nProcess } from './process';
import type { CredentialRecord, WorkflowRecord } from './records';

/**
 * n8n's own command line on one user folder, beside a running n8n or without one.
 * Each command is a process of its own and takes some seconds to load n8n.
 */
export class N8nCommands {
	constructor(
		private readonly installation: N8nInstallation,
		private readonly userFolder: string,
		private readonly env: Readonly<Record<string, string>>,
	) {}

	/** `n8n import:credentials`: creates them, or replaces those of the same id; the data is encrypted on the way in. */
	async importCredentials(credentials: readonly CredentialRecord[]): Promise<void> {
		await this.importRecords('import:credentials', credentials);
	}

	/** `n8n import:workflow`: creates them, or replaces those of the same id; none is active afterwards. */
	async importWorkflows(workflows: readonly WorkflowRecord[]): Promise<void> {
		await this.importRecords('import:workflow', workflows);
	}

	/** `n8n execute --id`: runs a saved workflow to its end in the command's own process. Throws if it fails. */
	async execute(workflowId: string): Promise<IRun> {
		const output = await this.run(['execute', `--id=${workflowId}`, '--rawOutput']);
		const start = output.indexOf('\n{') + 1;
		return JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as IRun;
	}

	/** `n8n export:workflow --all`: the file as users share it, and what the command printed. */
	async exportWorkflows(): Promise<{ file: string; output: string }> {
		const folder = await mkdtemp(join(this.userFolder, 'export-'));
		try {
			const path = join(folder, 'workflows.json');
			const output = await this.run(['export:workflow', '--all', `--output=${path}`]);
			return { file: await readFile(path, 'utf8'), output };
		} finally {
			await rm(folder, { recursive: true });
		}
	}

	private async importRecords(command: string, records: readonly object[]): Promise<void> {
		const folder = await mkdtemp(join(this.userFolder, 'import-'));
		try {
			const file = join(folder, 'records.json');
			await writeFile(file, JSON.stringify(records), { mode: 0o600 });
			const output = await this.run([command, `--input=${file}`]);
			// These commands log a failure and exit with 0.
			if (!output.includes(`Successfully imported ${records.length} `)) {
				throw new Error(`n8n ${command} did not import ${records.length} records:\n${output}`);
			}
		} finally {
			await rm(folder, { recursive: true });
		}
	}

	/** Resolves to what the command printed. */
	private async run(args: readonly string[]): Promise<string> {
		const folder = await mkdtemp(join(this.userFolder, 'command-'));
		try {
			const logFile = join(folder, 'output.log');
			const command = await N8nProcess.start({
				installation: this.installation,
				args,
				// A command that runs code brings a task broker of its own, beside that of a running n8n.
				env: { ...this.env, N8N_RUNNERS_BROKER_PORT: String(await findFreePort()) },
				cwd: projectFolder,
				logFile,
			});
			const exitCode = await command.exited;
			const output = await readFile(logFile, 'utf8');
			if (exitCode !== 0) throw new Error(`n8n ${args.join(' ')} failed (exit code ${exitCode}):\n${output}`);
			return output;
		} finally {
			await rm(folder, { recursive: true });
		}
	}
}

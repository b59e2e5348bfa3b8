import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';

import type { Sender } from './bench';

export interface NodeTask {
	readonly sender: Sender;
	readonly origin: string;
	readonly parameters: INodeParameters;
}

export interface NodeReport {
	readonly message?: string;
	readonly description?: string;
	readonly items: number;
	readonly ms: number;
	/** The most memory that the process has had since its start. */
	readonly peakBytes: number;
	readonly isPolluted: boolean;
}

interface NodeProcessOptions {
	/** Node.js ends a process that needs more for its objects. */
	readonly maxHeapMb?: number;
	readonly env?: Readonly<Record<string, string>>;
}

/** n8n's engine with our nodes in a process of its own, whose memory and trust are its own. */
export class NodeProcess {
	private constructor(private readonly child: ChildProcess) {}

	static async start({ env, maxHeapMb = 2_048 }: NodeProcessOptions = {}): Promise<NodeProcess> {
		const child = fork(join(__dirname, 'runNode.ts'), {
			execArgv: ['--import', 'tsx', `--max-old-space-size=${maxHeapMb}`],
			env: { ...process.env, ...env },
		});
		const started = new NodeProcess(child);
		await started.answer();
		return started;
	}

	async run(task: NodeTask): Promise<NodeReport> {
		this.child.send(task);
		return (await this.answer()) as NodeReport;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null) return;
		const gone = once(this.child, 'exit');
		this.child.disconnect();
		await gone;
	}

	private async answer(): Promise<unknown> {
		const ended = once(this.child, 'exit').then(([code, signal]) => {
			throw new Error(`The process ended before it answered (${String(code ?? signal)})`);
		});
		const [message] = (await Promise.race([once(this.child, 'message'), ended])) as unknown[];
		ended.catch(() => undefined);
		return message;
	}
}

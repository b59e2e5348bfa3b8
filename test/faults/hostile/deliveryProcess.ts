import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { ReceiverName } from './receivers';

export interface DeliveryTask {
	readonly name: ReceiverName;
	readonly count: number;
}

export interface DeliveryReport {
	/** How many deliveries were answered 401 since the start of the process. */
	readonly refused: number;
	/** What is left in memory after a collection. */
	readonly heapBytes: number;
}

/** Triggers in a process of its own, where what is left after a collection is theirs. */
export class DeliveryProcess {
	private constructor(private readonly child: ChildProcess) {}

	static async start(): Promise<DeliveryProcess> {
		const child = fork(join(__dirname, 'runDeliveries.ts'), { execArgv: ['--import', 'tsx', '--expose-gc'] });
		const started = new DeliveryProcess(child);
		await started.answer();
		return started;
	}

	/** Delivers as strangers to the one trigger of that kind, one after the other. */
	async deliver(name: ReceiverName, count: number): Promise<DeliveryReport> {
		this.child.send({ name, count } satisfies DeliveryTask);
		return (await this.answer()) as DeliveryReport;
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

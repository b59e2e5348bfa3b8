import { setMaxListeners } from 'node:events';

interface Job<Cell, Result> {
	readonly cell: Cell;
	readonly settle: (result: Promise<Result>) => void;
	readonly result: Promise<Result>;
}

/**
 * Runs cells side by side: most of what a fault costs is waiting. The one that a test asks for goes
 * first, so that a few tests by name need not wait for all the others.
 */
export class CellPool<Cell, Result> {
	private readonly jobs = new Map<Cell, Job<Cell, Result>>();

	private readonly queue: Array<Job<Cell, Result>> = [];

	private readonly running = new Set<Promise<unknown>>();

	private readonly stopping = new AbortController();

	constructor(
		cells: readonly Cell[],
		private readonly run: (cell: Cell, signal: AbortSignal) => Promise<Result>,
		private readonly size = 32,
	) {
		// Each cell that is under way listens.
		setMaxListeners(0, this.stopping.signal);
		for (const cell of cells) {
			let settle: Job<Cell, Result>['settle'] = () => undefined;
			const result = new Promise<Result>((resolve) => {
				settle = resolve;
			});
			// A cell that fails before its test asks for it is no unhandled rejection.
			result.catch(() => undefined);
			const job = { cell, settle, result };
			this.jobs.set(cell, job);
			this.queue.push(job);
		}
	}

	async result(cell: Cell): Promise<Result> {
		const job = this.jobs.get(cell);
		if (!job) throw new Error('The cell is not in the pool');
		const index = this.queue.indexOf(job);
		if (index > 0) this.queue.unshift(...this.queue.splice(index, 1));
		this.fill();
		return await job.result;
	}

	/** Begins nothing more, breaks off what is under way, and waits for its end. */
	async stop(): Promise<void> {
		this.queue.length = 0;
		this.stopping.abort();
		await Promise.allSettled(this.running);
	}

	private fill(): void {
		while (this.running.size < this.size) {
			const job = this.queue.shift();
			if (!job) return;
			const run = this.run(job.cell, this.stopping.signal);
			job.settle(run);
			const ended = run
				.catch(() => undefined)
				.finally(() => {
					this.running.delete(ended);
					this.fill();
				});
			this.running.add(ended);
		}
	}
}

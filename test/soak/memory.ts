import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What node says of itself after a collection of all garbage, in bytes. */
export interface MemorySample {
	heapUsed: number;
	external: number;
	rss: number;
}

/** Makes n8n answer {@link takeSample}. */
export const SAMPLING_ENV: Readonly<Record<string, string>> = {
	NODE_OPTIONS: `--expose-gc --require ${JSON.stringify(join(__dirname, 'heap-sampler.js'))}`,
};

const POLL_MS = 100;
const SAMPLE_TIMEOUT_MS = 60_000;

export class MemorySampler {
	readonly samples: MemorySample[] = [];

	constructor(
		private readonly pid: number,
		private readonly userFolder: string,
	) {}

	/** Asks n8n for one more sample and waits for it. */
	async take(): Promise<MemorySample> {
		const giveUpAt = Date.now() + SAMPLE_TIMEOUT_MS;
		process.kill(this.pid, 'SIGUSR2');
		for (;;) {
			const lines = (await this.readLines()).slice(this.samples.length);
			if (lines.length > 0) {
				const sample = JSON.parse(lines[0]) as MemorySample;
				this.samples.push(sample);
				return sample;
			}
			if (Date.now() > giveUpAt) throw new Error(`n8n gave no sample of its memory within ${SAMPLE_TIMEOUT_MS / 1000} s`);
			await wait(POLL_MS);
		}
	}

	private async readLines(): Promise<string[]> {
		const text = await readFile(join(this.userFolder, 'heap-samples.jsonl'), 'utf8').catch(() => '');
		// What follows the last line's end is not wholly written yet.
		return text.split('\n').slice(0, -1);
	}
}

export interface Trend {
	/** What the line rises over all the values, from the first to the last. */
	growth: number;
	mean: number;
	/** How far the values lie from the line: their standard deviation around it. */
	scatter: number;
}

/** The line of least squares through values taken at even distances. */
export function trendOf(values: readonly number[]): Trend {
	const middle = (values.length - 1) / 2;
	const mean = sum(values) / values.length;
	const slope = sum(values.map((value, index) => (index - middle) * (value - mean))) / sum(values.map((_, index) => (index - middle) ** 2));
	const residuals = values.map((value, index) => value - mean - slope * (index - middle));
	return {
		growth: slope * (values.length - 1),
		mean,
		scatter: Math.sqrt(sum(residuals.map((residual) => residual ** 2)) / values.length),
	};
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

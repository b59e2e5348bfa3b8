/**
 * Preloaded into n8n's process (node --expose-gc --require): on SIGUSR2 it collects all garbage and appends what is
 * left to `heap-samples.jsonl` in n8n's user folder, one line of `process.memoryUsage()`, in bytes.
 * It keeps nothing, and does nothing until it is asked.
 */
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');

/** What a collection finalises and what n8n still does after an execution's end is garbage of the next one. */
const COLLECTIONS = 3;
const PAUSE_MS = 300;

async function takeSample() {
	for (let collection = 0; collection < COLLECTIONS; collection += 1) {
		await wait(PAUSE_MS);
		globalThis.gc();
	}
	const line = JSON.stringify(process.memoryUsage());
	appendFileSync(join(process.env.N8N_USER_FOLDER, 'heap-samples.jsonl'), `${line}\n`);
}

process.on('SIGUSR2', takeSample);

import { HostileBench, isPolluted } from './bench';
import type { NodeReport, NodeTask } from './nodeProcess';

/** Runs nodes in this process, as its parent asks; see nodeProcess.ts. */
async function main(): Promise<void> {
	const bench = await HostileBench.start();
	process.on('message', ({ origin, parameters, sender }: NodeTask) => {
		const startedAtMs = performance.now();
		void bench.run(sender, origin, parameters).then(({ error, items }) => {
			const report: NodeReport = {
				message: error?.message,
				description: error?.description ?? undefined,
				items: items.length,
				ms: performance.now() - startedAtMs,
				peakBytes: process.resourceUsage().maxRSS * 1024,
				isPolluted: isPolluted(),
			};
			process.send?.(report);
		});
	});
	process.on('disconnect', () => process.exit());
	process.send?.('ready');
}

void main();

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../sandbox/n8n/ports';

/** Where the executions of the triggers' workflows report the event they were started by. */
export interface Collector {
	url: string;
	/** The event of every execution. */
	executions: readonly string[];
	/** Resolves when an event has been reported; rejects when it has not within `timeoutMs`. */
	reported(eventId: string, timeoutMs: number): Promise<void>;
	stop(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
	const executions: string[] = [];
	const seen = new Set<string>();
	const waiting = new Map<string, () => void>();
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (chunk: string) => {
			body += chunk;
		});
		request.on('end', () => {
			const { eventId } = JSON.parse(body) as { eventId: string };
			executions.push(eventId);
			seen.add(eventId);
			response.writeHead(204).end();
			waiting.get(eventId)?.();
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, LOOPBACK, resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://${LOOPBACK}:${port}/`,
		executions,
		reported: async (eventId, timeoutMs) => {
			if (seen.has(eventId)) return;
			await new Promise<void>((resolve, reject) => {
				const timer = setTimeout(() => reject(new Error(`Not executed within ${timeoutMs / 1000} s: event ${eventId}`)), timeoutMs);
				waiting.set(eventId, () => {
					clearTimeout(timer);
					waiting.delete(eventId);
					resolve();
				});
			});
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

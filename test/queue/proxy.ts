import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../sandbox/n8n/ports';

/**
 * What becomes of an exchange on its way. `answerLost`: n8n has answered, and the vendor never hears it. `senderGone`:
 * the connection to n8n breaks once the request has gone out, before the answer.
 */
export type Fault = 'answerLost' | 'senderGone';

export interface Route {
	/** The origin of one of n8n's processes; undefined when none is there. */
	target?: string;
	fault?: Fault;
}

export interface Proxy {
	origin: string;
	/** Where a request goes, read anew for each one. */
	route: (headers: IncomingMessage['headers']) => Route;
	stop(): Promise<void>;
}

/** How long n8n is given to read a request that has gone out, by turns: it answers about 100 ms after it. */
const READ_MS = [40, 60, 80, 100];

/** What stands before n8n's webhook processes in production: a public address, and 502 when no process is there. */
export async function startProxy(): Promise<Proxy> {
	let broken = 0;
	const server = createServer((incoming, answer) => {
		const { fault, target } = proxy.route(incoming.headers);
		const refuse = () => answer.writeHead(502).end('Bad Gateway');
		if (target === undefined) return void refuse();
		const outgoing = request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers, agent: false }, (response) => {
			if (fault !== undefined) {
				response.resume().once('end', () => answer.destroy());
				return;
			}
			answer.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(answer);
			response.once('error', () => answer.destroy());
		});
		outgoing.once('error', () => {
			if (answer.headersSent || fault !== undefined) answer.destroy();
			else refuse();
		});
		if (fault === 'senderGone') {
			const readMs = READ_MS[broken % READ_MS.length];
			broken += 1;
			outgoing.once('finish', () => setTimeout(() => outgoing.destroy(), readMs));
		}
		incoming.pipe(outgoing);
	});
	await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
	const proxy: Proxy = {
		origin: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
		route: () => ({}),
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return proxy;
}

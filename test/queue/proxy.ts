import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../sandbox/n8n/ports';

export interface Proxy {
	origin: string;
	/** Requests go to these origins by turns; a new list holds from the next request on. */
	targets: readonly string[];
	stop(): Promise<void>;
}

/** What stands before n8n's webhook processes in production: a public address, and 502 when the one whose turn it is is away. */
export async function startProxy(): Promise<Proxy> {
	let turn = 0;
	const server = createServer((incoming, answer) => {
		const target = proxy.targets[turn % Math.max(1, proxy.targets.length)] as string | undefined;
		turn += 1;
		const refuse = () => answer.writeHead(502).end('Bad Gateway');
		if (target === undefined) return void refuse();
		const outgoing = request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers, agent: false }, (response) => {
			answer.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(answer);
			response.once('error', () => answer.destroy());
		});
		outgoing.once('error', () => (answer.headersSent ? answer.destroy() : refuse()));
		incoming.pipe(outgoing);
	});
	await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
	const proxy: Proxy = {
		origin: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
		targets: [],
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return proxy;
}

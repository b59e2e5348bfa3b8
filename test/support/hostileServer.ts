import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with a request; it may answer, break off, or never end. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface HostileServer {
	readonly origin: string;
	/** Requests as they came, without those for a token. */
	readonly requests: Array<{ readonly method?: string; readonly url?: string; readonly headers: IncomingMessage['headers'] }>;
	behave(behaviour: Behaviour): void;
	/** Called with the body of each request, before the behaviour. */
	onBody?: (body: string) => void;
	/** How many clients are connected now. */
	connections(): Promise<number>;
	stop(): Promise<void>;
}

/** A server on loopback that answers requests for a token properly, and all others as it is told. */
export async function startHostileServer(
	token: string,
	create: (listener: RequestListener) => Server = createServer,
	host = '127.0.0.1',
): Promise<HostileServer> {
	const requests: HostileServer['requests'] = [];
	let behaviour: Behaviour = (_request, response) => json(response, 404, {});
	const server = create((request, response) => {
		if (request.url === '/oauth/token') {
			json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 86_400 });
			return;
		}
		requests.push({ method: request.method, url: request.url, headers: request.headers });
		const pieces: Buffer[] = [];
		request.on('data', (piece: Buffer) => pieces.push(piece));
		request.on('end', () => {
			hostile.onBody?.(Buffer.concat(pieces).toString());
			behaviour(request, response);
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	const hostile: HostileServer = {
		origin: `http://${host}:${port}`,
		requests,
		behave: (next) => {
			behaviour = next;
			requests.length = 0;
		},
		connections: async () =>
			await new Promise<number>((resolve, reject) => {
				server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
			}),
		stop: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return hostile;
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function answer(status: number, body: string, headers: Record<string, string> = {}): Behaviour {
	return (_request, response) => {
		response.writeHead(status, headers).end(body);
	};
}

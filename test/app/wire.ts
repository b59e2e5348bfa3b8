import { createServer, request as send, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it went over the wire. */
export interface WireRequest {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** Answers in place of the vendor; undefined lets the request through. */
export type Substitute = (request: WireRequest) => { status: number; body: string; type?: string } | undefined;

/** Stands between n8n and a vendor: keeps what passes, and answers in its place where a test wants that. */
export class Wire {
	readonly requests: WireRequest[] = [];

	/** Tokens that the vendor has given, whatever for. */
	readonly tokens = new Set<string>();

	substitute: Substitute = () => undefined;

	private constructor(
		readonly origin: string,
		private readonly close: () => Promise<void>,
	) {}

	static async start(vendorOrigin: string): Promise<Wire> {
		const server = createServer((incoming, outgoing) => void wire.pass(incoming, outgoing, vendorOrigin));
		await new Promise<void>((resolve) => {
			server.listen(0, '127.0.0.1', resolve);
		});
		const { port } = server.address() as AddressInfo;
		const wire = new Wire(`http://127.0.0.1:${port}`, async () => {
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		});
		return wire;
	}

	async stop(): Promise<void> {
		await this.close();
	}

	private async pass(incoming: IncomingMessage, outgoing: ServerResponse, vendorOrigin: string): Promise<void> {
		const body = await textOf(incoming);
		const { headers, method = '', url = '' } = incoming;
		const request: WireRequest = { method, url, headers, body };
		this.requests.push(request);
		const instead = this.substitute(request);
		if (instead) {
			outgoing.writeHead(instead.status, { 'content-type': instead.type ?? 'application/json' }).end(instead.body);
			return;
		}
		const passedOn = send(vendorOrigin + url, { method, headers: { ...headers, connection: 'close' } }, (answer) => {
			void textOf(answer).then((text) => {
				const token = /"access_token":"([^"]+)"/.exec(text)?.[1];
				if (token !== undefined) this.tokens.add(token);
				outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(text);
			});
		});
		passedOn.on('error', () => outgoing.destroy());
		passedOn.end(body);
	}
}

async function textOf(message: IncomingMessage): Promise<string> {
	const pieces: Buffer[] = [];
	for await (const piece of message) pieces.push(piece as Buffer);
	return Buffer.concat(pieces).toString();
}

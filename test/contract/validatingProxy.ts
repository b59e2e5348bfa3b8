import { Agent, createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Contract, Described } from './openApi';

/** One request and its answer as they went over the wire, held against the contract. */
export interface Exchange {
	readonly method: string;
	readonly url: string;
	/** Undefined where the contract has no such operation. */
	readonly operation: Described | undefined;
	readonly requestProblems: readonly string[];
	readonly status: number;
	readonly answerProblems: readonly string[];
}

export interface ValidatingProxy {
	readonly origin: string;
	readonly exchanges: readonly Exchange[];
	/** What broke the contract so far; `answers` looks past requests that are wrong on purpose. */
	problems(direction?: 'answers' | 'both'): string[];
	stop(): Promise<void>;
}

/** Stands in front of an API on loopback, passes everything on unchanged, and checks both directions. */
export async function startValidatingProxy(contract: Contract, target: string): Promise<ValidatingProxy> {
	const agent = new Agent({ keepAlive: true });
	const exchanges: Exchange[] = [];

	const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		const { headers, method = '', url = '' } = incoming;
		const body = await read(incoming);
		const operation = contract.find(method, url);
		const answer = await forward(agent, target, { method, url, headers, body });
		exchanges.push({
			method,
			url,
			operation,
			requestProblems: operation ? contract.requestProblems(operation, url, { headers, body }) : ['is not described'],
			status: answer.status,
			answerProblems: operation ? contract.answerProblems(operation, answer.status, answer) : [],
		});
		outgoing.writeHead(answer.status, answer.headers).end(answer.body);
	};

	const server = createServer((incoming, outgoing) => {
		pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		exchanges,
		problems: (direction = 'both') =>
			exchanges.flatMap(({ answerProblems, method, requestProblems, status, url }) => [
				...(direction === 'both' ? requestProblems.map((problem) => `${method} ${url} ${problem}`) : []),
				...answerProblems.map((problem) => `${method} ${url} (${status}) ${problem}`),
			]),
		async stop() {
			agent.destroy();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

interface Sent {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: Buffer;
}

async function forward(
	agent: Agent,
	target: string,
	{ body, headers, method, url }: Sent,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		// The body is at hand whole, so its length is known and need not come in chunks.
		const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
		const passed = { ...endToEnd(headers), ...length };
		sendRequest(`${target}${url}`, { agent, method, headers: passed }, resolve).once('error', reject).end(body);
	});
	const answered = await read(answer);
	return { status: answer.statusCode ?? 0, headers: endToEnd(answer.headers), body: answered };
}

/** Without the headers that speak of one connection, of which there are two here. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(connection|keep-alive|transfer-encoding)$/.test(name)));
}

async function read(message: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of message) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

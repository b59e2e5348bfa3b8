import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../sandbox/clock';
import type { Sandbox } from '../../../sandbox/index';

/** A clock that moves only when told to. */
export class TestClock implements Clock {
	constructor(public nowMs = Date.parse('2026-03-02T10:00:00.000Z')) {}

	now(): number {
		return this.nowMs;
	}

	advance(ms: number): void {
		this.nowMs += ms;
	}
}

export interface Reply {
	status: number;
	headers: Headers;
	text: string;
	/** The parsed body; undefined where it is not JSON. */
	json: Json;
}

/** A parsed body to look into: any part of it may be read as an object or as a list, since its shape is what the test is about. */
export type Json = { [key: string]: Json } & Json[];

export interface Sending {
	headers?: Record<string, string>;
	body?: unknown;
}

export async function send(method: string, url: string, { headers = {}, body }: Sending = {}): Promise<Reply> {
	const isText = typeof body === 'string';
	const response = await fetch(url, {
		method,
		redirect: 'manual',
		headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
		...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
	});
	const text = await response.text();
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { status: response.status, headers: response.headers, text, json: json as Json };
}

/** The system's error code of a request whose connection breaks. */
export async function brokenBy(sending: Promise<Reply>): Promise<string> {
	try {
		const reply = await sending;
		return `answered ${reply.status}`;
	} catch (error) {
		return ((error as { cause?: { code?: string } }).cause?.code ?? String(error)) as string;
	}
}

export type Api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

export async function mint(sandbox: Sandbox, overrides: Record<string, string> = {}): Promise<Reply> {
	const { authOrigin, clientId, clientSecret, audience } = sandbox.salesOs;
	const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience, ...overrides };
	return await send('POST', `${authOrigin}/oauth/token`, { body });
}

/** Calls SalesOS with a fresh token. */
export async function salesOsApi(sandbox: Sandbox, overrides: Record<string, string> = {}): Promise<Api> {
	const token = (await mint(sandbox, overrides)).json.access_token;
	return async (method, path, body, headers) =>
		await send(method, sandbox.salesOs.origin + path, { headers: { authorization: `Bearer ${token}`, ...headers }, body });
}

/** Calls OutboundSync; paths go without `/api/v1`. */
export function outboundSyncApi(sandbox: Sandbox, key = sandbox.outboundSync.apiKey): Api {
	return async (method, path, body, headers) =>
		await send(method, `${sandbox.outboundSync.origin}/api/v1${path}`, {
			headers: { authorization: `Bearer ${key}`, ...headers },
			body,
		});
}

export interface Received {
	headers: http.IncomingHttpHeaders;
	body: string;
	json: Json;
}

/** Resolves once the condition holds; the test's own time limit ends it where it never does. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A webhook endpoint that keeps what it got and answers as told. */
export class Receiver {
	readonly received: Received[] = [];
	/** The status of the n-th answer, from 1. */
	answer: (count: number) => number = () => 200;
	url = '';
	private readonly server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString('utf8');
			this.received.push({ headers: request.headers, body, json: JSON.parse(body) as Json });
			response.writeHead(this.answer(this.received.length), { location: `${this.url}/elsewhere`, 'retry-after': '1' });
			response.end('noted');
		});
	});

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
		return this;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Forgets what came in and answers 200 again. */
	clear(): void {
		this.received.length = 0;
		this.answer = () => 200;
	}
}

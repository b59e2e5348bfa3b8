import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { delay, type Clock } from '../clock';
import type { Fault, Faults } from './faults';
import { withoutSecrets, type Journal, type JournalEntry, type Query, type Vendor } from './journal';
import { Refusal } from './refusal';

/** One request on its way through a listener. */
export interface Call {
	method: string;
	/** Without the query, as sent. */
	path: string;
	/** With the query, as sent. */
	url: string;
	params: Record<string, string>;
	query: Query;
	headers: Record<string, string | undefined>;
	ip: string;
	rawBody: Buffer;
	/** Parsed when first read; undefined for an empty body. Throws a Refusal where it cannot be parsed. */
	readonly body: unknown;
	/** Headers the answer gets whatever it is, such as the quota's. */
	answerHeaders: Record<string, string>;
	journal: JournalEntry;
}

export interface Answer {
	status: number;
	/** A string or Buffer is sent as it is, anything else as JSON; undefined sends no body. */
	body?: unknown;
	headers?: Record<string, string>;
}

export interface Route<C extends Call = Call> {
	method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
	/** A pattern such as `/v1/leads/:id`. */
	path: string;
	/** Where it differs from the listener's. */
	bodyLimitBytes?: number;
	handle(call: C): Answer | Promise<Answer>;
}

export interface ListenerOptions<R extends Route> {
	vendor: Vendor;
	/** An address of loopback's. */
	host: string;
	port: number;
	routes: readonly R[];
	clock: Clock;
	journal: Journal;
	faults: Faults;
	latencyMs: () => number;
	bodyLimitBytes: number;
	/** Checks credential, quota and access before any work; throws a Refusal. */
	admit(call: Call, route: R): void;
	/** Makes the token or key of this request worthless from now on. */
	revoke(call: Call): void;
	/** The vendor's way to write an error. */
	refusalAnswer(refusal: Refusal): Answer;
	parseBody(rawBody: Buffer, contentType: string): unknown;
	/** Refused paths: 404, or 405 where the path exists with other methods. */
	noRoute(method: string, path: string, otherMethods: string[]): Refusal;
}

export interface Listener {
	origin: string;
	port: number;
	close(): Promise<void>;
}

const htmlBadGateway =
	'<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

function faultAnswer(fault: Fault, options: { clock: Clock; refusalAnswer(refusal: Refusal): Answer }): Answer {
	switch (fault.kind) {
		case 'tooManyRequests': {
			const seconds = fault.retryAfterSeconds ?? 1;
			const form = fault.retryAfter ?? 'seconds';
			// An HTTP date has whole seconds only: rounded up, so that it never names an earlier time than meant.
			const date = new Date(Math.ceil(options.clock.now() / 1000) * 1000 + seconds * 1000).toUTCString();
			const headers: Record<string, string> =
				form === 'seconds' ? { 'retry-after': String(seconds) } : form === 'date' ? { 'retry-after': date } : {};
			return options.refusalAnswer(
				new Refusal(429, 'Too many requests', {
					code: 'RATE_LIMITED',
					headers,
					...(form === 'body' && { bodyRetryAfterSeconds: seconds }),
				}),
			);
		}
		case 'badGatewayHtml':
			return { status: 502, body: htmlBadGateway, headers: { 'content-type': 'text/html' } };
		case 'serviceUnavailable':
			return options.refusalAnswer(new Refusal(503, 'Service unavailable', { code: 'SERVER_ERROR' }));
		case 'gatewayTimeout':
			return options.refusalAnswer(new Refusal(504, 'The request took too long', { code: 'SERVER_ERROR' }));
		case 'tokenRevoked':
			return options.refusalAnswer(new Refusal(401, 'The token has been revoked', { code: 'UNAUTHORIZED' }));
		case 'answer':
			return {
				status: fault.status,
				body: fault.body,
				headers: { 'content-type': 'application/json', ...fault.headers },
			};
		default:
			return options.refusalAnswer(new Refusal(500, 'An unexpected error occurred', { code: 'SERVER_ERROR' }));
	}
}

const faultsBeforeWork: ReadonlySet<Fault['kind']> = new Set([
	'tooManyRequests',
	'serverError',
	'badGatewayHtml',
	'serviceUnavailable',
	'gatewayTimeout',
	'tokenRevoked',
	'answer',
]);

/** Writes the answer out as the bytes and headers that go over the wire. */
function encode(answer: Answer): { status: number; headers: Record<string, string>; payload: string | Buffer } {
	const { status, body, headers = {} } = answer;
	if (body === undefined) return { status, headers, payload: '' };
	if (typeof body === 'string' || Buffer.isBuffer(body)) return { status, headers, payload: body };
	return {
		status,
		headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
		payload: JSON.stringify(body),
	};
}

function routeExpression(path: string): RegExp {
	return new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}$`);
}

/** Serves one API on loopback. Rejects with the system's error, such as EADDRINUSE, where the port cannot be had. */
export async function startListener<R extends Route>(options: ListenerOptions<R>): Promise<Listener> {
	const app = fastify({
		bodyLimit: options.bodyLimitBytes,
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		routerOptions: { maxParamLength: 1000 },
		frameworkErrors: (error, _request, reply) => {
			const answer = encode(options.refusalAnswer(new Refusal(400, error.message, { code: 'VALIDATION_ERROR' })));
			void (reply as unknown as FastifyReply).code(answer.status).headers(answer.headers).send(answer.payload);
		},
	});

	// The raw bytes are what signatures cover, so nothing may parse and drop them on the way.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

	const entries = new WeakMap<FastifyRequest, JournalEntry>();
	app.addHook('onRequest', async (request) => {
		const [path] = request.raw.url?.split('?') ?? [''];
		entries.set(
			request,
			options.journal.open({
				vendor: options.vendor,
				method: request.method,
				path,
				route: request.is404 ? null : (request.routeOptions.url ?? null),
				query: request.query as Query,
			}),
		);
	});
	app.addHook('onResponse', async (request, reply) => {
		const entry = entries.get(request);
		if (entry) options.journal.close(entry, reply.statusCode);
	});

	const send = (reply: FastifyReply, answer: Answer, extraHeaders: Record<string, string> = {}): FastifyReply => {
		const { status, headers, payload } = encode(answer);
		// The sandbox's time, which need not be the machine's.
		const date = new Date(options.clock.now()).toUTCString();
		return reply.code(status).headers({ date, ...extraHeaders, ...headers }).send(payload);
	};

	const cut = (request: FastifyRequest, reply: FastifyReply, entry: JournalEntry): FastifyReply => {
		options.journal.close(entry, null);
		reply.hijack();
		request.raw.socket.resetAndDestroy();
		return reply;
	};

	const toCall = (request: FastifyRequest, entry: JournalEntry): Call => {
		const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
		let parsed: { value: unknown } | undefined;
		const url = request.raw.url ?? '';
		return {
			method: request.method,
			path: entry.path,
			url,
			params: request.params as Record<string, string>,
			query: request.query as Query,
			headers: request.headers as Record<string, string | undefined>,
			ip: request.ip,
			rawBody,
			get body(): unknown {
				parsed ??= {
					value: rawBody.length === 0 ? undefined : options.parseBody(rawBody, request.headers['content-type'] ?? ''),
				};
				return parsed.value;
			},
			answerHeaders: {},
			journal: entry,
		};
	};

	const work = async (call: Call, route: R): Promise<Answer> => {
		await delay(options.latencyMs());
		const answer = await route.handle(call);
		call.journal.workDone = true;
		return answer;
	};

	const serve = async (route: R, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
		const entry = entries.get(request);
		if (!entry) throw new Error('The request was not journaled');
		const call = toCall(request, entry);
		try {
			noteBody(call);
			options.admit(call, route);
			const fault = options.faults.next(options.vendor, call.method, route.path, call.path);
			if (!fault) return send(reply, await work(call, route), call.answerHeaders);

			entry.fault = { id: fault.id, kind: fault.kind };
			if (fault.kind === 'resetBeforeWork') return cut(request, reply, entry);
			if (fault.kind === 'tokenRevoked') options.revoke(call);
			if (faultsBeforeWork.has(fault.kind)) return send(reply, faultAnswer(fault, options), call.answerHeaders);
			if (fault.kind === 'slow') await delay(fault.delayMs);

			const answer = await work(call, route);
			if (fault.kind === 'resetAfterWork') return cut(request, reply, entry);
			return send(reply, spoilt(answer, fault), call.answerHeaders);
		} catch (error) {
			if (error instanceof Refusal) return send(reply, options.refusalAnswer(error), call.answerHeaders);
			throw error;
		}
	};

	const spoilt = (answer: Answer, fault: Fault): Answer => {
		switch (fault.kind) {
			case 'serverErrorAfterWork':
				return faultAnswer(fault, options);
			case 'truncatedJson': {
				const { status, headers, payload } = encode({ ...answer, body: answer.body ?? {} });
				return { status: status === 204 ? 200 : status, headers, body: payload.slice(0, Math.ceil(payload.length / 2)) };
			}
			case 'notJson':
				return { status: 200, body: 'OK', headers: { 'content-type': 'text/plain' } };
			case 'emptyBody':
				return { status: 200, body: '', headers: { 'content-type': 'application/json; charset=utf-8' } };
			default:
				return answer;
		}
	};

	for (const route of options.routes) {
		app.route({
			method: route.method,
			url: route.path,
			bodyLimit: route.bodyLimitBytes ?? options.bodyLimitBytes,
			handler: async (request, reply) => await serve(route, request, reply),
		});
	}

	const expressions = options.routes.map((route) => ({ route, expression: routeExpression(route.path) }));
	app.setNotFoundHandler((request, reply) => {
		const [path] = request.raw.url?.split('?') ?? [''];
		const otherMethods = expressions.filter(({ expression }) => expression.test(path)).map(({ route }) => route.method);
		return send(reply, options.refusalAnswer(options.noRoute(request.method, path, otherMethods)));
	});

	app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
		const status = error.statusCode ?? 500;
		const refusal =
			status === 413
				? new Refusal(413, `The request body is larger than ${options.bodyLimitBytes} bytes`, { code: 'PAYLOAD_TOO_LARGE' })
				: status < 500
					? new Refusal(status, error.message, { code: 'VALIDATION_ERROR' })
					: new Refusal(500, `The sandbox failed: ${error.message}`, { code: 'SERVER_ERROR' });
		return send(reply, options.refusalAnswer(refusal));
	});

	await app.listen({ port: options.port, host: options.host });
	const address = app.server.address();
	if (address === null || typeof address === 'string') throw new Error('The listener has no port');
	return {
		origin: `http://${options.host}:${address.port}`,
		port: address.port,
		close: async () => await app.close(),
	};
}

/** Journals the body even of a request that is about to be refused; an unreadable one is noted by its size. */
function noteBody(call: Call): void {
	if (call.rawBody.length === 0) return;
	try {
		call.journal.body = withoutSecrets(call.body);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		call.journal.body = `[unreadable body of ${call.rawBody.length} bytes]`;
	}
}

/** The body parser of both JSON APIs. */
export function parseJson(rawBody: Buffer, contentType: string): unknown {
	if (!/^application\/(.+\+)?json\b/i.test(contentType)) {
		throw new Refusal(400, 'Content-Type must be application/json', { code: 'VALIDATION_ERROR' });
	}
	try {
		return JSON.parse(rawBody.toString('utf8')) as unknown;
	} catch {
		throw new Refusal(400, 'The request body is not valid JSON', { code: 'VALIDATION_ERROR' });
	}
}

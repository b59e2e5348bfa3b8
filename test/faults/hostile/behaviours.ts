import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createBrotliCompress, createDeflate, createGzip } from 'node:zlib';

import { answer, type Behaviour } from '../../support/hostileServer';

export const HUNDRED_MB = 100_000_000;

export type Encoding = 'br' | 'deflate' | 'gzip' | 'identity';

const COMPRESSORS = { br: createBrotliCompress, deflate: createDeflate, gzip: createGzip };

/** Writes the same bytes again and again, as fast as they are taken, until there is enough or the other side has left. */
export function pour(bytes: number, { chunk = Buffer.alloc(64 * 1024, '['), encoding = 'identity' as Encoding, status = 200, written = { bytes: 0 } } = {}): Behaviour {
	return (_request, response) => {
		written.bytes = 0;
		response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': encoding });
		let sink: Writable = response;
		if (encoding !== 'identity') {
			const compressor = COMPRESSORS[encoding]();
			compressor.pipe(response);
			compressor.on('error', () => response.destroy());
			response.on('close', () => compressor.destroy());
			sink = compressor;
		}
		const go = (): void => {
			while (!response.destroyed && !sink.destroyed && written.bytes < bytes) {
				written.bytes += chunk.length;
				if (!sink.write(chunk)) {
					sink.once('drain', go);
					return;
				}
			}
			sink.end();
		};
		go();
	};
}

/** Sends something every moment for as long as the connection stands. */
function everyMoment(start: (response: ServerResponse) => void, step: (response: ServerResponse) => void): Behaviour {
	return (request, response) => {
		start(response);
		const timer = setInterval(() => {
			if (request.socket.destroyed) clearInterval(timer);
			else step(response);
		}, 50);
		request.socket.once('close', () => clearInterval(timer));
	};
}

const nothing = (): void => undefined;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Answers without end, each moving on often enough that a time-out of silence never comes. */
export const ENDLESS: Readonly<Record<string, Behaviour>> = {
	'blanks before the JSON': everyMoment(
		(response) => response.writeHead(200, JSON_TYPE),
		(response) => response.write(' '),
	),
	'an explanation of its refusal': everyMoment(
		(response) => response.writeHead(400, JSON_TYPE).write('{"error": {"message": "'),
		(response) => response.write('no '),
	),
	'header bytes': everyMoment(
		(response) => response.socket?.write('HTTP/1.1 200 OK\r\nx-endless: '),
		(response) => response.socket?.write('a'),
	),
	'early hints': everyMoment(nothing, (response) => response.socket?.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')),
	'"Continue"': everyMoment(nothing, (response) => response.socket?.write('HTTP/1.1 100 Continue\r\n\r\n')),
};

/** An answer byte for byte, whatever HTTP says about it. */
export function raw(...pieces: ReadonlyArray<Buffer | string>): Behaviour {
	return (request) => {
		for (const piece of pieces) request.socket.write(piece);
		request.socket.end();
	};
}

/** Answers that no server should give, and what is said of them. */
export const MALFORMED: Readonly<Record<string, readonly [Behaviour, RegExp]>> = {
	'gzip that is none': [answer(200, '{"data": []}', { ...JSON_TYPE, 'content-encoding': 'gzip' }), /broke off/],
	'half of a gzip': [
		(_request, response) => {
			const gzip = createGzip();
			const pieces: Buffer[] = [];
			gzip.on('data', (piece: Buffer) => pieces.push(piece));
			gzip.on('end', () => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(Buffer.concat(pieces).subarray(0, 25)));
			gzip.end('{"data": [1, 2, 3, 4, 5, 6]}');
		},
		/broke off|incomplete JSON/,
	],
	'an encoding that nobody knows': [answer(200, '\u0001\u0002\u0003', { ...JSON_TYPE, 'content-encoding': 'x-none' }), /incomplete JSON|not JSON/],
	'UTF-16': [(_request, response) => response.writeHead(200, JSON_TYPE).end(Buffer.from('{"data": []}', 'utf16le')), /incomplete JSON|not JSON/],
	'bytes of a picture': [
		(_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from('89504e470d0a1a0a', 'hex')),
		/a body that is not JSON \(image\/png\)/,
	],
	'a content type of 8,000 signs': [answer(200, 'x', { 'content-type': `text/${'x'.repeat(8_000)}` }), /a body that is not JSON/],
	'JavaScript': [answer(200, 'throw new Error("run")', { 'content-type': 'text/javascript' }), /a body that is not JSON \(text\/javascript\)/],
	'event stream': [answer(200, 'data: {"data": []}\n\n', { 'content-type': 'text/event-stream' }), /a body that is not JSON \(text\/event-stream\)/],
	'less than its Content-Length': [raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data"'), /broke off/],
	'two Content-Lengths': [raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 12\r\n\r\n{}'), /broke off/],
	'chunks that are none': [raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n'), /broke off/],
	'no HTTP': [raw('SSH-2.0-OpenSSH_9.6\r\n'), /broke off/],
	'2,000 headers': [
		raw('HTTP/1.1 200 OK\r\n', Array.from({ length: 2_000 }, (_, line) => `x-flood-${line}: ${'a'.repeat(100)}\r\n`).join(''), '\r\n{"data": []}'),
		/broke off/,
	],
	'a header of a megabyte': [raw('HTTP/1.1 200 OK\r\nx-flood: ', 'a'.repeat(1_000_000), '\r\n\r\n{"data": []}'), /broke off/],
};

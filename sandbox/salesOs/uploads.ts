import { createHash, randomUUID } from 'node:crypto';
import { Refusal } from '../http/refusal';
import type { Call } from '../http/server';
import { invalid, notFound, recordAnswer } from './answers';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';

/**
 * Documented: attachments go through an upload endpoint of their own, at most 50 MB a file. Its
 * path, its form and its answer are unknown: this one is made up, so that sending files can be tried.
 */
const maxFileBytes = 50_000_000;
/** What the form adds around the file. */
const formBytes = 100_000;

interface StoredFile {
	id: string;
	name: string;
	mime_type: string;
	bytes: number;
	sha256: string;
	/** The other fields of the form. */
	fields: Record<string, string>;
}

export function uploadRoutes(state: SalesOsState): SalesOsRoute[] {
	const files = new Map<string, { facts: StoredFile; content: Buffer }>();
	return [
		{
			method: 'POST',
			path: '/v1/uploads',
			scope: 'leads:write',
			bodyLimitBytes: maxFileBytes + formBytes,
			handle(call) {
				const { file, fields } = readForm(call);
				if (file.content.length > maxFileBytes) {
					throw new Refusal(413, `A file has at most ${maxFileBytes} bytes`, { code: 'PAYLOAD_TOO_LARGE' });
				}
				const facts: StoredFile = {
					id: randomUUID(),
					name: file.name,
					mime_type: file.type,
					bytes: file.content.length,
					sha256: createHash('sha256').update(file.content).digest('hex'),
					fields,
				};
				files.set(facts.id, { facts, content: file.content });
				return recordAnswer(facts, state.clock, 201);
			},
		},
		{
			method: 'GET',
			path: '/v1/uploads/:id',
			scope: 'leads:read',
			handle(call) {
				const found = files.get(call.params.id);
				if (!found) throw notFound('File');
				const { name, mime_type: type } = found.facts;
				return {
					status: 200,
					body: found.content,
					headers: {
						'content-type': type,
						'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
					},
				};
			},
		},
	];
}

interface Part {
	field: string;
	/** Undefined for a plain field. */
	name?: string;
	type: string;
	content: Buffer;
}

/** multipart/form-data (RFC 7578) with exactly one file, read strictly. */
function readForm(call: Call): { file: Part & { name: string }; fields: Record<string, string> } {
	const boundary = /^multipart\/form-data; ?boundary=([\w'()+,./:=?-]{1,70})$/.exec(call.headers['content-type'] ?? '')?.[1];
	if (boundary === undefined) throw invalid([{ field: 'file', message: 'Send multipart/form-data' }]);
	const parts = partsOf(call.rawBody, boundary);
	const files = parts.filter((part): part is Part & { name: string } => part.name !== undefined);
	if (files.length !== 1) throw invalid([{ field: 'file', message: `Send one file, not ${files.length}` }]);
	const texts = parts.filter(({ name }) => name === undefined);
	return { file: files[0], fields: Object.fromEntries(texts.map(({ field, content }) => [field, content.toString('utf8')])) };
}

function partsOf(body: Buffer, boundary: string): Part[] {
	const parts: Part[] = [];
	const opening = `--${boundary}\r\n`;
	const ending = `\r\n--${boundary}`;
	let at = 0;
	for (;;) {
		if (body.toString('latin1', at, at + opening.length) !== opening) throw broken('a part does not begin with the boundary');
		const headersAt = at + opening.length;
		const contentAt = body.indexOf('\r\n\r\n', headersAt) + 4;
		const endsAt = body.indexOf(ending, contentAt);
		if (contentAt < headersAt || endsAt < 0) throw broken('a part does not end');
		const headers = body.toString('utf8', headersAt, contentAt);
		const disposition = /^content-disposition: form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?\r\n/im.exec(headers);
		if (!disposition) throw broken('a part has no name');
		const type = /^content-type: ([^\r\n]+)\r\n/im.exec(headers)?.[1] ?? 'text/plain';
		parts.push({ field: unescape(disposition[1]), name: disposition[2] && unescape(disposition[2]), type, content: body.subarray(contentAt, endsAt) });
		at = endsAt + 2;
		if (body.toString('latin1', at, body.length) === `--${boundary}--\r\n`) return parts;
	}
}

function unescape(text: string): string {
	return text.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function broken(what: string): Refusal {
	return new Refusal(400, `The form cannot be read: ${what}`, { code: 'VALIDATION_ERROR' });
}

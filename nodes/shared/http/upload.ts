import { randomBytes } from 'node:crypto';

/** A file that is sent as one part of a form. */
export interface UploadFile {
	/** Name of the form field that carries the file. */
	readonly fieldName: string;
	readonly fileName: string;
	readonly mimeType: string;
	readonly bytes: number;
	/** Reads the file from its start; called again for every time that it has to be sent. */
	open(): AsyncIterable<Uint8Array>;
}

export interface Upload {
	readonly file: UploadFile;
	/** The other fields of the form, as name and value. */
	readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
}

/**
 * A form with a file as the bytes of multipart/form-data (RFC 7578).
 *
 * It has the shape of a web `Blob`, which n8n's HTTP library sends as a stream with a
 * Content-Length. Unlike a stream it can be read again, so a signature can be made of it, n8n repeats
 * it after a 401 with a fresh token, and a retry needs no copy of the file in memory. The package may not import streams, and a
 * real `Blob` would hold the whole file.
 */
export class MultipartBody {
	readonly [Symbol.toStringTag] = 'Blob';

	/** Content type with the boundary. */
	readonly type: string;

	/** Length of the whole body in bytes. */
	readonly size: number;

	private readonly head: Buffer;

	private readonly tail: Buffer;

	constructor(private readonly upload: Upload) {
		const boundary = `----n8n${randomBytes(18).toString('hex')}`;
		const { file, fields } = upload;
		const texts = fields.map(
			([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`,
		);
		this.head = Buffer.from(
			`${texts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(file.fieldName)}"; filename="${escapeName(file.fileName)}"\r\nContent-Type: ${safeMimeType(file.mimeType)}\r\n\r\n`,
		);
		this.tail = Buffer.from(`\r\n--${boundary}--\r\n`);
		this.type = `multipart/form-data; boundary=${boundary}`;
		this.size = this.head.length + file.bytes + this.tail.length;
	}

	async *stream(): AsyncGenerator<Uint8Array> {
		yield this.head;
		yield* this.upload.file.open();
		yield this.tail;
	}
}

/** As browsers do (WHATWG): a quote or a line break in a name would end the header. */
function escapeName(name: string): string {
	return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function safeMimeType(mimeType: string): string {
	return /^[\w.+-]+\/[\w.+-]+(; ?[\w.+-]+="?[\w.+-]+"?)*$/.test(mimeType) ? mimeType : 'application/octet-stream';
}

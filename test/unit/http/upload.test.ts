import { MultipartBody, type Upload } from '../../../nodes/shared/http/upload';

const CONTENT = 'a,b\nç,d\n';

const upload = (file: Partial<Upload['file']> = {}, fields: Upload['fields'] = []): Upload => ({
	fields,
	file: {
		fieldName: 'file',
		fileName: 'a.csv',
		mimeType: 'text/csv',
		bytes: Buffer.byteLength(CONTENT),
		async *open() {
			yield Buffer.from(CONTENT.slice(0, 3));
			yield await Promise.resolve(Buffer.from(CONTENT.slice(3)));
		},
		...file,
	},
});

async function bytesOf(form: MultipartBody): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of form.stream()) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** The parts of a form, read by Node.js's own parser. */
async function formOf(form: MultipartBody): Promise<FormData> {
	return await new Response(new Uint8Array(await bytesOf(form)), { headers: { 'content-type': form.type } }).formData();
}

it('another program reads the file and the fields as they are', async () => {
	const form = await formOf(new MultipartBody(upload({}, [['kind', 'leads'], ['note', 'ü\r\n--"x"'], ['kind', 'deals']])));
	expect(form.getAll('kind')).toEqual(['leads', 'deals']);
	expect(form.get('note')).toBe('ü\r\n--"x"');
	const file = form.get('file') as File;
	expect([file.name, file.type, await file.text()]).toEqual(['a.csv', 'text/csv', CONTENT]);
});

it('it has the shape of a Blob, can be read again, and is as long as it says', async () => {
	const form = new MultipartBody(upload({}, [['kind', 'leads']]));
	expect(Object.prototype.toString.call(form)).toBe('[object Blob]');
	const [first, second] = [await bytesOf(form), await bytesOf(form)];
	expect(first.equals(second)).toBe(true);
	expect(form.size).toBe(first.length);
});

it('its boundary cannot be guessed', () => {
	const types = Array.from({ length: 20 }, () => new MultipartBody(upload()).type);
	expect(new Set(types).size).toBe(20);
	expect(types[0]).toMatch(/^multipart\/form-data; boundary=----n8n[0-9a-f]{36}$/);
});

it('is framed as RFC 7578 says', async () => {
	const form = new MultipartBody(upload({}, [['kind', 'leads']]));
	const boundary = form.type.split('boundary=')[1];
	expect((await bytesOf(form)).toString()).toBe(
		[
			`--${boundary}`,
			'Content-Disposition: form-data; name="kind"',
			'',
			'leads',
			`--${boundary}`,
			'Content-Disposition: form-data; name="file"; filename="a.csv"',
			'Content-Type: text/csv',
			'',
			CONTENT,
			`--${boundary}--`,
			'',
		].join('\r\n'),
	);
});

it('no name ends its header early', async () => {
	const name = 'a"; x="b\r\nX-Evil: 1\r\n\r\n';
	const text = (await bytesOf(new MultipartBody(upload({ fieldName: name, fileName: name }, [[name, 'v']])))).toString();
	expect(text).not.toContain('\r\nX-Evil');
	expect(text.match(/name="a%22; x=%22b%0D%0AX-Evil: 1%0D%0A%0D%0A"/g)).toHaveLength(3);
});

it.each([
	['text/csv', 'text/csv'],
	['text/csv; charset=utf-8', 'text/csv; charset=utf-8'],
	['text/csv;charset="utf-8"; header=present', 'text/csv;charset="utf-8"; header=present'],
	['application/vnd.ms-excel.sheet+xml', 'application/vnd.ms-excel.sheet+xml'],
	['text/csv\r\nX-Evil: 1', 'application/octet-stream'],
	['X-Evil: 1\r\ntext/csv', 'application/octet-stream'],
	['text', 'application/octet-stream'],
	['text/csv; charset', 'application/octet-stream'],
	['', 'application/octet-stream'],
])('the type %j is sent as %s', async (mimeType, sent) => {
	expect((await bytesOf(new MultipartBody(upload({ mimeType })))).toString()).toContain(`\r\nContent-Type: ${sent}\r\n\r\n`);
});

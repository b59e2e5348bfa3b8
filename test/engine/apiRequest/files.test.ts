import type { BinaryDataService } from 'n8n-core';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { createHash } from 'node:crypto';

import { startBench, type TestBench } from '../../support/bench';
import { jsonOf, requests } from '../salesOs/support';
import { itemWithFile, patterned, startFileStore } from './fileStore';

let bench: TestBench;
let files: BinaryDataService;

beforeAll(async () => {
	files = await startFileStore();
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const upload = (changes: INodeParameters = {}): INodeParameters => ({
	resource: 'apiRequest',
	operation: 'request',
	method: 'POST',
	path: '/v1/uploads',
	bodyType: 'file',
	...changes,
});
const download = (path: string): INodeParameters => ({
	resource: 'apiRequest',
	operation: 'request',
	path,
	responseFormat: 'file',
});
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const uploads = () => requests(bench.sandbox, 'POST', '/v1/uploads');
const stored = (item: INodeExecutionData) => item.json.data as IDataObject;

describe.each(['salesOs', 'salesOsSigned'] as const)('%s', (node) => {
	test('a file of 20 MB goes up and comes down as it was', async () => {
		const bytes = patterned(20_000_000);
		const item = await itemWithFile(files, bytes, 'Orçamento "final".pdf', 'application/pdf');
		const fields = { pairs: [{ key: 'lead_id', value: 'lead 1' }, { key: 'título', value: 'São "Paulo"\r\n--x' }] };
		const up = await bench[node](upload({ formFields: fields }), { items: [item] });
		expect(up.error).toBeUndefined();
		expect(stored(up.items[0])).toMatchObject({
			name: 'Orçamento "final".pdf',
			mime_type: 'application/pdf',
			bytes: 20_000_000,
			sha256: sha256(bytes),
			fields: { lead_id: 'lead 1', título: 'São "Paulo"\r\n--x' },
		});

		const down = await bench[node](download(`/v1/uploads/${String(stored(up.items[0]).id)}`));
		expect(down.error).toBeUndefined();
		const { binary, json } = down.items[0];
		expect(json).toEqual({ status: 200, fileName: 'Orçamento "final".pdf', bytes: 20_000_000 });
		expect(binary?.data).toMatchObject({ mimeType: 'application/pdf', fileExtension: 'pdf' });
		expect(sha256(await files.getAsBuffer(binary?.data ?? { data: '', mimeType: '' }))).toBe(sha256(bytes));
	});

	test('a file is sent again from its start after a 429', async () => {
		const bytes = patterned(300_000);
		const item = await itemWithFile(files, bytes, 'a.bin', 'application/octet-stream');
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'tooManyRequests', retryAfterSeconds: 1 });
		const { error, items } = await bench[node](upload(), { items: [item] });
		expect(error).toBeUndefined();
		expect(stored(items[0]).sha256).toBe(sha256(bytes));
		expect(uploads().map(({ status }) => status)).toEqual([429, 201]);
	});

	test('a file is sent again by n8n after a 401', async () => {
		const bytes = patterned(300_000);
		const item = await itemWithFile(files, bytes, 'a.bin', 'application/octet-stream');
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'tokenRevoked' });
		const { error, items } = await bench[node](upload(), { items: [item] });
		expect(error).toBeUndefined();
		expect(stored(items[0]).sha256).toBe(sha256(bytes));
		expect(uploads().map(({ status }) => status)).toEqual([401, 201]);
	});

	test('a file of one byte over 50 MB is refused before anything is sent, with its size', async () => {
		const large = await itemWithFile(files, Buffer.alloc(50_000_001), 'film.mp4', 'video/mp4');
		const small = await itemWithFile(files, Buffer.from('small'), 'a.txt', 'text/plain');
		const { error } = await bench[node](upload(), { items: [small, large] });
		expect(error?.message).toBe(
			'Input Binary Field holds a file that is too large: "film.mp4" has 50,000,001 bytes (50 MB), and SalesOS takes 50 MB at most',
		);
		expect(bench.sandbox.journal.list()).toEqual([]);
	});
});

test('a file of exactly 50 MB is taken', async () => {
	const bytes = Buffer.alloc(50_000_000, 7);
	const { error, items } = await bench.salesOs(upload(), { items: [await itemWithFile(files, bytes, 'a.bin', 'application/octet-stream')] });
	expect(error).toBeUndefined();
	expect(stored(items[0])).toMatchObject({ bytes: 50_000_000, sha256: sha256(bytes) });
});

test('a file that n8n keeps in the item itself is sent too', async () => {
	const bytes = patterned(70_001);
	const binary = { picture: { data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'a.png' } };
	const parameters = upload({ inputBinaryField: 'picture', fileFieldName: 'attachment' });
	const { error, items } = await bench.salesOs(parameters, { items: [{ json: {}, binary }] });
	expect(error).toBeUndefined();
	expect(stored(items[0])).toMatchObject({ sha256: sha256(bytes), mime_type: 'image/png' });
});

test('an upload that is refused says why, and one without a file names the field', async () => {
	// Of the key, because a token that is already minted keeps the scopes it has.
	bench.sandbox.salesOs.credentials.signedKeys.all()[0].scopes = ['leads:read'];
	const item = await itemWithFile(files, Buffer.from('x'), 'a.txt', 'text/plain');
	const refused = await bench.salesOsSigned(upload(), { items: [item] });
	expect(refused.error).toMatchObject({ httpCode: '403' });
	const missing = await bench.salesOs(upload({ inputBinaryField: 'nothing' }), { items: [item] });
	expect(missing.error?.message).toMatch(/no binary field 'nothing'/);
});

test('a download that is refused says why', async () => {
	const { error } = await bench.salesOs(download('/v1/uploads/none'));
	expect(error).toMatchObject({ httpCode: '404', message: 'SalesOS refused the request: File not found' });
});

test('a download of more than 50 MB is given up at once, and not tried again', async () => {
	bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'answer', status: 200, count: 3, body: 'x'.repeat(50_000_001) });
	const { error } = await bench.salesOs(download('/v1/uploads/film'));
	expect(error?.message).toBe('The answer of SalesOS cannot be used: its answer is larger than 50 MB');
	expect(requests(bench.sandbox)).toHaveLength(1);
});

test('several downloads keep the order of the items', async () => {
	const ids: string[] = [];
	for (const letter of ['a', 'b', 'c']) {
		const item = await itemWithFile(files, Buffer.from(letter), `${letter}.txt`, 'text/plain');
		ids.push(String(stored((await bench.salesOs(upload(), { items: [item] })).items[0]).id));
	}
	const { items } = await bench.salesOs(download('=/v1/uploads/{{ $json.id }}'), { items: ids.map((id) => ({ id })) });
	expect(jsonOf(items).map(({ fileName }) => fileName)).toEqual(['a.txt', 'b.txt', 'c.txt']);
	expect(items.map(({ binary }) => binary?.data.fileName)).toEqual(['a.txt', 'b.txt', 'c.txt']);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
});

test('OutboundSync: any answer can be kept as a file, and a path that takes no file says so', async () => {
	const kept = await bench.outboundSync(download('/me'));
	expect(kept.error).toBeUndefined();
	const { data } = kept.items[0].binary ?? {};
	expect(data).toMatchObject({ fileName: 'me', mimeType: 'application/json' });
	expect(JSON.parse((await files.getAsBuffer(data)).toString())).toHaveProperty('account');

	const item = await itemWithFile(files, Buffer.from('x'), 'a.txt', 'text/plain');
	const refused = await bench.outboundSync(upload({ path: '/uploads' }), { items: [item] });
	expect(refused.error).toMatchObject({ httpCode: '404' });
});

import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ApiAnswer, ApiRequest, HttpMethod } from '../../http/request';
import { isRecord } from '../../http/retryHint';
import type { Upload } from '../../http/upload';
import type { ItemInput } from '../itemInput';
import type { ItemOperation, Task } from '../operation';
import { atLeastOne, jsonObjectOrList, oneOf, Problem, text, type Reader } from '../readers';
import type { Session } from '../session';
import { apiRequestFields } from './fields';
import { fileNameOf } from './fileName';
import { target } from './target';

type Query = NonNullable<ApiRequest['query']>;

/** What a vendor adds to the request that the user makes up. */
export interface ApiRequestVendor {
	/** As users know it. */
	readonly name: string;
	readonly pathExample: string;
	readonly pathDescription: string;
	/** The path as it is sent below the connection's base URL. */
	fullPath(path: string): string;
	/** Which of the service's quotas the path draws on, where the service cannot tell by itself. */
	quotaClassOf?(path: string): string | undefined;
	/** The largest file that may be uploaded, in bytes; undefined where the vendor names none. */
	readonly maxFileBytes?: number;
	/** Fields of the vendor's own, for {@link guardFor}. */
	readonly fields?: INodeProperties[];
	/** What keeps the secrets of a path out of the output; undefined for a path without. */
	guardFor?(path: string): ((input: ItemInput, task: Task) => Task) | undefined;
	/** Query parameters that paging sets, and that the user therefore cannot. */
	readonly pagingParameters: readonly string[];
	/**
	 * Reads a list by the vendor's own paging.
	 * @param read sends the request of one page and gives its answer
	 * @param limit how many records; Infinity for all
	 */
	readPages(session: Session, read: (query: Query) => Promise<ApiAnswer>, limit: number): Promise<IDataObject[]>;
	/** Whether an answer is a page of a list. */
	isPage(body: unknown): boolean;
}

/** Any request that the vendor's API takes, with everything that the other operations have. */
export function apiRequestOperation(vendor: ApiRequestVendor): ItemOperation {
	return {
		resource: 'apiRequest',
		value: 'request',
		name: 'Send',
		action: 'Send an API request',
		description: `Call a path of the ${vendor.name} API for which there is no operation`,
		endpoints: [],
		fields: [...apiRequestFields({ ...vendor, fileDescription: fileDescription(vendor) }), ...(vendor.fields ?? [])],
		async prepare(input) {
			const method = input.required('method', oneOf('DELETE', 'GET', 'PATCH', 'POST', 'PUT'));
			const request = await requestFrom(input, vendor, method);
			const guard = vendor.guardFor?.(request.path);
			if (input.required('responseFormat', oneOf('file', 'json')) === 'file') {
				if (guard) input.fail('responseFormat', SECRET_IN_FILE);
				return download(input, request);
			}
			const task: Task =
				method === 'GET' && input.flag('readPages')
					? readPages(input, vendor, request)
					: async ({ client }) => recordsOf(await client.send(request));
			return guard?.(input, task) ?? task;
		},
	};
}

const SECRET_IN_FILE = new Problem('is File, and the answers of this path may hold a secret', 'Choose JSON, which leaves the secret out.');

async function requestFrom(input: ItemInput, vendor: ApiRequestVendor, method: HttpMethod): Promise<ApiRequest> {
	const { path: typedPath, query } = input.required('path', target);
	const path = vendor.fullPath(typedPath);
	const request: ApiRequest = {
		method,
		path,
		quotaClass: vendor.quotaClassOf?.(path),
		query: queryOf([...query, ...(input.optional('queryParameters', pairs) ?? [])]),
	};
	if (method === 'GET' || method === 'DELETE') return request;
	const repeatable = input.flag('safeToRepeat');
	if (input.required('bodyType', oneOf('file', 'json')) === 'json') {
		return { ...request, body: input.optional('body', jsonObjectOrList), repeatable };
	}
	return { ...request, upload: await uploadFrom(input, vendor), repeatable };
}

async function uploadFrom(input: ItemInput, { maxFileBytes = Infinity, name }: ApiRequestVendor): Promise<Upload> {
	const file = await input.file('inputBinaryField');
	if (file.bytes > maxFileBytes) {
		const size = `${file.bytes.toLocaleString('en-US')} bytes (${megabytes(file.bytes)})`;
		input.fail(
			'inputBinaryField',
			new Problem(
				`holds a file that is too large: "${file.fileName}" has ${size}, and ${name} takes ${megabytes(maxFileBytes)} at most`,
				'Nothing was sent. Make the file smaller or split it.',
			),
		);
	}
	return {
		file: { ...file, fieldName: input.required('fileFieldName', text) },
		fields: input.optional('formFields', pairs) ?? [],
	};
}

/** Reads the answer into a file; headers alone say what it is. */
function download(input: ItemInput, request: ApiRequest): Task {
	const field = input.required('outputBinaryField', text);
	return async ({ client }) => {
		const { body, headers, status } = await client.send({ ...request, answer: 'bytes' });
		const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
		const fileName = fileNameOf(headers, request.path);
		// n8n tells the type by the name or the content where the server does not.
		const mimeType = headers['content-type']?.split(';')[0].trim() || undefined;
		const file = await input.keepFile(bytes, fileName, mimeType);
		return { records: [{ status, fileName, bytes: bytes.length }], binary: { [field]: file } };
	};
}

function readPages(input: ItemInput, vendor: ApiRequestVendor, { path, query = {}, quotaClass }: ApiRequest): Task {
	const taken = vendor.pagingParameters.find((name) => name in query);
	if (taken !== undefined) {
		const what = `sets "${taken}", which Read Pages sets by itself`;
		input.fail('queryParameters', new Problem(what, `Remove "${taken}", or turn off Read Pages to read one page.`));
	}
	const limit = input.flag('returnAll') ? Infinity : input.required('limit', atLeastOne);
	return async (session) => {
		const read = async (paging: Query): Promise<ApiAnswer> => {
			const answer = await session.client.send({ method: 'GET', path, quotaClass, query: { ...query, ...paging } });
			return vendor.isPage(answer.body) ? answer : input.fail('readPages', NO_LIST);
		};
		return (await vendor.readPages(session, read, limit)).map(presentableRecord);
	};
}

const NO_LIST = new Problem('is on, but there is no list in the answer', 'Turn it off to get the answer as it is.');

/** The answer as it came, one item for each entry of a bare list. */
function recordsOf({ body, status }: ApiAnswer): IDataObject[] {
	if (body === undefined) return [{ status }];
	return (Array.isArray(body) ? (body as unknown[]) : [body]).map(presentableRecord);
}

/** What is no object is wrapped, and so is one with an `error`: n8n would take the item for a failed one. */
function presentableRecord(entry: unknown): IDataObject {
	return (isRecord(entry) && !Object.hasOwn(entry, 'error') ? entry : { data: entry }) as IDataObject;
}

/** n8n's fixed collection of names and values, in its order. */
const pairs: Reader<ReadonlyArray<readonly [string, string]>> = (raw) => {
	const entries = isRecord(raw) && Array.isArray(raw.pairs) ? (raw.pairs as unknown[]) : [];
	const read: Array<readonly [string, string]> = [];
	for (const entry of entries) {
		const { key, value } = isRecord(entry) ? entry : {};
		const name = String(key ?? '').trim();
		if (name === '') return new Problem('has an entry without a name', 'Name every entry, or remove the empty one.');
		if (typeof value === 'object' && value !== null) {
			return new Problem(`has a value that is not text, under "${name}"`, 'Use an expression to pick one value.');
		}
		read.push([name, String(value ?? '')]);
	}
	return read;
};

/** Names that come more than once are sent as often. */
function queryOf(entries: ReadonlyArray<readonly [string, string]>): Query {
	const byName = new Map<string, string[]>();
	for (const [name, value] of entries) byName.set(name, [...(byName.get(name) ?? []), value]);
	return Object.fromEntries(byName);
}

function fileDescription({ maxFileBytes, name }: ApiRequestVendor): string {
	const limit = maxFileBytes === undefined ? '' : `, up to ${megabytes(maxFileBytes)}`;
	return `Upload a file from a binary field as multipart/form-data${limit}, where the path in ${name} takes one`;
}

function megabytes(bytes: number): string {
	// Said when the package is loaded, too, where a number format would take longer than anything else.
	return `${Math.round(bytes / 100_000) / 10} MB`;
}

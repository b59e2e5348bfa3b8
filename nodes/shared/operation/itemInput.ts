import {
	NodeOperationError,
	type IBinaryData,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import type { ApiRequest } from '../http/request';
import { isRecord } from '../http/retryHint';
import type { UploadFile } from '../http/upload';
import { isBlank, jsonObject, Problem, text, type Reader } from './readers';

/** Where a field goes in the vendor's record, and how its value is read. */
export interface Binding {
	readonly to: string;
	readonly read: Reader<unknown>;
}

/** The parameters of one input item, read and checked. */
export class ItemInput {
	constructor(
		private readonly context: IExecuteFunctions,
		readonly index: number,
		private readonly fields: readonly INodeProperties[],
	) {}

	/** @throws NodeOperationError when the parameter is empty or cannot be read */
	required<T>(name: string, read: Reader<T>): T {
		const raw = this.raw(name);
		if (isBlank(raw)) this.fail(name, new Problem('is empty', 'Fill it in, or check the expression that should give it.'));
		return this.read(name, raw, read);
	}

	/** Undefined when the parameter is empty or not there. */
	optional<T>(name: string, read: Reader<T>): T | undefined {
		const raw = this.raw(name);
		return isBlank(raw) ? undefined : this.read(name, raw, read);
	}

	flag(name: string): boolean {
		return this.raw(name) === true;
	}

	/** How a resource locator was filled in (`list`, `id`, `name`); undefined for a plain value. */
	modeOf(name: string): string | undefined {
		const value = this.parameter(name);
		return isRecord(value) && typeof value.mode === 'string' ? value.mode : undefined;
	}

	/**
	 * The filled-in fields of a collection under the vendor's names. Empty values are left out: an
	 * expression that finds nothing must not wipe a field of the CRM. To clear a field on purpose
	 * there are the additional body fields.
	 */
	collection(name: string, bindings: Readonly<Record<string, Binding>>): IDataObject {
		const entries = this.raw(name);
		const record: IDataObject = {};
		if (!isRecord(entries)) return record;
		for (const [field, { to, read }] of Object.entries(bindings)) {
			const raw = unwrap(entries[field]);
			if (isBlank(raw)) continue;
			const value = this.read(field, raw, read);
			if (!isHollow(value)) record[to] = value as IDataObject[string];
		}
		return record;
	}

	/** The filters of a list under the vendor's names; all of them are plain values. */
	query(name: string, bindings: Readonly<Record<string, Binding>>): NonNullable<ApiRequest['query']> {
		return this.collection(name, bindings) as NonNullable<ApiRequest['query']>;
	}

	/** The value of a resource locator inside a collection, with its mode. */
	entry(collection: string, field: string): { mode?: string; value: unknown } | undefined {
		const entries = this.raw(collection);
		if (!isRecord(entries) || !Object.hasOwn(entries, field)) return undefined;
		const entry = entries[field];
		const value = unwrap(entry);
		if (isBlank(value)) return undefined;
		return { mode: isRecord(entry) && typeof entry.mode === 'string' ? entry.mode : undefined, value };
	}

	/** The escape hatch of every write: fields that the vendor has and this node does not know. */
	additionalBody(collection: string): IDataObject {
		const entry = this.entry(collection, 'additionalBodyFields');
		return entry ? this.read('additionalBodyFields', entry.value, jsonObject) : {};
	}

	/** Shows a warning above the output of the run. */
	warn(message: string): void {
		this.context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	}

	/**
	 * The file in the binary field that the parameter names. It is not read before it is opened.
	 * @throws NodeOperationError when the item has no such file
	 */
	async file(name: string): Promise<Omit<UploadFile, 'fieldName'>> {
		const { helpers } = this.context;
		const binary = helpers.assertBinaryData(this.index, this.required(name, text));
		const { data, fileName, id, mimeType } = binary;
		// n8n keeps files in a store, or, in its memory mode, in the item itself.
		const bytes = id === undefined ? Buffer.byteLength(data, 'base64') : (await helpers.getBinaryMetadata(id)).fileSize;
		return {
			fileName: fileName ?? 'file',
			mimeType,
			bytes,
			async *open() {
				if (id === undefined) yield Buffer.from(data, 'base64');
				else yield* (await helpers.getBinaryStream(id)) as AsyncIterable<Uint8Array>;
			},
		};
	}

	/** Hands a file over to n8n, which keeps it where it is set to keep files. */
	async keepFile(bytes: Buffer, fileName: string, mimeType: string | undefined): Promise<IBinaryData> {
		return await this.context.helpers.prepareBinaryData(bytes, fileName, mimeType);
	}

	/** @throws NodeOperationError that names the field by its label and the item by its index */
	fail(name: string, { howToFix, what }: Problem): never {
		throw new NodeOperationError(this.context.getNode(), `${this.labelOf(name)} ${what}`, {
			description: howToFix,
			itemIndex: this.index,
			level: 'warning',
		});
	}

	private read<T>(name: string, raw: unknown, read: Reader<T>): T {
		const value = read(raw, this.context.getTimezone());
		if (value instanceof Problem) return this.fail(name, value);
		return value;
	}

	private raw(name: string): unknown {
		return unwrap(this.parameter(name));
	}

	private parameter(name: string): unknown {
		// n8n leaves out what its panel hides, as it does some fields in a tool: there the default holds.
		const fallback = this.fields.find((field) => field.name === name)?.default;
		// n8n throws where there is neither a value nor a fallback; undefined is no fallback.
		return this.context.getNodeParameter(name, this.index, typeof fallback === 'object' ? null : (fallback ?? null));
	}

	private labelOf(name: string): string {
		return findField(this.fields, name)?.displayName ?? name;
	}
}

function unwrap(value: unknown): unknown {
	return isRecord(value) && '__rl' in value ? value.value : value;
}

/** What reading has left empty, such as a list of blanks. */
function isHollow(value: unknown): boolean {
	if (Array.isArray(value)) return value.length === 0;
	return isRecord(value) && Object.keys(value).length === 0;
}

function findField(fields: readonly INodeProperties[], name: string): INodeProperties | undefined {
	for (const field of fields) {
		if (field.name === name) return field;
		const inner = (field.options ?? []).filter((option): option is INodeProperties => 'type' in option);
		const found = findField(inner, name);
		if (found) return found;
	}
	return undefined;
}

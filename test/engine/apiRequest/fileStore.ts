import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

import { dirname } from 'node:path';
import { temporaryFolder } from '../../support/engine/temporaryFolder';

/** The container that the n8n-core under test takes its services from. */
interface Services {
	Container: { get<T>(service: abstract new (...parts: never[]) => T): T };
}

/**
 * Makes n8n-core keep files in a folder, as an installed n8n does, and not in the items.
 * Call it before anything else asks for files.
 */
export async function startFileStore(): Promise<BinaryDataService> {
	process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
	process.env.N8N_AVAILABLE_BINARY_DATA_MODES = 'filesystem';
	process.env.N8N_BINARY_DATA_STORAGE_PATH = temporaryFolder('n8n-files-');
	const core = dirname(require.resolve('n8n-core'));
	const { Container } = (await import(require.resolve('@n8n/di', { paths: [core] }))) as Services;
	const files = Container.get(BinaryDataService);
	await files.init();
	return files;
}

/** An item with a file in n8n's store. */
export async function itemWithFile(
	files: BinaryDataService,
	bytes: Buffer,
	fileName: string,
	mimeType: string,
): Promise<INodeExecutionData> {
	const location = { type: 'execution', workflowId: 'test', executionId: 'test' } as const;
	const data: IBinaryData = { data: '', mimeType, fileName };
	return { json: {}, binary: { data: await files.store(location, bytes, data) } };
}

/** Bytes that repeat at no boundary of a chunk, so that a lost or doubled one shows. */
export function patterned(length: number): Buffer {
	const bytes = Buffer.alloc(length);
	let state = 1;
	for (let index = 0; index < length; index += 1) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		bytes[index] = state >>> 16;
	}
	return bytes;
}

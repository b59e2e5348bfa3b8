import { isRecord } from '../../../shared/http/retryHint';
import { apiRequestOperation } from '../../../shared/operation/apiRequest';
import type { ItemInput } from '../../../shared/operation/itemInput';
import type { Task } from '../../../shared/operation/operation';
import { readNumberedPages } from '../../../shared/operation/paging';
import { withoutFields } from '../../../shared/operation/withoutFields';
import { MAX_PAGE_SIZE, PAGE, pageOf } from '../../records';

/**
 * Documented as "50 MB" for attachments; which megabyte is unknown, so the smaller one. The path
 * that takes them is unknown as well.
 */
const MAX_FILE_BYTES = 50_000_000;

const WEBHOOKS = /^\/v\d+\/webhooks(\/|$)/i;

/** Whether the API shows a webhook's secret again is unknown; execution data is no place for it. */
function withoutSecrets(_input: ItemInput, task: Task): Task {
	return async (session) => {
		const ran = await task(session);
		return (Array.isArray(ran) ? ran : ran.records).map((record) => withoutFields(record, (name) => name === 'secret'));
	};
}

export const sendApiRequest = apiRequestOperation({
	name: 'SalesOS',
	pathExample: 'e.g. /v1/leads?status=new',
	pathDescription:
		'Path as in the SalesOS reference, with /v1 or /functions in front. The address of the server comes from the credential.',
	fullPath: (path) => path,
	maxFileBytes: MAX_FILE_BYTES,
	guardFor: (path) => (WEBHOOKS.test(decodeURIComponent(path)) ? withoutSecrets : undefined),
	pagingParameters: ['page', 'per_page'],
	isPage: (body) => isRecord(body) && PAGE.fits(body),
	readPages: async ({ client }, read, limit) =>
		await readNumberedPages({
			limit,
			maxPageSize: MAX_PAGE_SIZE,
			maxConcurrency: client.maxConcurrency,
			fetchPage: async (page, pageSize) => pageOf(await read({ page, per_page: pageSize })),
			idOf: ({ id }) => id,
		}),
});

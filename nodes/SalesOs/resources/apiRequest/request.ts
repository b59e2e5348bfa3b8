import { isRecord } from '../../../shared/http/retryHint';
import { apiRequestOperation } from '../../../shared/operation/apiRequest';
import type { ItemInput } from '../../../shared/operation/itemInput';
import type { Task } from '../../../shared/operation/operation';
import { readNumberedPages } from '../../../shared/operation/paging';
import { atLeastOne, Problem } from '../../../shared/operation/readers';
import { withoutFields } from '../../../shared/operation/withoutFields';
import { MAX_PAGE_SIZE, pageOf } from '../../records';

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

const NO_LIST = new Problem('is on, but there is no list in the answer', 'Turn it off to get the answer as it is.');

export const sendApiRequest = apiRequestOperation({
	name: 'SalesOS',
	pathExample: 'e.g. /v1/leads?status=new',
	pathDescription:
		'Path as in the SalesOS reference, with /v1 or /functions in front. The address of the server comes from the credential.',
	fullPath: (path) => path,
	maxFileBytes: MAX_FILE_BYTES,
	guardFor: (path) => (WEBHOOKS.test(decodeURIComponent(path)) ? withoutSecrets : undefined),
	pagingParameters: ['page', 'per_page'],
	readPages(input, { path, query }) {
		const limit = input.flag('returnAll') ? Infinity : input.required('limit', atLeastOne);
		return async ({ client }) =>
			await readNumberedPages({
				limit,
				maxPageSize: MAX_PAGE_SIZE,
				maxConcurrency: client.maxConcurrency,
				async fetchPage(page, pageSize) {
					const answer = await client.send({ method: 'GET', path, query: { ...query, page, per_page: pageSize } });
					const { body } = answer;
					if (!isRecord(body) || !Array.isArray(body.data)) return input.fail('readPages', NO_LIST);
					return pageOf(answer);
				},
				idOf: ({ id }) => id,
			});
	},
});

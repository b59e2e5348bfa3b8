import { apiRequestOperation } from '../../../shared/operation/apiRequest';
import { readCursorPages } from '../../../shared/operation/cursorPaging';
import { PAGE, pageOf, SMALL_PAGE } from '../../records';
import { OUTREACH_QUOTA } from '../../service';
import { guardSecret, secretFields } from '../webhook/webhookFields';

/** Documented base of all paths. */
const BASE = '/api/v1';

/** Documented: look-ups of contacts have a limit of their own. */
export function quotaClassOf(path: string): string | undefined {
	return path === `${BASE}/contacts/outreach` ? OUTREACH_QUOTA : undefined;
}

/** Documented: creating a webhook and rotating its secret answer with the secret. */
const WEBHOOKS = /^\/api\/v\d+\/webhooks(\/|$)/i;

export const sendApiRequest = apiRequestOperation({
	name: 'OutboundSync',
	pathExample: 'e.g. /syncs?status=error',
	pathDescription:
		'Path as in the OutboundSync reference; /api/v1 is put in front where it is missing. The address of the server comes from the credential.',
	fullPath: (path) => (/^\/api\/v\d+(\/|$)/.test(path) ? path : `${BASE}${path}`),
	quotaClassOf,
	fields: secretFields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, method: ['POST'], path: [{ _cnd: { includes: 'webhooks' } }] },
		},
	})),
	guardFor: (path) => (WEBHOOKS.test(decodeURIComponent(path)) ? guardSecret : undefined),
	pagingParameters: ['cursor', 'limit'],
	isPage: PAGE.fits,
	readPages: async (_session, read, limit) =>
		await readCursorPages({
			limit,
			// The page size that every list takes (documented).
			maxPageSize: SMALL_PAGE,
			fetchPage: async (pageSize, cursor) => pageOf(await read({ limit: pageSize, cursor })),
			idOf: ({ id }) => id,
		}),
});

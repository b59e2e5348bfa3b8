import { path } from '../../../shared/http/request';
import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { rangeFields, sourceLocator } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';
import { syncStatus, syncStatusBinding } from './syncFields';

export const getManySyncsOfSource: Operation = {
	resource: 'sync',
	value: 'getAllOfSource',
	name: 'Get Many of a Source',
	action: 'Get many syncs of one source to its CRM',
	description: 'List the attempts to write what one source received to its CRM, newest first. Use this where the source must be set: Get Many with the filter Source lists the same.',
	endpoints: [
		endpoint('GET /sources/:sourceId/syncs', {
			published: 'that it is newest first, that it is GET /syncs filtered by the source, and toEmail',
			inferred: 'fields other than id, status and toEmail',
		}),
	],
	fields: [{ ...sourceLocator, required: true }, ...rangeFields, ...listing, simplify, filtersWith(syncStatus)],
	prepare(input, session) {
		return readRange(input, session, {
			path: path`/api/v1/sources/${input.required('sourceId', integerId)}/syncs`,
			query: input.query('filters', { status: syncStatusBinding }),
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};

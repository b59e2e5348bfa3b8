import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { connectionLocator, ownerBindings, rangeFields, sourceLocator } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';
import { syncStatus, syncStatusBinding } from './syncFields';

const { connectionId, sourceId } = ownerBindings;

export const getManySyncs: Operation = {
	resource: 'sync',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many syncs to CRMs',
	description: 'List the attempts to write to CRMs in a range of time, newest first: of all sources, or filtered by source, connection and status',
	endpoints: [
		endpoint('GET /syncs', { published: 'that it is newest first, and toEmail', inferred: 'fields other than id, status and toEmail' }),
	],
	fields: [...rangeFields, ...listing, simplify, filtersWith(connectionLocator, sourceLocator, syncStatus)],
	prepare(input, session) {
		return readRange(input, session, {
			path: '/api/v1/syncs',
			query: input.query('filters', { connectionId, sourceId, status: syncStatusBinding }),
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};

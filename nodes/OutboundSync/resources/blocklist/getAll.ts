import { filtersWith, listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { connectionLocator, ownerBindings } from '../../fields';
import { readWhole, unchanged, without } from '../../records';

const { connectionId } = ownerBindings;

/** Leaves ten of the 14 fields that outboundsync/skills publishes; `clientId` was there once. */
const simplified = without('clientId', 'createdAt', 'crm', 'lastAttemptedAt', 'lastFetchedAt');

export const getManyBlocklists: Operation = {
	resource: 'blocklist',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many blocklists',
	description: 'List the blocklists that OutboundSync copies from CRMs to sequencers, with their status and counts',
	endpoints: [endpoint('GET /blocklists', { published: 'name of the list and fields of its entries' })],
	fields: [...listing, simplify, filtersWith(connectionLocator)],
	prepare(input) {
		const query = input.query('filters', { connectionId });
		return readWhole(input, '/api/v1/blocklists', query, input.flag('simplify') ? simplified : unchanged);
	},
};

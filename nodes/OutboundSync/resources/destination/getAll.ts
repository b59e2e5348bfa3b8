import { listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readWhole, unchanged, withoutAddresses } from '../../records';

export const getManyDestinations: Operation = {
	resource: 'destination',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many destinations',
	description: 'List the addresses that outreach events are forwarded to. One without source IDs forwards nothing.',
	endpoints: [
		endpoint('GET /destinations', {
			published: 'url',
			inferred: 'name of the list in the answer, and fields other than id, sourceIds and url',
		}),
	],
	fields: [...listing, simplify],
	prepare(input) {
		return readWhole(input, '/api/v1/destinations', {}, input.flag('simplify') ? withoutAddresses : unchanged);
	},
};

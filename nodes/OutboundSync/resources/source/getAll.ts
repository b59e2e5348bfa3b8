import { listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readWhole, unchanged, withoutAddresses } from '../../records';

export const getManySources: Operation = {
	resource: 'source',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many sources',
	description: 'List the sources that sequencers send their events to. Simplify leaves their addresses out, which are secrets.',
	endpoints: [endpoint('GET /sources', { published: 'name of the list, and fields of config and destinations' })],
	fields: [...listing, simplify],
	prepare(input) {
		return readWhole(input, '/api/v1/sources', {}, input.flag('simplify') ? withoutAddresses : unchanged);
	},
};

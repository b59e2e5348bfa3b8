import { listing } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readWhole } from '../../records';

export const getManyConnections: Operation = {
	resource: 'connection',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many connections to CRMs',
	description: 'List the connections to CRMs with their status and capabilities',
	endpoints: [endpoint('GET /connections', { inferred: 'name of the list in the answer' })],
	fields: listing,
	prepare(input) {
		return readWhole(input, '/api/v1/connections');
	},
};

import { path } from '../../../shared/http/request';
import { simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { destinationLocator } from '../../fields';
import { sendForRecord, unchanged, withoutAddresses } from '../../records';

export const getDestination: Operation = {
	resource: 'destination',
	value: 'get',
	name: 'Get',
	action: 'Get a destination',
	description: 'Retrieve one address that outreach events are forwarded to',
	endpoints: [endpoint('GET /destinations/:id', { published: 'url', inferred: 'fields other than id, sourceIds and url' })],
	fields: [{ ...destinationLocator, required: true }, simplify],
	prepare(input) {
		const id = input.required('destinationId', integerId);
		return sendForRecord(
			{ method: 'GET', path: path`/api/v1/destinations/${id}` },
			input.flag('simplify') ? withoutAddresses : unchanged,
		);
	},
};

import { listing } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { readWhole } from '../../records';

export const getManyReplyRelays: Operation = {
	resource: 'replyRelay',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many reply relays',
	description: 'List the rules that send a copy of replies to a salesperson',
	endpoints: [endpoint('GET /destinations/reply-relays', { published: 'name of the list in the answer' })],
	fields: listing,
	prepare(input) {
		return readWhole(input, '/api/v1/destinations/reply-relays');
	},
};

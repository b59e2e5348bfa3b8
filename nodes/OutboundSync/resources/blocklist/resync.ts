import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { blocklistLocator } from '../../fields';
import { sendForRecord } from '../../records';

export const resyncBlocklist: Operation = {
	resource: 'blocklist',
	value: 'resync',
	name: 'Resync',
	action: 'Resync a blocklist',
	description: 'Queue a full reload of a blocklist from the CRM. This also ends a pause, and removes nothing from the sequencer.',
	endpoints: [
		endpoint('POST /blocklists/:id/resync', {
			published: 'answer, which says that a pause has ended, and that nothing is removed from the sequencer',
		}),
	],
	fields: [blocklistLocator],
	prepare(input) {
		const id = input.required('blocklistId', integerId);
		return sendForRecord({ method: 'POST', path: path`/api/v1/blocklists/${id}/resync` });
	},
};

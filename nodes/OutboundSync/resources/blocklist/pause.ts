import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { blocklistLocator } from '../../fields';
import { sendForRecord } from '../../records';

export const pauseBlocklist: Operation = {
	resource: 'blocklist',
	value: 'pause',
	name: 'Pause',
	action: 'Pause a blocklist',
	description: 'Stop copying a blocklist to its sequencer. Entries that are already there stay. Pausing a paused blocklist changes nothing.',
	endpoints: [endpoint('POST /blocklists/:id/pause', { published: 'answer, and that nothing is removed from the sequencer' })],
	fields: [blocklistLocator],
	prepare(input) {
		const id = input.required('blocklistId', integerId);
		// Documented: idempotent.
		return sendForRecord({ method: 'POST', path: path`/api/v1/blocklists/${id}/pause`, repeatable: true });
	},
};

import { path } from '../../../shared/http/request';
import { simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { plainFields, sendForRecord, unchanged } from '../../records';
import { syncId } from './syncFields';

export const getSync: Operation = {
	resource: 'sync',
	value: 'get',
	name: 'Get',
	action: 'Get a sync to a CRM',
	description: 'Retrieve one attempt to write to a CRM by its ID',
	endpoints: [endpoint('GET /syncs/:id', { published: 'toEmail', inferred: 'fields other than id, status and toEmail' })],
	fields: [syncId, simplify],
	prepare(input) {
		const id = input.required('syncId', integerId);
		return sendForRecord(
			{ method: 'GET', path: path`/api/v1/syncs/${id}` },
			input.flag('simplify') ? plainFields : unchanged,
		);
	},
};

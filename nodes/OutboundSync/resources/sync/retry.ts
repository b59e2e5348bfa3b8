import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { sendForRecord } from '../../records';
import { syncId } from './syncFields';

export const retrySync: Operation = {
	resource: 'sync',
	value: 'retry',
	name: 'Retry',
	action: 'Retry a failed sync to a CRM',
	description: 'Queue a failed sync to HubSpot or Salesforce again. Syncs to other CRMs, or with another status, cannot be retried.',
	endpoints: [endpoint('POST /syncs/:id/retry', { inferred: 'status of the answer' })],
	fields: [syncId],
	prepare(input) {
		const id = input.required('syncId', integerId);
		return sendForRecord({ method: 'POST', path: path`/api/v1/syncs/${id}/retry` });
	},
};

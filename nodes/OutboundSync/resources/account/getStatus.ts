import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { sendForRecord } from '../../records';

export const getAccountStatus: Operation = {
	resource: 'account',
	value: 'getStatus',
	name: 'Get Status',
	action: 'Get the status of the account',
	description: 'Check whether the account is ready, with its blockers and warnings and how to fix them',
	endpoints: [endpoint('GET /account/status', { published: 'components of each connection', inferred: 'where the components stand in the answer' })],
	fields: [],
	prepare() {
		return sendForRecord({ method: 'GET', path: '/api/v1/account/status' });
	},
};

import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { sendForRecord } from '../../records';

export const getMe: Operation = {
	resource: 'account',
	value: 'getMe',
	name: 'Get Me',
	action: 'Get the account of the key',
	description: 'Show the account, scopes and CRM connections of the API key',
	endpoints: [endpoint('GET /me')],
	fields: [],
	prepare() {
		return sendForRecord({ method: 'GET', path: '/api/v1/me' });
	},
};

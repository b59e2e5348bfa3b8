import type { Operation } from '../../../shared/operation/operation';
import { sendForBody } from '../../records';

export const getMe: Operation = {
	resource: 'account',
	value: 'getMe',
	name: 'Get Me',
	action: 'Get the account of the key',
	description: 'Show which account, scopes and CRM connections the API key belongs to',
	endpoints: [{ method: 'GET', path: '/me', scope: 'read', mark: 'documented' }],
	fields: [],
	prepare() {
		return sendForBody({ method: 'GET', path: '/api/v1/me' });
	},
};

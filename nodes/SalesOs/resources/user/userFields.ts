import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { email, oneOf, text, uuid } from '../../../shared/operation/readers';
import { teamLocator } from '../../fields';
import { pick } from '../../records';

/** Documented values of a user's role. */
const ROLES = ['admin', 'manager', 'sales_rep'] as const;
/** Documented values of a user's status. */
const STATUSES = ['active', 'deactivated', 'invited'] as const;

export const role: INodeProperties = {
	displayName: 'Role',
	name: 'role',
	type: 'options',
	options: [
		{ name: 'Admin', value: 'admin' },
		{ name: 'Manager', value: 'manager' },
		{ name: 'Sales Representative', value: 'sales_rep' },
	],
	default: 'sales_rep',
	description: 'What the user may do in SalesOS',
};

export const userName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Ana Souza',
	description: 'Full name of the person',
};

export const userTeam: INodeProperties = { ...teamLocator, description: 'The team that the user belongs to' };

export const userRole = oneOf(...ROLES);

export const userBindings: Readonly<Record<string, Binding>> = {
	name: { to: 'name', read: text },
	email: { to: 'email', read: email },
	phone: { to: 'phone', read: text },
	role: { to: 'role', read: userRole },
	teamId: { to: 'team_id', read: uuid },
};

/** Documented filters of the list. */
export const userFilters: INodeProperties[] = [
	{ ...role, description: 'Only users with this role' },
	{
		displayName: 'Search',
		name: 'search',
		type: 'string',
		default: '',
		description: 'Text to look for. SalesOS does not publish which fields it searches.',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		options: [
			{ name: 'Active', value: 'active' },
			{ name: 'Deactivated', value: 'deactivated' },
			{ name: 'Invited', value: 'invited' },
		],
		default: 'active',
		description: 'Only users with this status',
	},
	{ ...userTeam, description: 'Only users of this team' },
];

export const userFilterBindings: Readonly<Record<string, Binding>> = {
	role: { to: 'role', read: userRole },
	search: { to: 'search', read: text },
	status: { to: 'status', read: oneOf(...STATUSES) },
	teamId: { to: 'team_id', read: uuid },
};

export const simplifiedUser = pick(
	'id',
	'name',
	'email',
	'phone',
	'role',
	'team',
	'status',
	'total_points',
	'created_at',
	'last_active_at',
);

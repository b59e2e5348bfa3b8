import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { dateTime, email, keyValues, oneOf, text, textList, uuid } from '../../../shared/operation/readers';
import { customFields, ownerLocator, tags, teamLocator } from '../../fields';
import { pick } from '../../records';

/** Documented values of a lead's status. */
const STATUSES = ['contacted', 'converted', 'new', 'qualified', 'unqualified'] as const;

export const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'Contacted', value: 'contacted' },
		{ name: 'Converted', value: 'converted' },
		{ name: 'New', value: 'new' },
		{ name: 'Qualified', value: 'qualified' },
		{ name: 'Unqualified', value: 'unqualified' },
	],
	default: 'new',
	description: 'Status of the lead in your sales process',
};

export const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Ana Souza',
	description: 'Full name of the person',
};

export const emailField: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. name@example.com',
	description: 'Email address of the person',
};

/** The fields of a lead that can be written beside name and email. The bodies of writes are not published: the names are those of the documented object. */
export const leadDetails: INodeProperties[] = [
	{ displayName: 'Company', name: 'company', type: 'string', default: '', description: 'Name of the company that the person works for' },
	customFields,
	ownerLocator,
	{ displayName: 'Phone', name: 'phone', type: 'string', default: '', placeholder: 'e.g. +55 11 91234-5678' },
	{ displayName: 'Position', name: 'position', type: 'string', default: '', placeholder: 'e.g. Head of Sales', description: 'Job title of the person' },
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		default: '',
		placeholder: 'e.g. website',
		description: 'Where the lead comes from',
	},
	status,
	tags,
	teamLocator,
];

export const leadBindings: Readonly<Record<string, Binding>> = {
	name: { to: 'name', read: text },
	email: { to: 'email', read: email },
	company: { to: 'company', read: text },
	customFields: { to: 'custom_fields', read: keyValues },
	ownerId: { to: 'owner_id', read: uuid },
	phone: { to: 'phone', read: text },
	position: { to: 'position', read: text },
	source: { to: 'source', read: text },
	status: { to: 'status', read: oneOf(...STATUSES) },
	tags: { to: 'tags', read: textList },
	teamId: { to: 'team_id', read: uuid },
};

/** Documented filters of the list; `updated_after` is named on one page of the vendor only. */
export const leadFilters: INodeProperties[] = [
	{ displayName: 'Created After', name: 'createdAfter', type: 'dateTime', default: '', description: 'Only leads created after this time' },
	{ displayName: 'Created Before', name: 'createdBefore', type: 'dateTime', default: '', description: 'Only leads created before this time' },
	{ ...ownerLocator, description: 'Only leads owned by this user' },
	{
		displayName: 'Search',
		name: 'search',
		type: 'string',
		default: '',
		description: 'Text to look for in name, email and company',
	},
	{
		displayName: 'Sort By',
		name: 'sort',
		type: 'string',
		default: '',
		placeholder: 'e.g. -created_at',
		description: 'Field to sort by, with a minus sign in front for descending order',
	},
	{ displayName: 'Source', name: 'source', type: 'string', default: '', placeholder: 'e.g. website', description: 'Only leads from this source' },
	{ ...status, description: 'Only leads with this status' },
	{ ...teamLocator, description: 'Only leads of this team' },
	{
		displayName: 'Updated After',
		name: 'updatedAfter',
		type: 'dateTime',
		default: '',
		description: 'SalesOS mentions this filter on only one page of its documentation, so check that it has an effect',
	},
];

export const leadFilterBindings: Readonly<Record<string, Binding>> = {
	createdAfter: { to: 'created_after', read: dateTime },
	createdBefore: { to: 'created_before', read: dateTime },
	ownerId: { to: 'owner_id', read: uuid },
	search: { to: 'search', read: text },
	sort: { to: 'sort', read: text },
	source: { to: 'source', read: text },
	status: { to: 'status', read: oneOf(...STATUSES) },
	teamId: { to: 'team_id', read: uuid },
	updatedAfter: { to: 'updated_after', read: dateTime },
};

export const simplifiedLead = pick(
	'id',
	'name',
	'email',
	'phone',
	'company',
	'status',
	'source',
	'owner_id',
	'created_at',
	'updated_at',
);

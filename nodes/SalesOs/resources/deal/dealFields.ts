import type { INodeProperties } from 'n8n-workflow';

import type { Binding } from '../../../shared/operation/itemInput';
import { amount, date, email, keyValues, oneOf, text, uuid } from '../../../shared/operation/readers';
import { customFields, ownerLocator, teamLocator } from '../../fields';
import { pick } from '../../records';

export const value: INodeProperties = {
	displayName: 'Value',
	name: 'value',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 2 },
	default: 0,
	description: 'Amount of money as a plain number, without a currency',
};

export const expectedCloseDate: INodeProperties = {
	displayName: 'Expected Close Date',
	name: 'expectedCloseDate',
	type: 'dateTime',
	default: '',
	description: 'Day on which the deal should close; a time of day is ignored',
};

export const dealName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. ACME, 50 seats',
};

/** The fields of a deal that can be written beside name and stage, by the names of the documented object. */
export const dealDetails: INodeProperties[] = [
	{ displayName: 'Company', name: 'company', type: 'string', default: '' },
	{
		displayName: 'Contact Email',
		name: 'contactEmail',
		type: 'string',
		default: '',
		placeholder: 'e.g. name@example.com',
	},
	{ displayName: 'Contact Name', name: 'contactName', type: 'string', default: '', placeholder: 'e.g. Ana Souza' },
	customFields,
	expectedCloseDate,
	ownerLocator,
	{
		displayName: 'Priority',
		name: 'priority',
		type: 'options',
		options: [
			{ name: 'High', value: 'high' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
		],
		default: 'medium',
		description: 'How important the deal is',
	},
	value,
];

export const dealBindings: Readonly<Record<string, Binding>> = {
	name: { to: 'name', read: text },
	company: { to: 'company', read: text },
	contactEmail: { to: 'contact_email', read: email },
	contactName: { to: 'contact_name', read: text },
	customFields: { to: 'custom_fields', read: keyValues },
	expectedCloseDate: { to: 'expected_close_date', read: date },
	ownerId: { to: 'owner_id', read: uuid },
	priority: { to: 'priority', read: oneOf('high', 'low', 'medium') },
	value: { to: 'value', read: amount },
};

const CLOSE_DATE_DESCRIPTION = 'Day to compare the close date with; a time of day is ignored';

/** Documented filters of the list, except for the stage, which may be given by its name. */
export const dealFilters: INodeProperties[] = [
	{ displayName: 'Close Date After', name: 'closeDateAfter', type: 'dateTime', default: '', description: CLOSE_DATE_DESCRIPTION },
	{ displayName: 'Close Date Before', name: 'closeDateBefore', type: 'dateTime', default: '', description: CLOSE_DATE_DESCRIPTION },
	{
		displayName: 'Max Value',
		name: 'maxValue',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Only deals with at most this value',
	},
	{
		displayName: 'Min Value',
		name: 'minValue',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Only deals with at least this value',
	},
	{ ...ownerLocator, description: 'Only deals owned by this user' },
	{
		displayName: 'Search',
		name: 'search',
		type: 'string',
		default: '',
		description: 'Text to look for. SalesOS does not publish which fields it searches.',
	},
	{
		displayName: 'Sort By',
		name: 'sort',
		type: 'options',
		options: [
			{ name: 'Created, Newest First', value: '-created_at' },
			{ name: 'Created, Oldest First', value: 'created_at' },
			{ name: 'Expected Close Date, Earliest First', value: 'expected_close_date' },
			{ name: 'Expected Close Date, Latest First', value: '-expected_close_date' },
			{ name: 'Value, Highest First', value: '-value' },
			{ name: 'Value, Lowest First', value: 'value' },
		],
		default: '-created_at',
		description: 'Order of the list',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		options: [
			{ name: 'Lost', value: 'lost' },
			{ name: 'Open', value: 'open' },
			{ name: 'Won', value: 'won' },
		],
		default: 'open',
		description: 'Only deals with this status',
	},
	{ ...teamLocator, description: 'Only deals of this team' },
];

export const dealFilterBindings: Readonly<Record<string, Binding>> = {
	// A day, as the field that they compare with is (inferred): a time of day would leave out the
	// deals of the very day, or those of the day before, depending on the time zone.
	closeDateAfter: { to: 'close_date_after', read: date },
	closeDateBefore: { to: 'close_date_before', read: date },
	maxValue: { to: 'max_value', read: amount },
	minValue: { to: 'min_value', read: amount },
	ownerId: { to: 'owner_id', read: uuid },
	search: { to: 'search', read: text },
	sort: { to: 'sort', read: text },
	status: { to: 'status', read: oneOf('lost', 'open', 'won') },
	teamId: { to: 'team_id', read: uuid },
};

export const simplifiedDeal = pick(
	'id',
	'name',
	'value',
	'stage',
	'status',
	'contact_name',
	'contact_email',
	'company',
	'owner_id',
	'expected_close_date',
);

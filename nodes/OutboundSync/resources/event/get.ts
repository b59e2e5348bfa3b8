import { path } from '../../../shared/http/request';
import type { Operation } from '../../../shared/operation/operation';
import { endpoint } from '../../access';
import { eventId } from '../../ids';
import { sendForRecord } from '../../records';

export const getEvent: Operation = {
	resource: 'event',
	value: 'get',
	name: 'Get',
	action: 'Get an event of sync monitoring',
	description: 'Retrieve one event of sync monitoring with its deliveries to webhooks',
	endpoints: [endpoint('GET /events/:id', { published: 'fields of the deliveries' })],
	fields: [
		{
			displayName: 'Event ID',
			name: 'eventId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. osevt_1a2b3c',
			description: 'ID of the event, from Get Many',
		},
	],
	prepare(input) {
		return sendForRecord({ method: 'GET', path: path`/api/v1/events/${input.required('eventId', eventId)}` });
	},
};

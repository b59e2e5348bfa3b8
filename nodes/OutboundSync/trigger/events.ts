import type { INodeProperties } from 'n8n-workflow';

/** Documented: what a platform webhook can subscribe to. More may come, so the trigger also takes typed names. */
const SYNC_EVENTS = ['sync.failed', 'sync.recovered'];

/** Documented: comes from the vendor's test call alone, whatever a webhook subscribes to. */
export const TEST_PING = 'test.ping';

/** Documented as suggestions, not as a closed list. */
const OUTREACH_EVENTS = [
	'CALL_LOGGED',
	'CONNECTION_REQUEST_ACCEPTED',
	'CONNECTION_REQUEST_SENT',
	'EMAIL_BOUNCE',
	'EMAIL_LINK_CLICK',
	'EMAIL_OPEN',
	'EMAIL_REPLY',
	'EMAIL_SENT',
	'FOLLOW_SENT',
	'INMAIL_REPLY_RECEIVED',
	'LEAD_CATEGORY_UPDATED',
	'LEAD_UNSUBSCRIBED',
	'LIKED_POST',
	'MESSAGE_REPLY_RECEIVED',
	'MESSAGE_SENT',
	'VIEWED_PROFILE',
];

export const eventFields: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: SYNC_EVENTS.map((value) => ({ name: titled(value), value })),
		default: [],
		description: 'Which events start the workflow',
		displayOptions: { show: { source: ['syncMonitoring'] } },
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: OUTREACH_EVENTS.map((value) => ({ name: titled(value), value })),
		default: [],
		description: 'Which events start the workflow. None chosen means all.',
		displayOptions: { show: { source: ['forwarded'] } },
	},
	additionalEvents('syncMonitoring', 'e.g. sync.paused, sync.resumed'),
	additionalEvents('forwarded', 'e.g. LEAD_REPLIED, TASK_COMPLETED'),
];

function additionalEvents(source: string, placeholder: string): INodeProperties {
	return {
		displayName: 'Additional Events',
		name: 'additionalEvents',
		type: 'string',
		default: '',
		placeholder,
		description: 'Comma-separated names of events that are not in the list',
		displayOptions: { show: { source: [source] } },
	};
}

/** `EMAIL_LINK_CLICK` → Email Link Click, `sync.failed` → Sync Failed */
function titled(name: string): string {
	return name
		.toLowerCase()
		.split(/[._]/)
		.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
		.join(' ');
}

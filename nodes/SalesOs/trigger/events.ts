import type { INodeProperties } from 'n8n-workflow';

/** Documented events. More exist, so the trigger also takes names that the user types. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
	deal: ['created', 'deleted', 'lost', 'stage_changed', 'updated', 'won'],
	lead: ['converted', 'created', 'deleted', 'status_changed', 'updated'],
	user: ['activated', 'created', 'deactivated', 'updated'],
};

export const eventsField: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	options: Object.entries(EVENTS).flatMap(([subject, verbs]) =>
		verbs.map((verb) => ({ name: `${titled(subject)} ${titled(verb)}`, value: `${subject}.${verb}` })),
	),
	default: [],
	description: 'Which events start the workflow. With manual registration, none chosen means all.',
};

export const additionalEventsField: INodeProperties = {
	displayName: 'Additional Events',
	name: 'additionalEvents',
	type: 'string',
	default: '',
	placeholder: 'e.g. deal.archived, team.created',
	description: 'Comma-separated names of events that are not in the list',
};

function titled(words: string): string {
	return words
		.split('_')
		.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
		.join(' ');
}

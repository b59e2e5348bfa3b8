import type { Call, Route } from '../http/server';
import type { ApiKey } from './keys';

/** Which of the account's features an operation belongs to; each has its own refusals. */
export type Feature = 'plain' | 'webhooks' | 'events' | 'outreach';

export interface OutboundSyncRoute extends Omit<Route, 'handle'> {
	access: 'read' | 'write';
	feature?: Feature;
	handle(call: Call, key: ApiKey): ReturnType<Route['handle']>;
}

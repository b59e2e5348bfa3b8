import type { Operation } from '../../../shared/operation/operation';
import { text, textList } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { enabledEvents, httpsUrl, secretFields, sendForSecret, webhookDescription, webhookUrl } from './webhookFields';

export const createWebhook: Operation = {
	resource: 'webhook',
	value: 'create',
	name: 'Create',
	action: 'Create a webhook',
	description: 'Send events of sync monitoring to a URL. An account can have at most 20 webhooks. The OutboundSync Trigger node registers its own.',
	endpoints: [
		endpoint('POST /webhooks', {
			published: 'that no events means all that can be subscribed to',
			inferred: 'that the other fields of the webhook come along with the secret',
		}),
	],
	fields: [
		{ ...webhookUrl, required: true },
		{ ...enabledEvents, description: 'The events to send. None chosen means all that can be subscribed to.' },
		webhookDescription,
		...secretFields,
	],
	prepare(input) {
		const events = input.optional('enabledEvents', textList) ?? [];
		const description = input.optional('description', text);
		const body = {
			url: input.required('url', httpsUrl),
			...(description !== undefined && { description }),
			...(events.length > 0 && { enabledEvents: events }),
		};
		return sendForSecret(input, { method: 'POST', path: '/api/v1/webhooks', body });
	},
};

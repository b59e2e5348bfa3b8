import { signDelivery } from '../../../nodes/shared/webhook/sign';
import { sealSecret } from '../../../nodes/shared/webhook/secretBox';
import type { DeliveryIn, TriggerBench } from '../../support/engine/hooks';
import { SECRETS, type HostileBench } from './bench';

export const SECRET = 'a-secret-of-the-webhook';

export type Headers = Record<string, string[] | string>;

/** A trigger, and how a sender is known to it. */
export interface Receiver {
	readonly trigger: TriggerBench;
	/** Headers with which a body is genuine. */
	genuine(body: Buffer): Headers;
	/** A delivery that must be refused. */
	strange(index: number): DeliveryIn;
	readonly event: string;
	/** It verifies nothing: what holds a JSON object is taken from anybody. */
	readonly isOpen: boolean;
}

const STRANGE_BODY = Buffer.from('{"id": "evt_1", "type": "lead.created", "event": "EMAIL_REPLY", "data": {"id": "1"}}');
const NO_MAC = (index: number) => String(index).padStart(64, '0');
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A header that says it is genuine and is not. */
const withHeader = (name: string, value: (index: number) => string) => (index: number) => ({ body: STRANGE_BODY, headers: { [name]: value(index) } });
/** Where everybody is let in, a body without an object is what is refused. */
const withoutObject = (index: number) => ({ body: Buffer.from(`[${index}]`) });

type Make = (bench: HostileBench, origin: string) => Receiver;

function manual(data: Record<string, string>, options: object = {}): (bench: HostileBench, origin: string) => TriggerBench {
	return (bench, origin) => {
		const trigger = bench.trigger('salesOs', origin, { registration: 'manual', events: [], options: { ...options } });
		trigger.node.credentials = { salesOsWebhookApi: bench.engine.credentials.add('salesOsWebhookApi', data) };
		return trigger;
	};
}

const RECEIVERS = {
	'SalesOS, signed': (bench, origin) => ({
		trigger: manual({ method: 'hmac', secret: SECRET })(bench, origin),
		genuine: (rawBody) => signDelivery({ rawBody, secret: SECRET, scheme: 'prefixedBody', timestamp: 0, signatureHeader: 'X-SalesOS-Signature' }),
		strange: withHeader('x-salesos-signature', (index) => `sha256=${NO_MAC(index)}`),
		event: 'lead.created',
		isOpen: false,
	}),
	'SalesOS, by a bearer token': (bench, origin) => ({
		trigger: manual({ method: 'bearer', secret: SECRET })(bench, origin),
		genuine: () => ({ authorization: `Bearer ${SECRET}` }),
		strange: withHeader('authorization', (index) => `Bearer ${index}`),
		event: 'lead.created',
		isOpen: false,
	}),
	'SalesOS, unsigned': (bench, origin) => ({
		trigger: manual({ method: 'hmac', secret: SECRET }, { scheme: 'none' })(bench, origin),
		genuine: () => ({}),
		strange: withoutObject,
		event: 'lead.created',
		isOpen: true,
	}),
	'OutboundSync, sync monitoring, signed': (bench, origin) => {
		const trigger = bench.trigger('outboundSync', origin, { source: 'syncMonitoring', events: ['sync.failed'] });
		// As a registration leaves it.
		trigger.staticData.secret = sealSecret(SECRET, SECRETS.apiKey);
		return {
			trigger,
			genuine: (rawBody) => signDelivery({ rawBody, secret: SECRET, scheme: 'timestamped', timestamp: nowSeconds(), signatureHeader: 'OutboundSync-Signature' }),
			strange: withHeader('outboundsync-signature', (index) => `t=${nowSeconds()},v1=${NO_MAC(index)}`),
			event: 'sync.failed',
			isOpen: false,
		};
	},
	'OutboundSync, sync monitoring, unsigned': (bench, origin) => ({
		trigger: bench.trigger('outboundSync', origin, { source: 'syncMonitoring', events: ['sync.failed'], options: { scheme: 'none' } }),
		genuine: () => ({}),
		strange: withoutObject,
		event: 'sync.failed',
		isOpen: true,
	}),
	'OutboundSync, forwarded with a header': (bench, origin) => {
		const trigger = bench.trigger('outboundSync', origin, { source: 'forwarded', events: [] });
		const outboundSyncForwardingApi = bench.engine.credentials.add('outboundSyncForwardingApi', { headerName: 'X-Forwarding-Secret', secret: SECRET });
		trigger.node.credentials = { outboundSyncForwardingApi };
		return {
			trigger,
			genuine: () => ({ 'x-forwarding-secret': SECRET }),
			strange: withHeader('x-forwarding-secret', String),
			event: 'EMAIL_REPLY',
			isOpen: false,
		};
	},
	'OutboundSync, forwarded to a secret URL': (bench, origin) => ({
		trigger: bench.trigger('outboundSync', origin, { source: 'forwarded', events: [] }),
		genuine: () => ({}),
		strange: withoutObject,
		event: 'EMAIL_REPLY',
		isOpen: true,
	}),
} satisfies Record<string, Make>;

export type ReceiverName = keyof typeof RECEIVERS;

export const RECEIVER_NAMES = Object.keys(RECEIVERS) as ReceiverName[];

/** Makes triggers of one bench, each with a URL and a memory of its own. */
export class Receivers {
	constructor(
		private readonly bench: HostileBench,
		/** Of the server that they would ask. */
		private readonly origin: string,
	) {}

	make(name: ReceiverName): Receiver {
		return RECEIVERS[name](this.bench, this.origin);
	}
}

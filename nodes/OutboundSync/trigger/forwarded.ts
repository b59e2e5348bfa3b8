import { NodeOperationError, type IDataObject, type IHookFunctions, type INode, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import { SHARED_SECRET_REFUSAL, verifySharedSecret } from '../../shared/webhook/sharedSecretAuth';
import { startOnce } from '../../shared/webhook/startOnce';
import { acknowledge, refuse } from '../../shared/webhook/trigger';
import { rawPartsOf } from '../../shared/webhook/triggerOptions';
import { REFUSAL_TEXT, verifyDelivery } from '../../shared/webhook/verify';
import { eventsOf } from './registration';
import { readOutreachEvent } from './sequencers';

/** The credential with the header that the Additional Endpoint was told to send. */
export const FORWARDING = 'outboundSyncForwardingApi';

/**
 * Without a secret of its own the URL is the secret, so it must hold n8n's random webhook ID.
 * @throws NodeOperationError where anybody could guess the URL
 */
export function requireSecretUrl(context: IHookFunctions): void {
	const node = context.getNode();
	if (!isGuessable(node)) return;
	throw new NodeOperationError(
		node,
		'The webhook URL of this node has no random part, so anybody could guess it. Add the node anew in the editor, or choose a credential with a header secret.',
		{ level: 'warning' },
	);
}

function isGuessable({ credentials, webhookId }: INode): boolean {
	return (webhookId === undefined || webhookId.length < 16) && credentials?.[FORWARDING] === undefined;
}

/** No signature is documented for forwarded events: what protects them is the URL, and the header where one is set. */
export async function receiveForwarded(context: IWebhookFunctions, options: IDataObject): Promise<IWebhookResponseData> {
	const node = context.getNode();
	const headers = context.getHeaderData();
	if (isGuessable(node)) return refuse(context, 'its URL could be guessed, and no header secret is set');
	let proofHeader: string | undefined;
	if (node.credentials?.[FORWARDING] !== undefined) {
		const { headerName, secret } = await context.getCredentials(FORWARDING);
		proofHeader = String(headerName ?? '');
		const shown = verifySharedSecret(headers, { type: 'header', name: proofHeader, value: String(secret ?? '') });
		if (!shown.ok) return refuse(context, SHARED_SECRET_REFUSAL[shown.reason]);
	}
	const { rawBody } = context.getRequestObject();
	const read = verifyDelivery({ rawBody, headers, secrets: [], scheme: 'none', toleranceSeconds: 0, nowMs: Date.now() });
	if (!read.ok) return refuse(context, REFUSAL_TEXT[read.reason]);
	const { event, item, sequencerEvent } = readOutreachEvent(read.payload as IDataObject);
	const wanted = eventsOf(context).map((name) => name.toUpperCase());
	const isWanted = wanted.length === 0 || wanted.includes(event) || wanted.includes(sequencerEvent.toUpperCase());
	if (!isWanted) return acknowledge(context);
	// No ID is documented: a repetition is told by the payload, which OutboundSync sends unchanged.
	return await startOnce(context, { payload: read.payload, eventId: undefined, item: { ...item, ...rawPartsOf(context, options, proofHeader) } });
}

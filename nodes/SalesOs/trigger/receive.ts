import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { path } from '../../shared/http/request';
import { isRecord } from '../../shared/http/retryHint';
import { SHARED_SECRET_REFUSAL, verifySharedSecret } from '../../shared/webhook/sharedSecretAuth';
import { startOnce } from '../../shared/webhook/startOnce';
import { receiveOrRefuse, refuse, verifyWithSecret } from '../../shared/webhook/trigger';
import { rawPartsOf, verificationSettings, wantedEvents } from '../../shared/webhook/triggerOptions';
import { REFUSAL_TEXT, verifyDelivery } from '../../shared/webhook/verify';
import { RECORD, recordOf } from '../records';
import { itemOf, matches, readEnvelope, type EventFilter, type SalesOsEvent } from './envelope';
import { DASHBOARD, hmacSecret, sharedSecret } from './manualAuth';
import { salesOsClient, webhookSecret } from './registration';

/** Verify first, then filter, then start the workflow once. */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await receiveOrRefuse(context, async () => await receive(context));
}

async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const verified = await verify(context, options);
	if (!verified.ok) return refuse(context, verified.reason);
	const event = readEnvelope(verified.payload);
	const wanted = wantedEvents(context.getNodeParameter('events', []), context.getNodeParameter('additionalEvents', ''));
	// A webhook entered by hand was given its events there.
	const isNamed = wanted.includes(event.type) || (wanted.length === 0 && context.getNodeParameter('registration') === 'manual');
	const isWanted = isNamed && matches(event, filterOf(options));
	const item = isWanted ? { ...itemOf(event), ...rawPartsOf(context, options, verified.proofHeader) } : undefined;
	const delivery = { payload: verified.payload, eventId: event.id, item };
	if (options.includeRecord !== true) return await startOnce(context, delivery);
	return await startOnce(context, delivery, async (json) => ({ ...json, ...(await readRecord(context, event)) }));
}

type Verified =
	| {
			readonly ok: true;
			readonly payload: Record<string, unknown>;
			/** A header of the user's own naming in which the sender has shown its secret. */
			readonly proofHeader?: string;
	  }
	| { readonly ok: false; readonly reason: string };

async function verify(context: IWebhookFunctions, options: IDataObject): Promise<Verified> {
	const { rawBody } = context.getRequestObject();
	const headers = context.getHeaderData();
	const settings = verificationSettings(options);
	const judge = (secret: string | undefined, scheme = settings.scheme): Verified => {
		const verdict = verifyDelivery({ ...settings, scheme, rawBody, headers, secrets: [secret ?? ''], nowMs: Date.now() });
		return verdict.ok ? verdict : { ok: false, reason: REFUSAL_TEXT[verdict.reason] };
	};
	if (context.getNodeParameter('registration') !== 'manual') {
		const source = context.getNode().parameters.authentication;
		return await verifyWithSecret(context, source, async () => await webhookSecret(context), judge);
	}
	const credential = await context.getCredentials(DASHBOARD);
	const secret = hmacSecret(credential);
	if (secret !== undefined || settings.scheme === 'none') return judge(secret);
	const shared = sharedSecret(credential);
	const shown = verifySharedSecret(headers, shared);
	if (!shown.ok) return { ok: false, reason: SHARED_SECRET_REFUSAL[shown.reason] };
	// The sender has shown its secret; what is left to check of the body is that it is JSON.
	const judged = judge(undefined, 'none');
	return judged.ok && shared.type === 'header' ? { ...judged, proofHeader: shared.name } : judged;
}

function filterOf(options: IDataObject): EventFilter {
	const chosen = (name: string): string | undefined => {
		const value = options[name];
		const id = isRecord(value) ? value.value : value;
		return typeof id === 'string' && id !== '' ? id : undefined;
	};
	const byName = isRecord(options.stageId) && options.stageId.mode === 'name';
	return {
		ownerId: chosen('ownerId'),
		stageId: byName ? undefined : chosen('stageId'),
		stageName: byName ? chosen('stageId') : undefined,
		teamId: chosen('teamId'),
		minValue: typeof options.minValue === 'number' ? options.minValue : undefined,
	};
}

/** Where the record of an event is read, by the first part of the event's name. */
const RECORD_PATHS: Readonly<Record<string, ((id: string) => string) | undefined>> = {
	deal: (id) => path`/v1/deals/${id}`,
	lead: (id) => path`/v1/leads/${id}`,
	user: (id) => path`/v1/users/${id}`,
};

/** The event is worth having without its record too: a failed read is told in the item. */
async function readRecord(context: IWebhookFunctions, { data, type }: SalesOsEvent): Promise<IDataObject> {
	const pathOf = RECORD_PATHS[type.split('.')[0]];
	if (pathOf === undefined || typeof data.id !== 'string') return { record: null };
	const client = await salesOsClient(context);
	const result = await client.trySend({ method: 'GET', path: pathOf(data.id), expects: RECORD });
	if (result.ok) return { record: recordOf(result.answer) };
	return { record: null, recordError: client.errorFor(result.failure).message };
}

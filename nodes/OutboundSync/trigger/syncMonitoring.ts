import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { path } from '../../shared/http/request';
import { isRecord } from '../../shared/http/retryHint';
import { Problem } from '../../shared/operation/readers';
import { isRepeated, startOnce } from '../../shared/webhook/startOnce';
import { acknowledge, postpone, refuse, verifyWithSecret } from '../../shared/webhook/trigger';
import { rawPartsOf, verificationSettings } from '../../shared/webhook/triggerOptions';
import { REFUSAL_TEXT, verifyDelivery, type Verdict } from '../../shared/webhook/verify';
import { eventId as readEventId } from '../ids';
import { TEST_PING } from './events';
import { eventsOf, outboundSyncClient, webhookSecret } from './registration';

/** Verify first, then filter, then start the workflow once. */
export async function receiveSyncEvent(context: IWebhookFunctions, options: IDataObject): Promise<IWebhookResponseData> {
	const settings = verificationSettings(options);
	const judge = (secret: string | undefined): Verdict =>
		verifyDelivery({
			...settings,
			rawBody: context.getRequestObject().rawBody,
			headers: context.getHeaderData(),
			secrets: [secret ?? ''],
			nowMs: Date.now(),
		});
	const sealed = context.getWorkflowStaticData('node').secret;
	const verdict =
		settings.scheme === 'none'
			? judge(undefined)
			: await verifyWithSecret(context, sealed, async () => await webhookSecret(context), judge);
	if (!verdict.ok) return refuse(context, REFUSAL_TEXT[verdict.reason]);
	const event = readEnvelope(verdict.payload);
	const isWanted = ({ type }: SyncEvent): boolean =>
		type === TEST_PING ? options.emitTestPings === true : eventsOf(context).includes(type);
	if (!isWanted(event)) return acknowledge(context);
	const raw = rawPartsOf(context, options);
	const delivery = { payload: verdict.payload, eventId: event.id, item: { ...itemOf(event), ...raw } };
	if (options.confirmWithApi !== true) return await startOnce(context, delivery);
	if (verdict.scheme !== 'none') {
		return await startOnce(context, delivery, async (item) => {
			const confirmed = await confirm(context, event.id);
			return confirmed.ok
				? { ...itemOf(confirmed.event), ...raw, confirmed: true }
				: { ...item, confirmed: false, confirmError: confirmed.problem };
		});
	}
	// Nothing but the API speaks for it. Until it has, the event must neither be answered nor remembered:
	// the vendor would not send it again, and a forgery with its ID would keep it out.
	if (isRepeated(context, delivery)) return acknowledge(context);
	const confirmed = await confirm(context, event.id);
	if (!confirmed.ok) return (confirmed.isForged ? refuse : postpone)(context, confirmed.problem);
	const item = isWanted(confirmed.event) ? { ...itemOf(confirmed.event), ...raw, confirmed: true } : undefined;
	return await startOnce(context, { ...delivery, item });
}

/**
 * A delivered event in one shape. The envelope `{id, type, created, summary, data}` is inferred from
 * the vendor's sister product; `createdAt` is what the API calls that time (documented).
 */
interface SyncEvent {
	readonly id: string | undefined;
	readonly type: string;
	readonly timestamp: unknown;
	readonly summary: unknown;
	readonly data: IDataObject;
	/** Which the event is about, where it says so itself. */
	readonly connectionId: unknown;
	readonly sourceId: unknown;
}

function readEnvelope({ connectionId, created, createdAt, data, id, sourceId, summary, type }: Readonly<Record<string, unknown>>): SyncEvent {
	return {
		id: typeof id === 'string' && id !== '' ? id : undefined,
		type: typeof type === 'string' ? type : '',
		timestamp: created ?? createdAt,
		summary,
		data: isRecord(data) ? (data as IDataObject) : {},
		connectionId,
		sourceId,
	};
}

function itemOf({ connectionId, data, id, sourceId, summary, timestamp, type }: SyncEvent): IDataObject {
	const fields = { id, type, timestamp, summary, connectionId, sourceId };
	const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
	return { ...(Object.fromEntries(known) as IDataObject), data };
}

type Confirmed =
	| { readonly ok: true; readonly event: SyncEvent }
	| {
			readonly ok: false;
			readonly problem: string;
			/** The API knows no such event. Otherwise it could not be asked. */
			readonly isForged: boolean;
	  };

/** Reads the event with the user's own key: a proof that needs no signature. */
async function confirm(context: IWebhookFunctions, id: string | undefined): Promise<Confirmed> {
	const read = readEventId(id ?? '');
	if (read instanceof Problem) return { ok: false, isForged: true, problem: 'it carries no event ID of OutboundSync' };
	const client = await outboundSyncClient(context);
	const result = await client.trySend({ method: 'GET', path: path`/api/v1/events/${read}` });
	if (!result.ok) {
		return { ok: false, isForged: result.failure.status === 404, problem: client.errorFor(result.failure).message };
	}
	const record = isRecord(result.answer.body) ? result.answer.body : {};
	if (record.id !== read) return { ok: false, isForged: true, problem: 'the API answered with another event' };
	return { ok: true, event: readEnvelope(record) };
}

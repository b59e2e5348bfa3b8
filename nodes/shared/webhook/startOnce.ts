import { createHash } from 'node:crypto';

import { sleep, type IDataObject, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import { startingItem } from './executeOnce';
import { ReplayGuard } from './replayGuard';
import { acknowledge } from './trigger';

/** A delivery that has proven to be genuine. */
export interface GenuineDelivery {
	/** The parsed body. */
	readonly payload: Readonly<Record<string, unknown>>;
	/** The event's ID inside the signed body; undefined where it has none. */
	readonly eventId: string | undefined;
	/** What the workflow gets, or undefined when the delivery is not for it. */
	readonly item: IDataObject | undefined;
}

const GUARD = new ReplayGuard();

/**
 * Lets a genuine delivery start an execution, once: repetitions of the same event and events that
 * nobody wants are acknowledged. n8n answers after the execution has started, so that the vendor
 * sends an event again if that fails.
 *
 * Nothing of it goes into n8n's static data: what n8n saves of a delivery there replaces all of the
 * workflow's data by those of when it came, and after a read from the vendor that may be minutes ago.
 * @param complete reads more from the vendor before the execution starts; without an item none does
 */
export function startOnce(
	context: IWebhookFunctions,
	delivery: GenuineDelivery,
	complete?: (item: IDataObject) => Promise<IDataObject | undefined>,
): IWebhookResponseData | Promise<IWebhookResponseData> {
	const { item } = delivery;
	if (item === undefined || isRepeated(context, delivery)) return acknowledge(context);
	take(context, identityOf(delivery));
	const run = (json: IDataObject): IWebhookResponseData => ({ workflowData: [[startingItem(json, identityOf(delivery))]] });
	if (complete === undefined) return run(item);
	// Reading more from the vendor takes its time, and the vendor must not wait for it.
	const answered = acknowledge(context);
	return complete(item).then((json) => (json === undefined ? answered : { ...run(json), ...answered }));
}

/** Whether this process has taken the event before. Marks nothing. */
export function isRepeated(context: IWebhookFunctions, delivery: Pick<GenuineDelivery, 'eventId' | 'payload'>): boolean {
	return GUARD.knows(triggerOf(context), identityOf(delivery), Date.now());
}

/** A body without an ID is told from others by its content: the vendor's retries repeat it. */
function identityOf({ eventId, payload }: Pick<GenuineDelivery, 'eventId' | 'payload'>): string {
	return eventId ?? `sha256:${createHash('sha256').update(JSON.stringify(payload)).digest('hex')}`;
}

function triggerOf(context: IWebhookFunctions): string {
	return `${String(context.getWorkflow().id)}/${context.getNode().id}/${context.getMode()}`;
}

/** From now on the event came before, unless n8n fails to start its execution. */
function take(context: IWebhookFunctions, id: string): void {
	const trigger = triggerOf(context);
	GUARD.begin(trigger, id, Date.now());
	const response: AnswerableResponse = context.getResponseObject();
	const hungUp = (): void => {
		// n8n starts the execution all the same, and the vendor sends the event again.
		GUARD.taken(trigger, id);
		void failsUnheard(response).then((fails) => {
			if (fails) GUARD.forget(trigger, id);
		});
	};
	if (response.destroyed) return hungUp();
	response.once('finish', () => {
		// An execution that could not start is answered with an error, and the vendor's next try must run.
		if (response.statusCode < 300) GUARD.taken(trigger, id);
	});
	response.once('close', () => {
		if (!response.writableFinished) hungUp();
	});
}

const NAP_MS = 250;
/** Five minutes: longer than n8n takes to start an execution. */
const MOST_NAPS = 1_200;

/** Whether n8n answers with an error to a sender that has hung up, of which no event tells. */
async function failsUnheard(response: AnswerableResponse): Promise<boolean> {
	for (let naps = 0; naps < MOST_NAPS && !response.writableEnded; naps += 1) await sleep(NAP_MS);
	return response.writableEnded && response.statusCode >= 300;
}

/** The part of Node.js's response that tells how n8n has answered. */
interface AnswerableResponse {
	readonly statusCode: number;
	/** Its sender has hung up, or it has been closed after its end. */
	readonly destroyed: boolean;
	/** It has been ended, whether or not anybody listens. */
	readonly writableEnded: boolean;
	/** It has gone out to its end. */
	readonly writableFinished: boolean;
	once(event: 'close' | 'finish', listener: () => void): unknown;
}

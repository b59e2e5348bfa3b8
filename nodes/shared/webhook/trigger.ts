import { createHash } from 'node:crypto';

import {
	NodeOperationError,
	sleep,
	type IDataObject,
	type IHookFunctions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../http/client';
import type { Failure } from '../http/failure';
import { RunReport } from '../http/runReport';
import type { Connection, Service } from '../http/service';
import { settingsFrom } from '../operation/options';
import type { HookMemory } from './hookKeeper';
import type { Owner } from './lifecycle';
import { publicUrlProblem } from './publicUrl';
import { forget, markSeen, mergeSeen, wasSeen, type SeenEvents } from './replayGuard';
import { answerDelivery, type DeliveryResponse } from './respond';
import { verificationSettings } from './triggerOptions';

/** What the parts that both triggers have in common need from n8n's two webhook contexts. */

const WEBHOOK_NAME = 'default';

/** The node's webhook URL, or an error that says how to make it public. */
export function publicWebhookUrl(context: IHookFunctions, allowHttp: boolean): string {
	const url = context.getNodeWebhookUrl(WEBHOOK_NAME);
	const problem = url === undefined ? 'n8n gave this node no webhook URL.' : publicUrlProblem(url, { allowHttp });
	if (url !== undefined && problem === undefined) return url;
	// All of it in the message: what n8n tells of a failed activation is that alone.
	throw new NodeOperationError(context.getNode(), `The vendor cannot deliver to this n8n. ${problem}`, { level: 'warning' });
}

/**
 * Whether this node cannot have a webhook: none is remembered, and its URL is one that is refused. n8n
 * removes what it failed to register too, and then the vendor need not be asked.
 */
export function isUnregistered(context: IHookFunctions): boolean {
	const { allowHttp } = verificationSettings(context.getNodeParameter('options', {}) as IDataObject);
	const url = context.getNodeWebhookUrl(WEBHOOK_NAME);
	const isRefused = url === undefined || publicUrlProblem(url, { allowHttp }) !== undefined;
	return isRefused && context.getWorkflowStaticData('node').hookId === undefined;
}

/** Who a webhook belongs to: a rename does not change it, and a copy is somebody else. */
export function ownerOf(context: IHookFunctions): Owner {
	return {
		instanceId: context.getInstanceId(),
		workflowId: String(context.getWorkflow().id ?? ''),
		nodeId: context.getNode().id,
		mode: modeOf(context),
	};
}

/**
 * Whether this is the test listener or the production one. n8n says so only when a test begins: it
 * ends one in the same mode in which it deactivates a workflow, and only the static data, of which a
 * test has its own, remembers.
 */
function modeOf(context: IHookFunctions): Owner['mode'] {
	const memory = context.getWorkflowStaticData('node');
	if (context.getMode() === 'manual') memory.isTest = true;
	return memory.isTest === true ? 'test' : 'production';
}

/** Where a webhook's ID is remembered, and what else its vendor's secret needs. */
export function hookMemory(context: IHookFunctions, rememberSecret?: (secret: string | undefined) => void): HookMemory {
	const data = context.getWorkflowStaticData('node');
	return {
		get hookId() {
			return typeof data.hookId === 'string' ? data.hookId : undefined;
		},
		remember({ id, secret }) {
			data.hookId = id;
			rememberSecret?.(secret);
		},
		forget() {
			delete data.hookId;
			rememberSecret?.(undefined);
		},
	};
}

/** Removes a webhook; a 404 means that it is gone already. @throws NodeApiError that names the webhook left behind */
export async function removeHook(client: ApiClient, hookPath: string): Promise<void> {
	const result = await client.trySend({ method: 'DELETE', path: hookPath });
	if (result.ok || result.failure.status === 404) return;
	const error = client.errorFor(result.failure);
	error.message = `The webhook ${hookPath} could not be removed and is still registered: ${error.message}`;
	throw error;
}

/** How long a registration that was given up waiting for may still be under way at the vendor; our guess. */
const LATE_MS = 30_000;

/** Waits until a registration of unknown outcome must have landed, if it ever does: a list read sooner would lack it. */
export async function settled(client: ApiClient, { timedOut }: Failure): Promise<undefined> {
	if (timedOut === true) await client.wait(LATE_MS, 'an unclear answer to settle');
	return undefined;
}

/** A person or n8n's start waits for an activation, so no wait may be long. */
const TRIGGER_SETTINGS = settingsFrom({ maxWait: 60, maxRetries: 3, timeout: 30 });

/** A client for a trigger's requests; every context of n8n that has the HTTP helpers will do. */
export function triggerClient(context: unknown, service: Service, connection: Connection): ApiClient {
	return new ApiClient(context as SendContext, {
		service,
		connection,
		settings: TRIGGER_SETTINGS,
		report: new RunReport(REAL_CLOCK),
	});
}

/**
 * What a secret of this node's webhook is derived with: the part of its URL that is its own. The
 * whole URL would not do: while testing, n8n gives the hooks the test URL and the delivery the
 * production one.
 */
export function webhookIdentity(node: INode, instanceId: string): string {
	return `${instanceId}/${node.webhookId ?? node.id}`;
}

/** Secrets lately derived from credentials, by who uses them and where they come from. */
const RECENT_SECRETS = new Map<string, { readonly secret: string; readonly readMs: number }>();
const SECRET_KEPT_MS = 60_000;

/**
 * Verifies with the secret that `read` gets from a credential. Reading one takes n8n longer than all
 * else that a delivery costs (measured), so a secret is kept for a minute; what it does not verify is
 * verified with one read anew.
 * @param source what the secret depends on beside the node's credentials; another source, another secret
 */
export async function verifyWithSecret<Result extends { readonly ok: boolean }>(
	context: IWebhookFunctions,
	source: unknown,
	read: () => Promise<string | undefined>,
	verify: (secret: string | undefined) => Result,
): Promise<Result> {
	const { credentials, id, webhookId } = context.getNode();
	const key = JSON.stringify([context.getWorkflow().id, id, webhookId, credentials, source]);
	const nowMs = Date.now();
	for (const [name, { readMs }] of RECENT_SECRETS) {
		if (nowMs - readMs >= SECRET_KEPT_MS) RECENT_SECRETS.delete(name);
	}
	const recent = RECENT_SECRETS.get(key);
	if (recent !== undefined) {
		const result = verify(recent.secret);
		if (result.ok) return result;
	}
	const secret = await read();
	if (secret !== undefined) RECENT_SECRETS.set(key, { secret, readMs: nowMs });
	return verify(secret);
}

/** A delivery that has proven to be genuine. */
export interface GenuineDelivery {
	/** The parsed body. */
	readonly payload: Readonly<Record<string, unknown>>;
	/** The event's ID inside the signed body; undefined where it has none. */
	readonly eventId: string | undefined;
	/** What the workflow gets, or undefined when the delivery is not for it. */
	readonly item: IDataObject | undefined;
}

/**
 * Events that this process has begun to work on, by trigger: of deliveries at the same moment each
 * would know nothing of the others.
 */
const UNDER_WAY = new Map<string, SeenEvents>();
/** Shorter than the shortest wait of either vendor before it sends an event again: by then n8n has answered. */
const UNDER_WAY_MS = 30_000;
/**
 * Events that this process has answered well, by trigger, for as long as the guard holds. The static
 * data alone would not do: n8n 2.41 does not save what changes in it when the answer waits for the
 * execution to start (seen by running it).
 */
const ANSWERED = new Map<string, SeenEvents>();

/** A line in n8n's log that names node and workflow. */
export function warnInLog(context: IHookFunctions | IWebhookFunctions, what: string): void {
	context.logger.warn(`${context.getNode().name}: ${what}`, { workflowId: context.getWorkflow().id });
}

/** A stranger's request, or a genuine one with a wrong secret: 401, and the reason in n8n's log alone. */
export function refuse(context: IWebhookFunctions, reason: string): IWebhookResponseData {
	warnInLog(context, `a webhook delivery was refused, because ${reason}`);
	return answer(context, 'refused');
}

/**
 * Runs a reception. Whatever goes wrong in it, such as a credential that is gone, is a refusal: an
 * error thrown from a trigger would record a failed execution for every stranger's request.
 */
export async function receiveOrRefuse(
	context: IWebhookFunctions,
	receive: () => Promise<IWebhookResponseData>,
): Promise<IWebhookResponseData> {
	try {
		return await receive();
	} catch (error) {
		const problem = error instanceof Error ? error.message : String(error);
		if (!context.getResponseObject().headersSent) return refuse(context, `it could not be judged: ${problem}`);
		context.logger.error(`${context.getNode().name}: an accepted event started no execution: ${problem}`);
		return { noWebhookResponse: true };
	}
}

/** Answers 200 without an execution. */
export function acknowledge(context: IWebhookFunctions): IWebhookResponseData {
	return answer(context, 'accepted');
}

function answer(context: IWebhookFunctions, kind: 'accepted' | 'refused'): IWebhookResponseData {
	return answerDelivery(context.getResponseObject() as DeliveryResponse, kind);
}

/**
 * Lets a genuine delivery start an execution, once: repetitions of the same event and events that
 * nobody wants are acknowledged. n8n answers after the execution has started, so that the vendor
 * sends an event again if that fails.
 * @param complete reads more from the vendor before the execution starts; without an item none does
 */
export function startOnce(
	context: IWebhookFunctions,
	{ eventId, item, payload }: GenuineDelivery,
	complete?: (item: IDataObject) => Promise<IDataObject | undefined>,
): IWebhookResponseData | Promise<IWebhookResponseData> {
	// What n8n saves of a delivery replaces all of the workflow's data by those of when it came. After a
	// read from the vendor that may be minutes ago: a webhook's new ID or secret would be lost.
	const isSaved = complete === undefined;
	if (item === undefined || isRepeated(context, eventId ?? bodyDigest(payload), isSaved)) return acknowledge(context);
	const run = (json: IDataObject): IWebhookResponseData => ({ workflowData: [[{ json } satisfies INodeExecutionData]] });
	if (complete === undefined) return run(item);
	// Reading more from the vendor takes its time, and the vendor must not wait for it.
	const answered = acknowledge(context);
	return complete(item).then((json) => (json === undefined ? answered : { ...run(json), ...answered }));
}

/** A body without an ID is told from others by its content: the vendor's retries repeat it. */
function bodyDigest(payload: GenuineDelivery['payload']): string {
	return `sha256:${createHash('sha256').update(JSON.stringify(payload)).digest('hex')}`;
}

/** Whether an event came before; from now on it did, unless n8n fails to take it. */
function isRepeated(context: IWebhookFunctions, id: string, isSaved: boolean): boolean {
	const nowMs = Date.now();
	const trigger = `${String(context.getWorkflow().id)}/${context.getNode().id}/${context.getMode()}`;
	const memory = context.getWorkflowStaticData('node');
	const here = UNDER_WAY.get(trigger);
	const isKnown =
		wasSeen(here, id, nowMs, UNDER_WAY_MS) ||
		wasSeen(ANSWERED.get(trigger), id, nowMs) ||
		wasSeen(memory.seenEvents, id, nowMs);
	if (isKnown) return true;
	const underWay = markSeen(here, id, nowMs);
	UNDER_WAY.set(trigger, underWay);
	if (isSaved) memory.seenEvents = mergeSeen(memory.seenEvents, underWay, nowMs);
	const response: AnswerableResponse = context.getResponseObject();
	const remember = (): unknown => ANSWERED.set(trigger, markSeen(ANSWERED.get(trigger), id, nowMs));
	response.once('finish', () => {
		// An execution that could not start is answered with an error, and the vendor's next try must run.
		if (response.statusCode < 300) remember();
	});
	response.once('close', () => {
		if (response.writableFinished) return;
		// The sender has hung up. n8n starts the execution all the same, and the vendor sends the event again.
		remember();
		void failsUnheard(response).then((fails) => {
			if (fails) ANSWERED.set(trigger, forget(ANSWERED.get(trigger), id));
		});
	});
	return false;
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
	/** It has been ended, whether or not anybody listens. */
	readonly writableEnded: boolean;
	/** It has gone out to its end. */
	readonly writableFinished: boolean;
	once(event: 'close' | 'finish', listener: () => void): unknown;
}

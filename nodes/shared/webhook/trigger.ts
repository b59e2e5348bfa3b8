import {
	NodeOperationError,
	type IDataObject,
	type IHookFunctions,
	type INode,
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
import { answerDelivery, type Answer, type DeliveryResponse } from './respond';
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
	// Earlier versions kept the events there that had come. n8n would save also that nothing was removed.
	if (data.seenEvents !== undefined) delete data.seenEvents;
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

/** What cannot be judged now: 503, so that the vendor sends it again, and the reason in n8n's log. */
export function postpone(context: IWebhookFunctions, reason: string): IWebhookResponseData {
	warnInLog(context, `a webhook delivery was put off, because ${reason}`);
	return answer(context, 'postponed');
}

function answer(context: IWebhookFunctions, kind: Answer): IWebhookResponseData {
	return answerDelivery(context.getResponseObject() as DeliveryResponse, kind);
}

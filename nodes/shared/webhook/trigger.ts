import { createHash } from 'node:crypto';

import {
	NodeOperationError,
	type IDataObject,
	type IHookFunctions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import type { Owner } from './lifecycle';
import { publicUrlProblem } from './publicUrl';
import { markSeen, wasSeen } from './replayGuard';
import { answerDelivery, type DeliveryResponse } from './respond';

/** What the parts that both triggers have in common need from n8n's two webhook contexts. */

const WEBHOOK_NAME = 'default';

/** The node's webhook URL, or an error that says how to make it public. */
export function publicWebhookUrl(context: IHookFunctions, allowHttp: boolean): string {
	const url = context.getNodeWebhookUrl(WEBHOOK_NAME);
	const problem = url === undefined ? 'n8n gave this node no webhook URL.' : publicUrlProblem(url, { allowHttp });
	if (url !== undefined && problem === undefined) return url;
	throw new NodeOperationError(context.getNode(), 'The vendor cannot deliver to this n8n', {
		description: problem,
		level: 'warning',
	});
}

/** Who a webhook belongs to: a rename does not change it, and a copy is somebody else. */
export function ownerOf(context: IHookFunctions): Owner {
	return {
		instanceId: context.getInstanceId(),
		workflowId: String(context.getWorkflow().id ?? ''),
		nodeId: context.getNode().id,
		mode: context.getMode() === 'manual' ? 'test' : 'production',
	};
}

/**
 * What a secret of this node's webhook is derived with: the part of its URL that is its own. The
 * whole URL would not do: while testing, n8n gives the hooks the test URL and the delivery the
 * production one.
 */
export function webhookIdentity(node: INode, instanceId: string): string {
	return `${instanceId}/${node.webhookId ?? node.id}`;
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

/** Ids seen in this process: static data alone would let two deliveries at the same moment pass. */
const SEEN_HERE = new Map<string, string[]>();

/** A stranger's request, or a genuine one with a wrong secret: 401, and the reason in n8n's log alone. */
export function refuse(context: IWebhookFunctions, reason: string): IWebhookResponseData {
	context.logger.warn(`${context.getNode().name}: a webhook delivery was refused, because ${reason}`, {
		workflowId: context.getWorkflow().id,
	});
	return answer(context, 'refused');
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
 */
export function startOnce(
	context: IWebhookFunctions,
	{ eventId, item, payload }: GenuineDelivery,
	complete?: (item: IDataObject) => Promise<IDataObject>,
): IWebhookResponseData | Promise<IWebhookResponseData> {
	if (item === undefined) return acknowledge(context);
	const nowMs = Date.now();
	// A body without an ID is told from others by its bytes: the vendor's retries repeat them.
	const id = eventId ?? `sha256:${createHash('sha256').update(JSON.stringify(payload)).digest('hex')}`;
	const here = `${String(context.getWorkflow().id)}/${context.getNode().id}/${context.getMode()}`;
	const memory = context.getWorkflowStaticData('node');
	if (wasSeen(memory.seenEvents, id, nowMs) || wasSeen(SEEN_HERE.get(here), id, nowMs)) return acknowledge(context);
	memory.seenEvents = markSeen(memory.seenEvents, id, nowMs);
	SEEN_HERE.set(here, markSeen(SEEN_HERE.get(here), id, nowMs));
	const run = (json: IDataObject): IWebhookResponseData => ({ workflowData: [[{ json } satisfies INodeExecutionData]] });
	if (complete === undefined) return run(item);
	// Reading more from the vendor takes its time, and the vendor must not wait for it.
	const answered = acknowledge(context);
	return complete(item).then((json) => ({ ...run(json), ...answered }));
}

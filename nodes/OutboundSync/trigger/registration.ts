import { NodeOperationError, type IDataObject, type IHookFunctions, type INode, type IWebhookFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { isRecord } from '../../shared/http/retryHint';
import { HookKeeper } from '../../shared/webhook/hookKeeper';
import { openSecret, sealSecret } from '../../shared/webhook/secretBox';
import { hookMemory, ownerOf, publicWebhookUrl, triggerClient, warnInLog } from '../../shared/webhook/trigger';
import { verificationSettings, wantedEvents } from '../../shared/webhook/triggerOptions';
import { connect } from '../connect';
import { API_KEY, OUTBOUND_SYNC } from '../service';
import { outboundSyncHookApi } from './hookApi';

type Context = Pick<IHookFunctions | IWebhookFunctions, 'getCredentials' | 'getNode'>;

export async function outboundSyncClient(context: Context): Promise<ApiClient> {
	return triggerClient(context, OUTBOUND_SYNC, await connect(context));
}

/**
 * Keeps this node's webhook.
 * @throws NodeOperationError before a webhook is touched, where the events, the URL or the key make it impossible
 */
export async function hookKeeper(context: IHookFunctions): Promise<HookKeeper> {
	const { allowHttp } = verificationSettings(context.getNodeParameter('options', {}) as IDataObject);
	if (eventsOf(context).length === 0) {
		throw warning(context.getNode(), 'No event is chosen. Choose at least one, or name one under Additional Events.');
	}
	const url = publicWebhookUrl(context, allowHttp);
	const client = await outboundSyncClient(context);
	await requireAccess(client, context.getNode());
	return await keeperFor(context, client, url);
}

/** For removing: what would be wrong with registering must not keep a webhook from going. */
export async function hookRemover(context: IHookFunctions): Promise<HookKeeper> {
	return await keeperFor(context, await outboundSyncClient(context), context.getNodeWebhookUrl('default') ?? '');
}

async function keeperFor(context: IHookFunctions, client: ApiClient, url: string): Promise<HookKeeper> {
	const apiKey = await apiKeyOf(context);
	const data = context.getWorkflowStaticData('node');
	const memory = hookMemory(context, (secret) => {
		if (secret === undefined) delete data.secret;
		else data.secret = sealSecret(secret, apiKey);
	});
	const known = openSecret(data.secret, apiKey) !== undefined;
	return new HookKeeper(
		outboundSyncHookApi(client),
		{ url, events: eventsOf(context), owner: ownerOf(context), secret: { chosenBy: 'vendor', known } },
		memory,
		(what) => warnInLog(context, what),
	);
}

/**
 * The secret of this node's webhook; undefined where it was lost, or sealed under another API key.
 * It was told once, and lies sealed in the node's static data.
 */
export async function webhookSecret(context: IWebhookFunctions): Promise<string | undefined> {
	return openSecret(context.getWorkflowStaticData('node').secret, await apiKeyOf(context));
}

async function apiKeyOf(context: Context): Promise<string> {
	return String((await context.getCredentials(API_KEY)).apiKey ?? '').trim();
}

/**
 * Documented: webhooks need an account-scoped key with `write`, which GET /me tells of a key. That
 * the account has webhooks switched on is told by the webhook list alone.
 */
async function requireAccess(client: ApiClient, node: INode): Promise<void> {
	const { body } = await client.send({ method: 'GET', path: '/api/v1/me' });
	const { connectionScope, scopes } = isRecord(body) && isRecord(body.apiKey) ? body.apiKey : {};
	const missing = [
		typeof connectionScope === 'string' && connectionScope !== 'account'
			? 'it is limited to one connection, and must be account-scoped'
			: undefined,
		Array.isArray(scopes) && !scopes.includes('write') ? 'it lacks the scope "write"' : undefined,
	].filter((text) => text !== undefined);
	if (missing.length === 0) return;
	throw warning(
		node,
		`This OutboundSync API key cannot manage webhooks: ${missing.join('; ')}. Create such a key, or set Source to Polling, which needs the scope "read" alone.`,
	);
}

export function eventsOf(context: IHookFunctions | IWebhookFunctions): string[] {
	const read = context.getNodeParameter as (name: string, fallback: unknown) => unknown;
	return wantedEvents(read.call(context, 'events', []), read.call(context, 'additionalEvents', ''));
}

/** All of it in the message: what n8n tells of a failed activation is that alone. */
function warning(node: INode, message: string): NodeOperationError {
	return new NodeOperationError(node, message, { level: 'warning' });
}

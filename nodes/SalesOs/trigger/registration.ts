import { NodeOperationError, type IDataObject, type IHookFunctions, type INode, type IWebhookFunctions } from 'n8n-workflow';

import type { ApiClient } from '../../shared/http/client';
import { derivedSecret, secretTag } from '../../shared/webhook/derivedSecret';
import { HookKeeper } from '../../shared/webhook/hookKeeper';
import { hookMemory, ownerOf, publicWebhookUrl, triggerClient, warnInLog, webhookIdentity } from '../../shared/webhook/trigger';
import { verificationSettings, wantedEvents } from '../../shared/webhook/triggerOptions';
import { connect, credentialTypeOf } from '../connect';
import { SALES_OS } from '../service';
import { salesOsHookApi } from './hookApi';

export async function salesOsClient(context: IHookFunctions | IWebhookFunctions): Promise<ApiClient> {
	return triggerClient(context, SALES_OS, await connect(context));
}

/**
 * The secret of this node's webhook, derived from the credential's own: nothing to store, nothing
 * that a rename could lose or an export could show, and the same in every process.
 */
export async function webhookSecret(context: IHookFunctions | IWebhookFunctions): Promise<string | undefined> {
	const credential = await context.getCredentials(credentialTypeOf(context.getNode()));
	const secret = String(credential.clientSecret ?? credential.apiSecret ?? '');
	return derivedSecret(secret, webhookIdentity(context.getNode(), context.getInstanceId()));
}

/** Keeps this node's webhook. @throws NodeOperationError before the vendor is called, where that can be known */
export async function hookKeeper(context: IHookFunctions): Promise<HookKeeper> {
	const { allowHttp } = verificationSettings(context.getNodeParameter('options', {}) as IDataObject);
	if (eventsOf(context).length === 0) {
		throw warning(context.getNode(), 'No event is chosen. Choose at least one, or name one under Additional Events.');
	}
	return await keeperFor(context, publicWebhookUrl(context, allowHttp));
}

/** For removing: what would be wrong with registering must not keep a webhook from going. */
export async function hookRemover(context: IHookFunctions): Promise<HookKeeper> {
	return await keeperFor(context, context.getNodeWebhookUrl('default') ?? '');
}

async function keeperFor(context: IHookFunctions, url: string): Promise<HookKeeper> {
	const secret = await webhookSecret(context);
	if (secret === undefined) {
		throw warning(
			context.getNode(),
			'The SalesOS credential holds no secret. Open it and fill it in: deliveries are verified with a secret derived from it.',
		);
	}
	return new HookKeeper(
		salesOsHookApi(await salesOsClient(context), secret),
		{ url, events: eventsOf(context), owner: ownerOf(context), secret: { chosenBy: 'caller', tag: secretTag(secret) } },
		hookMemory(context),
		(what) => warnInLog(context, what),
	);
}

function eventsOf(context: IHookFunctions): string[] {
	return wantedEvents(context.getNodeParameter('events', []), context.getNodeParameter('additionalEvents', ''));
}

/** All of it in the message: what n8n tells of a failed activation is that alone. */
function warning(node: INode, message: string): NodeOperationError {
	return new NodeOperationError(node, message, { level: 'warning' });
}

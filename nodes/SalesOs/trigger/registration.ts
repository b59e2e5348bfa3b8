import { NodeOperationError, type IDataObject, type IHookFunctions, type INode, type IWebhookFunctions } from 'n8n-workflow';

import { ApiClient, REAL_CLOCK, type SendContext } from '../../shared/http/client';
import { RunReport } from '../../shared/http/runReport';
import { settingsFrom } from '../../shared/operation/options';
import { derivedSecret, secretTag } from '../../shared/webhook/derivedSecret';
import { HookKeeper, type HookMemory } from '../../shared/webhook/hookKeeper';
import { ownerOf, publicWebhookUrl, webhookIdentity } from '../../shared/webhook/trigger';
import { verificationSettings } from '../../shared/webhook/triggerOptions';
import { connect, credentialTypeOf } from '../connect';
import { SALES_OS } from '../service';
import { wantedEvents } from './events';
import { salesOsHookApi } from './hookApi';

/** A person or n8n's start waits for an activation, so no wait may be long. */
const REGISTRATION_SETTINGS = settingsFrom({ maxWait: 60, maxRetries: 3, timeout: 30 });

/** A client for the trigger's requests, by the credential that the node uses. */
export async function triggerClient(context: IHookFunctions | IWebhookFunctions): Promise<ApiClient> {
	return new ApiClient(context as unknown as SendContext, {
		service: SALES_OS,
		connection: await connect(context),
		settings: REGISTRATION_SETTINGS,
		report: new RunReport(REAL_CLOCK),
	});
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
		throw missing(context.getNode(), 'No event is chosen', 'Choose at least one event, or name one under Additional Events.');
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
		throw missing(
			context.getNode(),
			'The SalesOS credential holds no secret',
			'Open the credential and fill in its secret: deliveries are verified with a secret derived from it.',
		);
	}
	return new HookKeeper(
		salesOsHookApi(await triggerClient(context), secret),
		{ url, events: eventsOf(context), owner: ownerOf(context), secret: { chosenBy: 'caller', tag: secretTag(secret) } },
		memoryOf(context),
	);
}

function eventsOf(context: IHookFunctions): string[] {
	return wantedEvents(context.getNodeParameter('events', []), context.getNodeParameter('additionalEvents', ''));
}

function memoryOf(context: IHookFunctions): HookMemory {
	const data = context.getWorkflowStaticData('node');
	return {
		get hookId() {
			return typeof data.hookId === 'string' ? data.hookId : undefined;
		},
		remember({ id }) {
			data.hookId = id;
		},
		forget() {
			delete data.hookId;
		},
	};
}

function missing(node: INode, message: string, description: string): NodeOperationError {
	return new NodeOperationError(node, message, { description, level: 'warning' });
}

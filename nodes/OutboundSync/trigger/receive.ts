import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { receiveOrRefuse, refuse } from '../../shared/webhook/trigger';
import { receiveForwarded } from './forwarded';
import { receiveSyncEvent } from './syncMonitoring';

type Receive = (context: IWebhookFunctions, options: IDataObject) => Promise<IWebhookResponseData>;

const RECEIVERS: Readonly<Record<string, Receive | undefined>> = {
	forwarded: receiveForwarded,
	syncMonitoring: receiveSyncEvent,
};

export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const receive = RECEIVERS[String(context.getNodeParameter('source'))];
	if (receive === undefined) return refuse(context, 'its source takes no deliveries');
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return await receiveOrRefuse(context, async () => await receive(context, options));
}

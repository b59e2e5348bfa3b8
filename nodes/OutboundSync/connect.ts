import type { IExecuteFunctions, IHookFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import type { Connection } from '../shared/http/service';
import { API_KEY, connectionOf } from './service';

/** Reads the credential and refuses a key that cannot be one, before any request. */
export async function connect(
	context: Pick<IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions, 'getCredentials' | 'getNode'>,
): Promise<Connection> {
	return connectionOf(await context.getCredentials(API_KEY), context.getNode());
}

import type { IExecuteFunctions, IHookFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import type { Connection } from '../shared/http/service';
import { connectionOf, CLIENT_GRANT, SIGNED } from './service';

/** n8n's value of the Authentication parameter, and the credential type that it stands for. */
const CREDENTIALS: Readonly<Record<string, string | undefined>> = { oAuth2: CLIENT_GRANT, signedApiKey: SIGNED };

/** Reads the credential that the node's Authentication parameter chooses. */
export async function connect(
	context: Pick<IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions, 'getCredentials' | 'getNode'>,
): Promise<Connection> {
	const node = context.getNode();
	const credentialType = CREDENTIALS[String(node.parameters.authentication ?? 'oAuth2')] ?? CLIENT_GRANT;
	return connectionOf(credentialType, await context.getCredentials(credentialType), node);
}

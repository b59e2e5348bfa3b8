import type { IExecuteFunctions, INode } from 'n8n-workflow';

import type { Connection } from '../shared/http/service';
import { connectionOf, CLIENT_GRANT, SIGNED } from './service';

/** n8n's value of the Authentication parameter, and the credential type that it stands for. */
const CREDENTIALS: Readonly<Record<string, string | undefined>> = { oAuth2: CLIENT_GRANT, signedApiKey: SIGNED };

/** The credential type that the node's Authentication parameter chooses. */
export function credentialTypeOf(node: INode): string {
	return CREDENTIALS[String(node.parameters.authentication ?? 'oAuth2')] ?? CLIENT_GRANT;
}

/** Reads the credential that the node uses; every context of n8n that has credentials will do. */
export async function connect(context: Pick<IExecuteFunctions, 'getCredentials' | 'getNode'>): Promise<Connection> {
	const node = context.getNode();
	const credentialType = credentialTypeOf(node);
	return connectionOf(credentialType, await context.getCredentials(credentialType), node);
}

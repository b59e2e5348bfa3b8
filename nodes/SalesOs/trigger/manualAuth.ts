import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { SharedSecretAuth } from '../../shared/webhook/sharedSecretAuth';

/** The credential of webhooks that were entered in SalesOS's dashboard. */
export const DASHBOARD = 'salesOsWebhookApi';

/** The secret that the dashboard's HMAC signs with; undefined where it shows a shared secret instead. */
export function hmacSecret({ method, secret }: ICredentialDataDecryptedObject): string | undefined {
	return method === 'hmac' ? String(secret ?? '') : undefined;
}

/** What the dashboard sends instead of a signature: documented are Bearer, API key (a header) and Basic. */
export function sharedSecret({ headerName, method, password, secret, user }: ICredentialDataDecryptedObject): SharedSecretAuth {
	if (method === 'basic') return { type: 'basic', user: String(user ?? ''), password: String(password ?? '') };
	if (method === 'header') return { type: 'header', name: String(headerName ?? ''), value: String(secret ?? '') };
	return { type: 'bearer', token: String(secret ?? '') };
}

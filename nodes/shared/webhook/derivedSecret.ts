import { createHmac } from 'node:crypto';

/**
 * A webhook's own secret, derived from the credential's secret and the webhook's URL: the same in every process, lost
 * with no rename, different for every webhook, and no way back to the credential. 64 hexadecimal digits.
 * Undefined without a credential's secret, for then anybody could derive it.
 */
export function derivedSecret(credentialSecret: string, webhookUrl: string): string | undefined {
	if (credentialSecret.trim() === '') return undefined;
	return createHmac('sha256', credentialSecret).update(`webhook-secret:v1\n${webhookUrl}`).digest('hex');
}

/**
 * A short mark that changes with a secret and tells nothing of it; written into a webhook's description, it shows that
 * the webhook was registered with a secret that has changed since.
 */
export function secretTag(secret: string): string {
	return createHmac('sha256', secret).update('webhook-secret-tag:v1').digest('hex').slice(0, 8);
}

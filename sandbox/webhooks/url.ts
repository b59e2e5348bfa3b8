const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Both vendors take https URLs only; the sandbox admits http on loopback too, where its callers live. */
export function isWebhookUrl(value: unknown, requireHttps: boolean): value is string {
	if (typeof value !== 'string' || !URL.canParse(value)) return false;
	const url = new URL(value);
	return url.protocol === 'https:' || (!requireHttps && url.protocol === 'http:' && loopbackHosts.has(url.hostname));
}

/**
 * The services of this package. Sources split along these lines: `nodes/<folder>/` and
 * `credentials/<folder>*` belong to one service, everything else under the two folders is shared.
 */
export const SERVICES = [
	{
		folder: 'SalesOs',
		displayName: 'SalesOS',
		packageName: 'n8n-nodes-salesos',
		description:
			'n8n nodes for SalesOS (Play2Sell): leads, deals and webhooks, with quota-aware sending and verified deliveries',
		keywords: ['salesos', 'play2sell', 'crm', 'leads', 'deals'],
	},
	{
		folder: 'OutboundSync',
		displayName: 'OutboundSync',
		packageName: 'n8n-nodes-outboundsync',
		description:
			'n8n nodes for OutboundSync: sync health, deliveries and webhooks, with quota-aware sending and verified deliveries',
		keywords: ['outboundsync', 'outbound', 'crm', 'sync'],
	},
];

/**
 * Which service a source file belongs to.
 * @param {string} path relative to the package's root, with forward slashes
 * @returns {string | null} the service's folder; null for shared code and for what is not shipped
 */
export function ownerOf(path) {
	const owner = SERVICES.find(
		({ folder }) =>
			path.startsWith(`nodes/${folder}/`) || path.startsWith(`credentials/${folder}`),
	);
	return owner?.folder ?? null;
}

import type { INodeProperties } from 'n8n-workflow';

import { OUTBOUND_SYNC_OPERATIONS, OUTBOUND_SYNC_RESOURCES } from '../../nodes/OutboundSync/resources';
import { quotaClassOf as outboundSyncQuotaClass } from '../../nodes/OutboundSync/resources/apiRequest/request';
import { OUTBOUND_SYNC } from '../../nodes/OutboundSync/service';
import { SALES_OS_OPERATIONS, SALES_OS_RESOURCES } from '../../nodes/SalesOs/resources';
import { SALES_OS } from '../../nodes/SalesOs/service';
import type { QuotaSpec } from '../../nodes/shared/http/quota';
import type { Service } from '../../nodes/shared/http/service';
import type { Endpoint, Operation } from '../../nodes/shared/operation/operation';
import type { Resource } from '../../nodes/shared/operation/properties';

interface Section {
	readonly title: string;
	/** What stands in front of every path of its endpoints. */
	readonly basePath: string;
	readonly service: Service;
	/** The credential types that a quota may depend on. */
	readonly credentialTypes: readonly string[];
	readonly resources: readonly Resource[];
	readonly operations: readonly Operation[];
	/** Where the vendor publishes what its API documentation does not have. */
	readonly publishedIn?: string;
	/** As the node's API requests tell them apart; undefined is the service's ordinary one. */
	quotaClassOf?(path: string): string | undefined;
	/** What the trigger node calls to keep its webhook, or to poll. Its contract test holds it to that. */
	readonly trigger: readonly string[];
}

export const SECTIONS: readonly Section[] = [
	{
		title: 'SalesOS',
		basePath: '',
		service: SALES_OS,
		credentialTypes: ['salesOsOAuth2Api', 'salesOsSignedApi'],
		resources: SALES_OS_RESOURCES,
		operations: SALES_OS_OPERATIONS,
		trigger: ['DELETE /v1/webhooks/:id', 'GET /v1/webhooks', 'PATCH /v1/webhooks/:id', 'POST /v1/webhooks'],
	},
	{
		title: 'OutboundSync',
		basePath: '/api/v1',
		service: OUTBOUND_SYNC,
		credentialTypes: ['outboundSyncApi'],
		resources: OUTBOUND_SYNC_RESOURCES,
		operations: OUTBOUND_SYNC_OPERATIONS,
		publishedIn: 'outboundsync/skills',
		quotaClassOf: outboundSyncQuotaClass,
		trigger: [
			'DELETE /webhooks/:id',
			'GET /events/:id',
			'GET /me',
			'GET /syncs',
			'GET /webhooks',
			'PATCH /webhooks/:id',
			'POST /webhooks',
			'POST /webhooks/:id/rotate-secret',
		],
	},
];

/** Name of the quota class that has none of its own. */
const ORDINARY = 'ordinary';

const INTRODUCTION = `# Operations

<!-- Written by "npm run docs" from the operations themselves. Change those, not this file. -->

What each operation of the two nodes calls, what the credential must be allowed to do, which fields
it has, and which rate limit it draws on. Fields in bold must be filled in; fields in parentheses are
added under the name in front of them.

As a tool of an AI agent, an operation asks for less: there is no Return All, Simplify, Safe to Repeat,
Include Secret or Additional Body Fields, nothing about files, and of the options only Requests
per Minute, Share of Limit (%) and Timeout (Seconds). The defaults of the others hold.

The last column says what is known from the vendor's API documentation, and what from its public
repository *outboundsync/skills* on GitHub alone. Whatever is inferred may turn out to be different:
every write to SalesOS takes additional body fields for that, and **API Request** sends whatever you
want.
`;

/** The reference of all operations, as Markdown. */
export function operationsPage(): string {
	return [INTRODUCTION, ...SECTIONS.map(sectionOf)].join('\n');
}

function sectionOf(section: Section): string {
	const { basePath, operations, resources, title, trigger } = section;
	const tables = resources.map(({ id, label }) => {
		const own = operations.filter(({ resource }) => resource === id);
		return [
			`### ${label}\n`,
			'| Operation | Calls | Scope | Fields | Quota class | Known from |',
			'|---|---|---|---|---|---|',
			...own.sort((one, other) => one.name.localeCompare(other.name)).map((operation) => rowOf(section, operation)),
			'',
		].join('\n');
	});
	const base = basePath === '' ? '' : `\nAll paths are below \`${basePath}\`.\n`;
	const calls = trigger.map((call) => `\`${call}\``).join(', ');
	return `## ${title}\n${base}\n${quotaClassesOf(section)}\n${tables.join('\n')}\n### ${title} Trigger\n\nTo keep its webhook and to read what it reports, it calls ${calls}.\n`;
}

function rowOf(section: Section, { endpoints, fields, name, value }: Operation): string {
	const calls = endpoints.map(({ method, path }) => `\`${method} ${path}\``);
	const cells = [
		`${name} (\`${value}\`)`,
		calls.length > 0 ? calls.join('<br>') : 'any method and path',
		[...new Set(endpoints.map(({ scope }) => scope ?? ''))].join('<br>') || 'that of the path',
		fieldsOf(fields),
		[...new Set(endpoints.map((endpoint) => quotaClassOf(section, endpoint) ?? ORDINARY))].join('<br>') || ORDINARY,
		endpoints.length > 0 ? endpoints.map((endpoint) => knownFrom(endpoint, section.publishedIn)).join('<br>') : 'the path that you give',
	];
	return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function knownFrom({ inferred, mark, published }: Endpoint, publishedIn = ''): string {
	return [
		mark,
		...(published === undefined ? [] : [`${publishedIn}: ${published}`]),
		...(inferred === undefined ? [] : [`inferred: ${inferred}`]),
	].join('; ');
}

function fieldsOf(fields: readonly INodeProperties[]): string {
	const listed = fields.filter(({ type }) => type !== 'notice').map(fieldOf);
	return listed.length > 0 ? listed.join(', ') : 'none';
}

function fieldOf({ displayName, options, required, type }: INodeProperties): string {
	if (type === 'collection') {
		const inner = (options ?? []).filter((option): option is INodeProperties => 'type' in option);
		return `${displayName} (${inner.map((field) => field.displayName).join(', ')})`;
	}
	return required === true ? `**${displayName}**` : displayName;
}

function quotaClassOf(section: Section, { path }: Endpoint): string | undefined {
	return section.quotaClassOf?.(`${section.basePath}${path}`);
}

/** What the quota classes of a service stand for: the limits that a request draws on, with any credential. */
function quotaClassesOf(section: Section): string {
	const { credentialTypes, operations, service } = section;
	const classes = new Set(operations.flatMap(({ endpoints }) => endpoints.map((endpoint) => quotaClassOf(section, endpoint))));
	const lines = [...classes].map((quotaClass) => {
		const specs = credentialTypes.flatMap((credentialType) =>
			service.quotasFor({ credentialType, baseUrl: '', accountDigest: '' }, { method: 'GET', path: '', quotaClass }),
		);
		return `- **${quotaClass ?? ORDINARY}**: ${[...new Set(specs.map(describeQuota))].join('; ')}`;
	});
	return `The quota classes, with the limits that each draws on and what may change them:\n\n${lines.sort().join('\n')}\n`;
}

const HOUR_MS = 3_600_000;

function describeQuota({ followsHeaders, followsUser, label, limit, windowMs }: QuotaSpec): string {
	const windows: Readonly<Record<number, string | undefined>> = { 60_000: 'a minute', [HOUR_MS]: 'an hour' };
	const others = [
		...(followsHeaders ? ["the server's headers"] : []),
		...(followsUser ? ['the option Requests per Minute'] : []),
		...(windowMs === HOUR_MS ? ["the credential's Requests per Hour"] : []),
	];
	const change = others.length > 0 ? ` unless ${others.join(' or ')} says otherwise` : '';
	return `${label}, ${limit.toLocaleString('en-US')} ${windows[windowMs] ?? `in ${windowMs} ms`}${change}`;
}

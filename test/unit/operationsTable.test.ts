import { readFileSync } from 'node:fs';
import path from 'node:path';

import { operationsPage, SECTIONS } from '../support/operationsTable';

/**
 * What the vendors offer, row by row, as far as it is known. A call that no operation makes must be
 * one that a trigger makes.
 */
const SALES_OS_CALLS = [
	'GET /v1/leads',
	'GET /v1/leads/:id',
	'POST /v1/leads',
	'PATCH /v1/leads/:id',
	'DELETE /v1/leads/:id',
	'POST /v1/leads/:id/convert',
	'GET /v1/deals',
	'GET /v1/deals/:id',
	'POST /v1/deals',
	'PATCH /v1/deals/:id',
	'DELETE /v1/deals/:id',
	'POST /v1/deals/:id/move',
	'POST /v1/deals/:id/close',
	'GET /v1/stages',
	'GET /v1/users',
	'GET /v1/users/:id',
	'POST /v1/users',
	'PATCH /v1/users/:id',
	'DELETE /v1/users/:id',
	'GET /v1/users/:id/stats',
	'GET /v1/teams',
	'POST /functions/v1/default-integration',
	'POST /v1/webhooks',
	'GET /v1/webhooks',
	'PATCH /v1/webhooks/:id',
	'DELETE /v1/webhooks/:id',
];

const OUTBOUND_SYNC_CALLS = [
	'GET /me',
	'GET /account/status',
	'GET /account/metrics',
	'GET /connections',
	'GET /sources',
	'GET /requests',
	'GET /requests/metrics',
	'GET /sources/:sourceId/requests',
	'GET /syncs',
	'GET /syncs/metrics',
	'GET /syncs/:id',
	'GET /sources/:sourceId/syncs',
	'POST /syncs/:id/retry',
	'GET /destinations',
	'GET /destinations/:id',
	'GET /destinations/:id/deliveries',
	'GET /destinations/:id/deliveries/metrics',
	'GET /deliveries',
	'POST /destinations/:id/deliveries/:deliveryId/replay',
	'GET /destinations/reply-relays',
	'GET /contacts/outreach',
	'GET /blocklists',
	'POST /blocklists/:id/pause',
	'POST /blocklists/:id/resync',
	'GET /webhooks',
	'GET /webhooks/:id',
	'POST /webhooks',
	'PATCH /webhooks/:id',
	'DELETE /webhooks/:id',
	'POST /webhooks/:id/rotate-secret',
	'POST /webhooks/:id/test',
	'GET /webhooks/:id/deliveries',
	'POST /webhooks/:id/deliveries/:deliveryId/replay',
	'GET /events',
	'GET /events/:id',
];

const page = operationsPage();

function sectionOf(title: string): string {
	return page.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '';
}

describe('docs/operations.md', () => {
	it('is what "npm run docs" writes', () => {
		expect(readFileSync(path.resolve(__dirname, '../../docs/operations.md'), 'utf8')).toBe(page);
	});

	it('has as many rows as there are operations, and no cell without content', () => {
		const rows = page.split('\n').filter((line) => /\(`\w+`\)/.test(line));
		expect(rows).toHaveLength(SECTIONS.reduce((count, { operations }) => count + operations.length, 0));
		expect(rows.filter((row) => /\|\s+\|/.test(row) || row.split(/(?<!\\)\|/).length !== 8)).toEqual([]);
	});

	it.each([
		['SalesOS', SALES_OS_CALLS, 26],
		['OutboundSync', OUTBOUND_SYNC_CALLS, 35],
	])('names every call of %s', (title, calls, count) => {
		expect(new Set(calls).size).toBe(count);
		const section = sectionOf(title);
		expect(calls.filter((call) => !section.includes(`\`${call}\``))).toEqual([]);
	});

	it('has every call of OutboundSync as an operation, and no call that is not known', () => {
		const [salesOs, outboundSync] = SECTIONS.map(({ operations }) =>
			operations.flatMap(({ endpoints }) => endpoints.map(({ method, path: route }) => `${method} ${route}`)),
		);
		expect([...outboundSync].sort()).toEqual([...OUTBOUND_SYNC_CALLS].sort());
		expect(salesOs.filter((call) => !SALES_OS_CALLS.includes(call))).toEqual([]);
	});
});

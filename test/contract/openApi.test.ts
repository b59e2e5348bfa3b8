import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { systemClock } from '../../sandbox/clock';
import { outboundSyncRoutes } from '../../sandbox/outboundSync/server';
import type { PlatformEvents } from '../../sandbox/outboundSync/events';
import { OutboundSyncState } from '../../sandbox/outboundSync/state';
import { salesOsRoutes } from '../../sandbox/salesOs/server';
import { SalesOsState } from '../../sandbox/salesOs/state';
import { defaultOutboundSyncSettings, defaultSalesOsSettings } from '../../sandbox/settings';
import { CONTRACTS, MARKS, type Contract, type Described } from './openApi';

const ROOT = path.resolve(__dirname, '../..');
const VALIDATOR = path.join(ROOT, 'node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js');

const ROUTES = {
	salesOs: salesOsRoutes(new SalesOsState(defaultSalesOsSettings(), systemClock)),
	outboundSync: outboundSyncRoutes(
		new OutboundSyncState(defaultOutboundSyncSettings(), systemClock),
		// The routes use it when they are called, and nobody calls them here.
		undefined as unknown as PlatformEvents,
	),
};

function operation(contract: Contract, method: string, url: string): Described {
	const found = contract.find(method, url);
	if (!found) throw new Error(`The contract has no ${method} ${url}`);
	return found;
}

/** Every value of `x-mark` in a file. */
function marksIn(node: unknown): unknown[] {
	if (typeof node !== 'object' || node === null) return [];
	return Object.entries(node).flatMap(([name, inner]) => (name === 'x-mark' ? [inner] : marksIn(inner)));
}

function isDoubtful(node: Record<string, unknown>): boolean {
	return node['x-mark'] === 'inferred' || node['x-mark'] === 'unknown';
}

describe.each([
	{ name: 'salesos.yaml', contract: CONTRACTS.salesOs, routes: ROUTES.salesOs, base: '' },
	{ name: 'outboundsync.yaml', contract: CONTRACTS.outboundSync, routes: ROUTES.outboundSync, base: '/api/v1' },
])('$name', ({ base, contract, name, routes }) => {
	it('is valid OpenAPI 3.1', () => {
		const answer = execFileSync(process.execPath, [VALIDATOR, path.join(ROOT, 'sandbox/openapi', name)], { encoding: 'utf8' });
		expect(JSON.parse(answer)).toMatchObject({ valid: true });
		expect(contract.document.openapi).toBe('3.1.0');
	});

	it('describes what the sandbox serves, and nothing else', () => {
		const described = contract.operations.map((one) => `${one.method} ${base}${one.path}`);
		const served = routes.map((route) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
		expect(described.sort()).toEqual(served.sort());
	});

	it('says of every operation, parameter, header, answer and object where it comes from', () => {
		expect(new Set(marksIn(contract.document))).toEqual(new Set(MARKS));
		const { components } = contract.document as { components: Record<string, Record<string, Record<string, unknown>>> };
		const unmarked = Object.entries(components).flatMap(([kind, entries]) =>
			Object.entries(entries).flatMap(([entry, node]) => ('x-mark' in node ? [] : [`${kind} ${entry}`])),
		);
		expect(unmarked).toEqual([]);
		expect(contract.operations.filter(({ mark, scope, scopeMark }) => !mark || !scope || !scopeMark)).toEqual([]);
	});

	// docs/operations.md repeats what an operation says, and nothing below it.
	it('says of a documented operation what below it is not documented', () => {
		const unsaid = contract.operations
			.filter(({ mark }) => mark === 'documented')
			.flatMap((one) => {
				const { method, node, parameters, path: template } = one;
				const said = [node['x-inferred'], ...contract.bodies(node).map((body) => body['x-inferred'])].join('; ');
				const doubtful = parameters.filter((parameter) => parameter.isDoubtful).map(({ name: parameter }) => parameter);
				const responses = node.responses as Record<string, unknown>;
				const answers = Object.keys(responses).filter((status) => status !== 'default');
				const records = answers.flatMap((status) => [contract.at(`#${one.pointer}/responses/${status}`), ...contract.records(one, status)]);
				const isBodyDoubtful = isDoubtful((node.requestBody ?? {}) as Record<string, unknown>);
				const expected = [
					...doubtful.map((parameter) => new RegExp(`\\b${parameter}\\b`)),
					...(isBodyDoubtful ? [/\bbody: /] : []),
					...(records.some(isDoubtful) ? [/\b(answer|fields|figures|name of the list)\b/] : []),
				];
				return expected.filter((text) => !text.test(said)).map((text) => `${method} ${template} does not say ${text.source}`);
			});
		expect(unsaid).toEqual([]);
	});
});

describe('a request', () => {
	const json = { 'content-type': 'application/json; charset=utf-8' };
	const create = operation(CONTRACTS.salesOs, 'POST', '/v1/leads');
	const list = operation(CONTRACTS.salesOs, 'GET', '/v1/leads');
	const syncs = operation(CONTRACTS.outboundSync, 'GET', '/api/v1/syncs');
	const contacts = operation(CONTRACTS.outboundSync, 'GET', '/api/v1/contacts/outreach');
	const lead = { name: 'Ana', email: 'ana@people.example' };
	const problemsOf = (body: unknown): string[] =>
		CONTRACTS.salesOs.requestProblems(create, '/v1/leads', { headers: json, body: Buffer.from(JSON.stringify(body)) });
	const queryProblems = (of: Contract, described: Described, url: string): string[] =>
		of.requestProblems(described, url, { headers: {}, body: Buffer.alloc(0) });

	it.each([
		['a property that is not described', { ...lead, nickname: 'A' }, /additional properties.*nickname/],
		['a missing property', { name: 'Ana' }, /required property 'email'/],
		['a value of another type', { ...lead, tags: 'inbound' }, /tags must be array/],
		['a value that is not allowed', { ...lead, status: 'hot' }, /status must be equal to one of/],
		['a malformed ID', { ...lead, owner_id: 'me' }, /owner_id must match format "uuid"/],
	])('with %s is told', (_, body, problem) => {
		expect(problemsOf(lead)).toEqual([]);
		expect(problemsOf(body)).toEqual([expect.stringMatching(problem)]);
	});

	it('is told when its body is no JSON, of another type, or missing', () => {
		const send = (headers: Record<string, string>, body: string) =>
			CONTRACTS.salesOs.requestProblems(create, '/v1/leads', { headers, body: Buffer.from(body) });
		expect(send(json, '{')).toEqual(['has a request body that is not JSON']);
		expect(send({ 'content-type': 'text/plain' }, '{}')).toEqual(['has a request body of the type "text/plain"']);
		expect(send({}, '')).toEqual(['lacks its body']);
		expect(CONTRACTS.salesOs.requestProblems(list, '/v1/leads', { headers: json, body: Buffer.from('{}') })).toEqual([
			'has a body, which is not described',
		]);
	});

	it('is told when a parameter is not described, not allowed, missing or repeated', () => {
		const leads = (query: string) => queryProblems(CONTRACTS.salesOs, list, `/v1/leads?${query}`);
		expect(leads('page=2&per_page=100&status=new')).toEqual([]);
		expect(leads('nickname=A')).toEqual([expect.stringMatching(/nickname, which is not described/)]);
		expect(leads('per_page=101')).toEqual([expect.stringMatching(/per_page must be <= 100/)]);
		expect(leads('page=one')).toEqual([expect.stringMatching(/page must be integer/)]);
		expect(leads('page=1&page=2')).toEqual([expect.stringMatching(/page 2 times/)]);
		const from = 'from=2026-01-01T00:00:00.000Z';
		expect(queryProblems(CONTRACTS.outboundSync, syncs, `/api/v1/syncs?${from}`)).toEqual(['lacks the parameter to']);
		const profiles = (count: number) => Array.from({ length: count }, (_, at) => `profileUrl=x.com/p${at}`).join('&');
		expect(queryProblems(CONTRACTS.outboundSync, contacts, `/api/v1/contacts/outreach?${profiles(5)}`)).toEqual([]);
		expect(queryProblems(CONTRACTS.outboundSync, contacts, `/api/v1/contacts/outreach?${profiles(6)}`)).toHaveLength(1);
	});

	it('is told when the ID in its path cannot be one', () => {
		const get = operation(CONTRACTS.salesOs, 'GET', '/v1/leads/me');
		expect(queryProblems(CONTRACTS.salesOs, get, '/v1/leads/me')).toEqual([expect.stringMatching(/parameter id must match format/)]);
	});
});

describe('an answer', () => {
	const list = operation(CONTRACTS.outboundSync, 'GET', '/api/v1/destinations');
	const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
		CONTRACTS.outboundSync.answerProblems(list, status, {
			headers: { 'content-type': 'application/json', ...headers },
			body: Buffer.from(JSON.stringify(body)),
		});

	it('is told when it has a body, a status or a header that is not described', () => {
		expect(answer(200, { destinations: [] }, { 'x-ratelimit-limit': '120' })).toEqual([]);
		expect(answer(200, { destinations: [{ id: 1, sourceIds: [], colour: 'red' }] })).toEqual([expect.stringMatching(/colour/)]);
		expect(answer(200, { data: [] })).toHaveLength(2);
		expect(answer(202, { destinations: [] })).toEqual(['answers 202, which is not described']);
		expect(answer(200, { destinations: [] }, { 'x-ratelimit-limit': 'many' })).toEqual([expect.stringMatching(/X-RateLimit-Limit must be integer/)]);
		expect(answer(500, { statusCode: '500' })).toEqual([expect.stringMatching(/statusCode must be integer/)]);
	});

	it('is found under the path that is spelt out before one with variable parts', () => {
		expect(operation(CONTRACTS.outboundSync, 'GET', '/api/v1/destinations/reply-relays').path).toBe('/destinations/reply-relays');
		expect(operation(CONTRACTS.outboundSync, 'GET', '/api/v1/syncs/metrics?from=x').path).toBe('/syncs/metrics');
		expect(CONTRACTS.outboundSync.find('PUT', '/api/v1/syncs/1')).toBeUndefined();
		expect(CONTRACTS.salesOs.find('GET', '/v1/webhooks/1')).toBeUndefined();
	});
});

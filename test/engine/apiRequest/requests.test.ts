import type { INodeParameters } from 'n8n-workflow';

import type { JournalEntry } from '../../../sandbox/http/journal';
import { startBench, type TestBench } from '../../support/bench';
import { jsonOf, MISSING_ID, requests } from '../salesOs/support';

let bench: TestBench;

beforeAll(async () => {
	bench = await startBench({ plan: 'enterprise' });
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.sandbox.reset());

const apiRequest = (parameters: INodeParameters): INodeParameters => ({
	resource: 'apiRequest',
	operation: 'request',
	...parameters,
});
const parameter = (...pairs: Array<[string, string]>) => ({ pairs: pairs.map(([key, value]) => ({ key, value })) });
const salesOs = async (parameters: INodeParameters, run?: Parameters<TestBench['salesOs']>[1]) =>
	await bench.salesOs(apiRequest(parameters), run);
const outboundSync = async (parameters: INodeParameters) => await bench.outboundSync(apiRequest(parameters));
const outboundSyncSends = (): JournalEntry[] => bench.sandbox.journal.list({ vendor: 'outboundSync' });

describe('SalesOS', () => {
	test('reads a path with a typed query and query parameters, and puts the answer out as it came', async () => {
		bench.sandbox.salesOs.addLead({ name: 'Ana Souza', email: 'ana@people.example', status: 'new' });
		bench.sandbox.salesOs.addLead({ name: 'Bia Lima', email: 'bia@people.example', status: 'qualified' });
		const { error, items } = await salesOs({
			path: 'v1/leads?status=new&source=',
			queryParameters: parameter(['search', 'Ana Souza'], ['per_page', '5'], ['team_id', '']),
		});
		expect(error).toBeUndefined();
		expect(jsonOf(items)).toEqual([
			{ data: [expect.objectContaining({ name: 'Ana Souza' })], meta: expect.objectContaining({ total: 1, per_page: 5 }) as object },
		]);
		expect(requests(bench.sandbox)[0].query).toEqual({ status: 'new', search: 'Ana Souza', per_page: '5' });
	});

	test('sends a JSON body, and reports a deletion without a body by its status', async () => {
		const created = await salesOs({ method: 'POST', path: '/v1/leads', body: '{"name": "Ana", "email": "ana@people.example"}' });
		const { data } = created.items[0].json as { data: { id: string; email: string } };
		expect(data.email).toBe('ana@people.example');
		expect(bench.sandbox.salesOs.state.leads.get(data.id)?.name).toBe('Ana');

		const deleted = await salesOs({ method: 'DELETE', path: `=/v1/leads/{{ $json.id }}` }, { items: [{ id: data.id }] });
		expect(jsonOf(deleted.items)).toEqual([{ status: 204 }]);
		expect(bench.sandbox.salesOs.state.leads.size).toBe(0);
	});

	test('reads all pages, or as many records as the limit says', async () => {
		bench.sandbox.salesOs.seedLeads(250);
		const paged = { path: '/v1/leads', readPages: true };
		const all = await salesOs({ ...paged, returnAll: true });
		expect(new Set(jsonOf(all.items).map(({ id }) => id)).size).toBe(250);
		expect(requests(bench.sandbox).map(({ query }) => [query.page, query.per_page])).toEqual([['1', '100'], ['2', '100'], ['3', '100']]);
		const some = await salesOs({ ...paged, limit: 120 });
		expect(some.items).toHaveLength(120);
	});

	test('leaves the secret of a webhook out, which the API may or may not show', async () => {
		const body = JSON.stringify({ data: [{ id: 'hook', url: 'https://example.com', secret: 'chosen-by-somebody' }] });
		const headers = { 'content-type': 'application/json' };
		bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'answer', status: 200, headers, body, count: 2, path: '/v1/webhooks' });
		const { items, raw } = await salesOs({ path: '/v1/webhooks' });
		expect(jsonOf(items)).toEqual([{ data: [{ id: 'hook', url: 'https://example.com' }] }]);
		expect(JSON.stringify(raw)).not.toContain('chosen-by-somebody');
		const asFile = await salesOs({ path: '/v1/webhooks', responseFormat: 'file' });
		expect(asFile.error?.message).toMatch(/answers of this path may hold a secret/);
	});

	test('does not take a record for an empty list', async () => {
		const { id } = bench.sandbox.salesOs.addLead({ name: 'Ana', email: 'ana@people.example' });
		const { error } = await salesOs({ path: `/v1/leads/${id}`, readPages: true, returnAll: true });
		expect(error?.message).toBe('Read Pages is on, but there is no list in the answer');
	});

	test('refuses a query parameter that paging sets', async () => {
		const { error } = await salesOs({ path: '/v1/leads?page=3', readPages: true, returnAll: true });
		expect(error?.message).toBe('Query Parameters sets "page", which Read Pages sets by itself');
		expect(requests(bench.sandbox)).toEqual([]);
	});

	test.each([
		['https://evil.example/v1/leads', 'Path is a whole address'],
		['//evil.example/v1/leads', 'Path begins with //, which names another server'],
		['@evil.example/', 'Path begins with a user name or an email address'],
		['/v1/leads/../users', 'Path has a part that is . or .., which leads to another path'],
		['/v1\\leads', 'Path has a backslash in it'],
		['/v1/leads\nX-Evil: 1', 'Path has a line break or another control character in it'],
	])('refuses %j before anything is sent', async (path, message) => {
		const { error } = await salesOs({ path });
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(/\w/);
		expect(bench.sandbox.journal.list()).toEqual([]);
	});

	test('refuses a body that is no JSON object before anything is sent', async () => {
		const { error } = await salesOs({ method: 'POST', path: '/v1/leads', body: '{"name":' });
		expect(error?.message).toMatch(/^Body \(JSON\) is not valid JSON/);
		expect(requests(bench.sandbox)).toEqual([]);
	});

	test('words a refusal as the other operations do, and holds no secret', async () => {
		const { error, raw } = await salesOs({ path: `/v1/leads/${MISSING_ID}` });
		expect(error).toMatchObject({ httpCode: '404', message: 'SalesOS refused the request: Lead not found' });
		expect(error?.description).toMatch(/no such record for this account[\s\S]*request ID req_/);
		const { clientSecret } = bench.sandbox.salesOs;
		for (const secret of [clientSecret, 'Bearer ', 'authorization']) {
			expect(JSON.stringify([error, error?.context, error?.messages, raw.data.resultData]).toLowerCase()).not.toContain(secret.toLowerCase());
		}
	});

	test('does not repeat a write whose outcome is unknown, unless that is said to be safe', async () => {
		const write = { method: 'POST', path: '/v1/leads', body: '{"name": "Ana", "email": "ana@people.example"}' };
		const cut = () => bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'resetAfterWork' });
		cut();
		const unsure = await salesOs(write);
		expect(unsure.error?.message).toMatch(/^It is not known whether SalesOS carried out the request/);
		expect(requests(bench.sandbox, 'POST')).toHaveLength(1);

		bench.sandbox.reset();
		cut();
		const repeated = await salesOs({ ...write, safeToRepeat: true });
		expect(repeated.error).toBeUndefined();
		expect(requests(bench.sandbox, 'POST')).toHaveLength(2);
	});

	test('waits for a 429 and goes on', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', method: 'POST', kind: 'tooManyRequests', retryAfterSeconds: 1 });
		const { error, hints } = await salesOs({ method: 'POST', path: '/v1/leads', body: { name: 'Ana', email: 'ana@people.example' } });
		expect(error).toBeUndefined();
		const [first, second] = requests(bench.sandbox, 'POST');
		expect(second.at - first.at).toBeGreaterThanOrEqual(1000);
		expect(hints.map(({ message }) => message).join()).toMatch(/429/);
	});

	test('wraps an answer that n8n would take for a failed item', async () => {
		bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'answer', status: 200, body: '{"error": "none", "ok": true}' });
		expect(jsonOf((await salesOs({ path: '/v1/stages' })).items)).toEqual([{ data: { error: 'none', ok: true } }]);
		bench.sandbox.faults.add({ vendor: 'salesOs', kind: 'answer', status: 200, body: '[{"id": 1}, 7]' });
		expect(jsonOf((await salesOs({ path: '/v1/stages' })).items)).toEqual([{ id: 1 }, { data: 7 }]);
	});
});

describe('OutboundSync', () => {
	test.each(['/me', 'me', '/api/v1/me'])('reads %s below /api/v1', async (path) => {
		const { error, items } = await outboundSync({ path });
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ account: { id: expect.anything() as unknown } });
		expect(outboundSyncSends().map((entry) => entry.path)).toEqual(['/api/v1/me']);
	});

	test('follows cursors to the end, over short pages', async () => {
		const to = Date.now();
		const query = parameter(['from', new Date(to - 30 * 86_400_000).toISOString()], ['to', new Date(to).toISOString()]);
		const { error, items } = await outboundSync({ path: '/syncs', queryParameters: query, readPages: true, returnAll: true });
		expect(error).toBeUndefined();
		const ids = jsonOf(items).map(({ id }) => id);
		const expected = bench.sandbox.outboundSync.state.syncs.all().filter(({ createdAt }) => Date.parse(createdAt) >= to - 30 * 86_400_000);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids).toHaveLength(expected.length);
		expect(outboundSyncSends().length).toBeGreaterThan(1);
	});

	test('sends a body and meets the write', async () => {
		const { error, items } = await outboundSync({
			method: 'POST',
			path: '/webhooks',
			body: '{"url": "https://flows.example/hook", "enabledEvents": ["sync.failed"]}',
		});
		expect(error).toBeUndefined();
		expect(items[0].json.id).toMatch(/^oswhk_/);
	});

	test('says what a refused call needs, and holds no secret', async () => {
		bench.sandbox.outboundSync.settings.canUseWebhooks = false;
		try {
			const { error, raw } = await outboundSync({ path: '/webhooks' });
			expect(error).toMatchObject({ httpCode: '403' });
			expect(error?.description).toMatch(/webhooks/);
			expect(JSON.stringify([error, raw.data.resultData])).not.toContain(bench.sandbox.outboundSync.apiKey);
		} finally {
			bench.sandbox.outboundSync.settings.canUseWebhooks = true;
		}
	});

	test.each(['//evil.example', 'https://evil.example/api/v1/me', '/sources/%2e%2e/%2e%2e/admin'])('refuses %s before anything is sent', async (path) => {
		const { error } = await outboundSync({ path });
		expect(error?.message).toMatch(/^Path /);
		expect(outboundSyncSends()).toEqual([]);
	});
});

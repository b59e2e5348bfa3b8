import { startSandbox, type Sandbox } from '../../../sandbox/index';
import { salesOsApi, type Api, TestClock } from './support';

let sandbox: Sandbox;
let api: Api;
const clock = new TestClock();
const unknownId = '00000000-0000-4000-a000-000000000000';

beforeAll(async () => {
	sandbox = await startSandbox({ clock, plan: 'enterprise' });
});
afterAll(async () => await sandbox.stop());
beforeEach(async () => {
	sandbox.reset();
	Object.assign(sandbox.salesOs.settings, { requiredFieldsByStage: {}, requestIdPlace: 'meta', updatedAfterFilter: true });
	api = await salesOsApi(sandbox);
});

const stageId = (name: string): string => sandbox.salesOs.state.stage(name)?.id ?? '';

describe('leads', () => {
	test('create, read, change, delete', async () => {
		const created = await api('POST', '/v1/leads', { name: 'Ána', email: 'ana@example.com', tags: ['a'], custom_fields: { x: 1 } });
		expect(created.status).toBe(201);
		expect(created.json.data).toMatchObject({ name: 'Ána', status: 'new', owner_id: null, created_at: '2026-03-02T10:00:00.000Z' });
		expect(created.json.meta.request_id).toMatch(/^req_/);
		const path = `/v1/leads/${created.json.data.id}`;
		clock.advance(5000);
		const changed = await api('PATCH', path, { company: 'Aurora', custom_fields: { y: 2 } });
		expect(changed.json.data).toMatchObject({ company: 'Aurora', name: 'Ána', custom_fields: { x: 1, y: 2 }, updated_at: '2026-03-02T10:00:05.000Z' });
		expect((await api('GET', path)).json.data).toEqual(changed.json.data);
		const removed = await api('DELETE', path);
		expect([removed.status, removed.text]).toEqual([204, '']);
		expect((await api('GET', path)).json.error.code).toBe('NOT_FOUND');
		expect((await api('DELETE', path)).status).toBe(404);
	});

	test('a second lead with the same email is not refused', async () => {
		const lead = { name: 'Ana', email: 'ana@example.com' };
		expect((await api('POST', '/v1/leads', lead)).status).toBe(201);
		expect((await api('POST', '/v1/leads', lead)).status).toBe(201);
		expect((await api('GET', '/v1/leads?search=ANA@example')).json.meta.total).toBe(2);
	});

	test.each([
		[{}, ['name', 'email']],
		[{ name: ' ', email: 'ana@example.com' }, ['name']],
		[{ name: 'Ana', email: 'ana@' }, ['email']],
		[{ name: 'Ana', email: 'ana@example.com', status: 'cold' }, ['status']],
		[{ name: 'Ana', email: 'ana@example.com', owner_id: 'me', tags: 'a' }, ['owner_id', 'tags']],
		[{ name: 'Ana', email: 'ana@example.com', owner_id: unknownId }, ['owner_id']],
	])('%j is refused, naming %j', async (body, fields) => {
		const reply = await api('POST', '/v1/leads', body);
		expect(reply.status).toBe(400);
		expect(reply.json.error.code).toBe('VALIDATION_ERROR');
		expect(reply.json.error.details.map((detail) => detail.field)).toEqual(fields);
		expect(sandbox.salesOs.state.leads.size).toBe(0);
	});

	test('every filter keeps what it should', async () => {
		const [marcos, , pedro] = sandbox.salesOs.state.users.all().slice(1);
		const add = sandbox.salesOs.addLead;
		const at = (day: number): string => `2026-02-0${day}T00:00:00.000Z`;
		add({ name: 'One', email: 'one@example.com', company: 'Aurora', source: 'web', owner_id: marcos.id, team_id: marcos.team_id, created_at: at(1), updated_at: at(4) });
		add({ name: 'Two', email: 'two@example.com', company: 'Boreal', source: 'event', status: 'contacted', created_at: at(2), updated_at: at(2) });
		add({ name: 'Three', email: 'three@example.com', company: 'aurora II', source: 'web', owner_id: pedro.id, created_at: at(3), updated_at: at(3) });
		const names = async (query: string): Promise<unknown> =>
			(await api('GET', `/v1/leads?sort=created_at&${query}`)).json.data.map((lead) => lead.name);
		expect(await names('status=contacted')).toEqual(['Two']);
		expect(await names('source=web')).toEqual(['One', 'Three']);
		expect(await names(`owner_id=${pedro.id}`)).toEqual(['Three']);
		expect(await names(`team_id=${marcos.team_id}`)).toEqual(['One']);
		expect(await names(`created_after=${at(2)}`)).toEqual(['Two', 'Three']);
		expect(await names(`created_before=${at(2)}`)).toEqual(['One', 'Two']);
		expect(await names('search=aurora')).toEqual(['One', 'Three']);
		expect(await names('search=TWO%40')).toEqual(['Two']);
		expect(await names(`search=aurora&created_after=${at(2)}`)).toEqual(['Three']);
		expect(await names(`updated_after=${at(3)}`)).toEqual(['One', 'Three']);
		sandbox.salesOs.settings.updatedAfterFilter = false;
		expect(await names(`updated_after=${at(3)}`)).toEqual(['One', 'Two', 'Three']);
		const sorted = await api('GET', '/v1/leads?sort=-name');
		expect(sorted.json.data.map((lead) => lead.name)).toEqual(['Two', 'Three', 'One']);
	});

	test('pages: 25 by default, 100 at most, counted in meta, newest first', async () => {
		const seeded = sandbox.salesOs.seedLeads(130);
		const first = await api('GET', '/v1/leads');
		expect(first.json.data).toHaveLength(25);
		expect(first.json.meta).toEqual({ total: 130, page: 1, per_page: 25, total_pages: 6 });
		expect(first.json.data[0].id).toBe(seeded[129].id);
		const pages = await Promise.all([1, 2, 3].map(async (page) => await api('GET', `/v1/leads?per_page=100&page=${page}`)));
		expect(pages.map((page) => page.json.data.length)).toEqual([100, 30, 0]);
		const ids = pages.flatMap((page) => page.json.data.map((lead) => lead.id));
		expect(new Set(ids).size).toBe(130);
	});

	test.each(['page=0', 'page=x', 'per_page=101', 'sort=secret', 'status=cold', 'owner_id=me', 'created_after=yesterday'])(
		'?%s is refused, naming the parameter',
		async (query) => {
			const reply = await api('GET', `/v1/leads?${query}`);
			expect(reply.status).toBe(400);
			expect(reply.json.error.details[0].field).toBe(query.split('=')[0]);
		},
	);

	test('converts once, into a deal with what the lead knows', async () => {
		const lead = sandbox.salesOs.addLead({ name: 'Ana', email: 'ana@example.com', company: 'Aurora' });
		const converted = await api('POST', `/v1/leads/${lead.id}/convert`, { value: 1200, stage_id: stageId('Proposal'), expected_close_date: '2026-04-01' });
		expect(converted.status).toBe(201);
		expect(converted.json.data).toMatchObject({
			name: 'Aurora',
			value: 1200,
			stage: { name: 'Proposal', probability: 50 },
			contact_email: 'ana@example.com',
			expected_close_date: '2026-04-01',
			lead_id: lead.id,
			status: 'open',
		});
		expect(sandbox.salesOs.state.leads.get(lead.id)?.status).toBe('converted');
		expect((await api('POST', `/v1/leads/${lead.id}/convert`)).status).toBe(400);
		expect(sandbox.salesOs.state.deals.size).toBe(1);
	});
});

describe('deals', () => {
	test('created in the first stage, moved, won', async () => {
		const created = await api('POST', '/v1/deals', { name: 'Fleet', value: 900 });
		expect(created.json.data).toMatchObject({ status: 'open', priority: 'medium', stage: { name: 'Prospecting', probability: 10 } });
		expect(created.json.data).not.toHaveProperty('stage_id');
		const path = `/v1/deals/${created.json.data.id}`;
		const moved = await api('POST', `${path}/move`, { stage_id: stageId('Negotiation') });
		expect(moved.json.data.stage).toEqual({ id: stageId('Negotiation'), name: 'Negotiation', probability: 75 });
		const won = await api('POST', `${path}/close`, { status: 'won', value: 950 });
		expect(won.json.data).toMatchObject({ status: 'won', value: 950, stage: { name: 'Closed Won' } });
		expect((await api('POST', `${path}/close`, { status: 'lost' })).status).toBe(400);
		expect((await api('PATCH', path, { priority: 'high' })).json.data).toMatchObject({ priority: 'high', status: 'won' });
		expect((await api('DELETE', path)).status).toBe(204);
	});

	test('lost with a reason', async () => {
		const { id } = sandbox.salesOs.addDeal({ name: 'Fleet' });
		const lost = await api('POST', `/v1/deals/${id}/close`, { status: 'lost', loss_reason: 'price' });
		expect(lost.json.data).toMatchObject({ status: 'lost', loss_reason: 'price', stage: { name: 'Closed Lost', probability: 0 } });
	});

	test('a stage can require fields, and says which are missing', async () => {
		sandbox.salesOs.settings.requiredFieldsByStage = { Proposal: ['expected_close_date', 'custom_fields.budget', 'value'] };
		const { id } = sandbox.salesOs.addDeal({ name: 'Fleet', value: 10 });
		const move = async (): ReturnType<Api> => await api('POST', `/v1/deals/${id}/move`, { stage_id: stageId('Proposal') });
		const refused = await move();
		expect(refused.status).toBe(400);
		expect(refused.json.error.details.map((detail) => detail.field)).toEqual(['expected_close_date', 'custom_fields.budget']);
		expect(sandbox.salesOs.state.deals.get(id)?.stage_id).toBe(stageId('Prospecting'));
		await api('PATCH', `/v1/deals/${id}`, { expected_close_date: '2026-05-01', custom_fields: { budget: 5 } });
		expect((await move()).status).toBe(200);
	});

	test.each([
		[{}, 'name'],
		[{ name: 'A', value: -1 }, 'value'],
		[{ name: 'A', value: '5' }, 'value'],
		[{ name: 'A', expected_close_date: '2026-02-30' }, 'expected_close_date'],
		[{ name: 'A', stage_id: unknownId }, 'stage_id'],
		[{ name: 'A', priority: 'urgent' }, 'priority'],
	])('%j is refused, naming %s', async (body, field) => {
		const reply = await api('POST', '/v1/deals', body);
		expect(reply.status).toBe(400);
		expect(reply.json.error.details.map((detail) => detail.field)).toEqual([field]);
	});

	test('every filter and sort', async () => {
		const [ana] = sandbox.salesOs.state.users.all();
		const add = sandbox.salesOs.addDeal;
		add({ name: 'A', value: 300, expected_close_date: '2026-03-10', owner_id: ana.id, company: 'Aurora' });
		add({ name: 'B', value: 100, expected_close_date: '2026-03-20', stage_id: stageId('Proposal') });
		add({ name: 'C', value: 200, stage_id: stageId('Closed Won'), contact_email: 'c@example.com' });
		const names = async (query: string): Promise<unknown> =>
			(await api('GET', `/v1/deals?${query}`)).json.data.map((deal) => deal.name);
		expect(await names('sort=value')).toEqual(['B', 'C', 'A']);
		expect(await names('sort=-expected_close_date')).toEqual(['B', 'A', 'C']);
		expect(await names('status=won')).toEqual(['C']);
		expect(await names(`stage_id=${stageId('Proposal')}`)).toEqual(['B']);
		expect(await names(`owner_id=${ana.id}`)).toEqual(['A']);
		expect(await names('sort=value&min_value=100&max_value=200')).toEqual(['B', 'C']);
		expect(await names('close_date_after=2026-03-11')).toEqual(['B']);
		expect(await names('close_date_before=2026-03-11')).toEqual(['A']);
		expect(await names('search=c%40example')).toEqual(['C']);
		expect((await api('GET', '/v1/deals?sort=name')).status).toBe(400);
	});
});

describe('people and stages', () => {
	test('the six default stages in order', async () => {
		const { json } = await api('GET', '/v1/stages');
		expect(json.data.map(({ name, probability }) => [name, probability])).toEqual([
			['Prospecting', 10],
			['Qualification', 25],
			['Proposal', 50],
			['Negotiation', 75],
			['Closed Won', 100],
			['Closed Lost', 0],
		]);
	});

	test('invite, update, deactivate, stats', async () => {
		const [team] = sandbox.salesOs.state.teams.all();
		const invited = await api('POST', '/v1/users', { name: 'Rui', email: 'rui@sandbox.example', role: 'sales_rep', team_id: team.id });
		expect(invited.status).toBe(201);
		expect(invited.json.data).toMatchObject({ status: 'invited', team: { id: team.id, name: team.name } });
		expect((await api('POST', '/v1/users', { name: 'Rui', email: 'RUI@sandbox.example', role: 'admin' })).json.error.details[0].field).toBe('email');
		const path = `/v1/users/${invited.json.data.id}`;
		expect((await api('PATCH', path, { role: 'manager', status: 'active' })).json.data).toMatchObject({ role: 'manager', status: 'active' });
		sandbox.salesOs.addDeal({ name: 'Won', value: 70, owner_id: String(invited.json.data.id), stage_id: stageId('Closed Won') });
		expect((await api('GET', `${path}/stats`)).json.data).toMatchObject({ deals_won: 1, revenue_won: 70, win_rate: 1 });
		expect((await api('DELETE', path)).status).toBe(204);
		expect((await api('GET', path)).json.data.status).toBe('deactivated');
		expect((await api('GET', '/v1/users?status=deactivated&role=manager')).json.meta.total).toBe(1);
		expect((await api('GET', '/v1/teams')).json.data).toHaveLength(3);
	});
});

describe('integration endpoint', () => {
	const path = '/functions/v1/default-integration';
	const collaborator = (id: number, extra: object = {}): object => ({ external_id: `c${id}`, name: `C ${id}`, email: `c${id}@example.com`, ...extra });
	const activity = (id: number, extra: object = {}): object => ({ activity_code: '001', external_id: `a${id}`, collaborator_email: 'c1@example.com', ...extra });

	test('collaborators: created, existing and partial failure, all in one 200', async () => {
		const collaborators = [collaborator(1), collaborator(2, { email: 'nope' }), collaborator(3, { document: 'x'.repeat(21) }), collaborator(1)];
		const reply = await api('POST', path, { action: 'sync_collaborators', collaborators });
		expect(reply.status).toBe(200);
		expect(reply.json.data).toMatchObject({ created: 1, existing: 1, total: 4 });
		expect(reply.json.data.errors).toHaveLength(2);
	});

	test('activities: repeats are duplicates, strangers are skipped', async () => {
		await api('POST', path, { action: 'sync_collaborators', collaborators: [collaborator(1)] });
		const body = { action: 'sync_activities', activities: [activity(1), activity(2), activity(1), activity(3, { collaborator_email: 'x@example.com' })] };
		expect((await api('POST', path, body)).json.data).toMatchObject({ processed: 2, duplicates: 1, skipped: 1, total: 4 });
		expect((await api('POST', path, body)).json.data).toMatchObject({ processed: 0, duplicates: 3, skipped: 1 });
		expect(sandbox.salesOs.state.activities.size).toBe(2);
	});

	test('malformed activities are refused with index and field', async () => {
		const reply = await api('POST', path, { action: 'sync_activities', activities: [activity(1), activity(2, { activity_code: '000', external_id: '' })] });
		expect(reply.status).toBe(400);
		expect(reply.json.error.details).toEqual([
			{ index: 1, field: 'activity_code', message: expect.any(String) },
			{ index: 1, field: 'external_id', message: expect.any(String) },
		]);
		expect(sandbox.salesOs.state.activities.size).toBe(0);
	});

	test.each([
		[{ action: 'sync_collaborators', collaborators: Array.from({ length: 501 }, (_, id) => collaborator(id)) }, 'collaborators'],
		[{ action: 'sync_activities', activities: Array.from({ length: 1001 }, (_, id) => activity(id)) }, 'activities'],
		[{ action: 'sync_activities' }, 'activities'],
		[{ action: 'sync_everything' }, 'action'],
	])('wrong input is refused (%#)', async (body, field) => {
		const reply = await api('POST', path, body);
		expect(reply.status).toBe(400);
		expect(reply.json.error.details[0].field).toBe(field);
	});
});

describe('conventions', () => {
	test('405 with METHOD_NOT_ALLOWED where the path exists, 404 elsewhere', async () => {
		const reply = await api('PUT', '/v1/leads');
		expect([reply.status, reply.json.error.code, reply.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST']);
		expect((await api('GET', `/v1/webhooks/${unknownId}`)).status).toBe(405);
		expect((await api('GET', '/v1/nothing')).json.error.code).toBe('NOT_FOUND');
	});

	test.each(['meta', 'error', 'top'] as const)('request_id stands in %s when set so', async (place) => {
		sandbox.salesOs.settings.requestIdPlace = place;
		const { json } = await api('GET', `/v1/leads/${unknownId}`);
		const places = { meta: json.meta.request_id, error: json.error.request_id, top: json.request_id };
		expect(places[place]).toMatch(/^req_/);
		expect(Object.values(places).filter((id) => id !== undefined)).toHaveLength(1);
	});

	test('bodies: 1 MB at most, JSON only', async () => {
		const lead = (size: number): string => {
			const body = JSON.stringify({ name: 'Ana', email: 'ana@example.com', company: '' });
			return body.replace('"company":""', `"company":"${'x'.repeat(size - body.length)}"`);
		};
		expect((await api('POST', '/v1/leads', lead(1024 * 1024))).status).toBe(201);
		expect((await api('POST', '/v1/leads', lead(1024 * 1024 + 1))).status).toBe(413);
		expect((await api('POST', '/v1/leads', '{"name":')).json.error.code).toBe('VALIDATION_ERROR');
		expect((await api('POST', '/v1/leads', '[1]')).status).toBe(400);
		expect((await api('POST', '/v1/leads', 'name=Ana', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(400);
		expect(sandbox.salesOs.state.leads.size).toBe(1);
	});
});

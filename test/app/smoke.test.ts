import type { INode } from 'n8n-workflow';
import { startN8n } from '../../sandbox/n8n/instance';
import type { WorkflowRecord } from '../../sandbox/n8n/records';
import { N8nSession, outputOf } from '../../sandbox/n8n/session';
import { DEMO_OWNER } from '../../sandbox/n8n/session';
import type { App } from './app';
import { APP_START_TIMEOUT_MS, startApp } from './app';

const PACKAGE = 'n8n-nodes-salesos-outboundsync';

let app: App;

beforeAll(async () => {
	app = await startApp();
}, APP_START_TIMEOUT_MS);

afterAll(async () => {
	await app?.stop();
});

function credentialOf(type: string): { id: string; name: string } {
	const found = app.credentials.find((credential) => credential.type === type);
	if (!found) throw new Error(`No demo credential of type ${type}`);
	return { id: found.id, name: found.name };
}

function node(name: string, type: string, parameters: INode['parameters'], credentials?: INode['credentials']): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters, credentials };
}

function chain(name: string, ...nodes: INode[]): WorkflowRecord {
	const connections: WorkflowRecord['connections'] = {};
	nodes.slice(1).forEach(({ name: next }, index) => {
		connections[nodes[index].name] = { main: [[{ node: next, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections };
}

const manualTrigger = node('Start', 'n8n-nodes-base.manualTrigger', {});

function leadWorkflow(email: string): WorkflowRecord {
	return chain(
		'Create a lead',
		manualTrigger,
		node(
			'Lead',
			`${PACKAGE}.salesOs`,
			{ authentication: 'oAuth2', resource: 'lead', operation: 'create', name: 'Ana Souza', email },
			{ salesOsOAuth2Api: credentialOf('salesOsOAuth2Api') },
		),
		node(
			'Account',
			`${PACKAGE}.outboundSync`,
			{ resource: 'account', operation: 'getMe' },
			{ outboundSyncApi: credentialOf('outboundSyncApi') },
		),
	);
}

function leadsCreatedFor(email: string): number {
	return app.sandbox.journal
		.list({ vendor: 'salesOs', method: 'POST', path: '/v1/leads' })
		.filter(({ body, status }) => status === 201 && (body as { email?: string }).email === email).length;
}

describe('the package in the real n8n', () => {
	it('is installed as a community package with its nodes loaded', async () => {
		const types = await app.session.listNodeTypes(PACKAGE);
		expect(types).toEqual(expect.arrayContaining([`${PACKAGE}.salesOs`, `${PACKAGE}.outboundSync`]));

		const [installed, ...others] = await app.session.listCommunityPackages();
		expect(others).toEqual([]);
		expect(installed).toMatchObject({ packageName: PACKAGE, failedLoading: false });
		expect(installed.installedNodes.map(({ type }) => type)).toEqual(
			expect.arrayContaining([`${PACKAGE}.salesOs`, `${PACKAGE}.outboundSync`]),
		);
	});

	it.each(['salesOsOAuth2Api', 'salesOsSignedApi', 'outboundSyncApi'])('passes the test of the imported %s credential', async (type) => {
		expect(await app.session.testCredential(credentialOf(type).id)).toMatchObject({ status: 'OK' });
	});

	it('reports a refused credential as refused', async () => {
		const { id } = await app.session.createCredential({
			name: 'Wrong key',
			type: 'outboundSyncApi',
			data: { apiKey: 'osapi_nobody', baseUrl: app.sandbox.outboundSync.origin },
		});
		expect(await app.session.testCredential(id)).toMatchObject({ status: 'Error' });
	});

	it('runs a workflow of both nodes from the editor', async () => {
		const email = 'editor@example.com';
		const { id } = await app.session.createWorkflow(leadWorkflow(email));
		const execution = await app.session.executeWorkflow(id);

		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(outputOf(execution, 'Lead')).toEqual([expect.objectContaining({ email })]);
		expect(outputOf(execution, 'Account')).toHaveLength(1);
		expect(leadsCreatedFor(email)).toBe(1);
		expect(await app.session.listExecutions({ workflowId: id })).toHaveLength(1);
	});

	it('runs an imported workflow from the command line', async () => {
		const email = 'command-line@example.com';
		await app.n8n.commands.importWorkflows([{ ...leadWorkflow(email), id: 'smokeCommandLine' }]);
		const { status, data } = await app.n8n.commands.execute('smokeCommandLine');

		expect(status).toBe('success');
		expect(data.resultData.runData['Account'][0].executionStatus).toBe('success');
		expect(leadsCreatedFor(email)).toBe(1);
	});
});

describe('the handling of n8n', () => {
	it('refuses a wrong password', async () => {
		await expect(N8nSession.signIn(app.n8n.origin, { ...DEMO_OWNER, password: 'Not-the-password-1' })).rejects.toThrow('401');
	});

	it('listens after activation, on the new path after a change, and no longer after deactivation', async () => {
		const hook = (path: string) => ({ ...node('Hook', 'n8n-nodes-base.webhook', { path, httpMethod: 'POST' }), webhookId: path });
		const call = async (path: string) => (await fetch(`${app.n8n.origin}/webhook/${path}`, { method: 'POST' })).status;
		const { id } = await app.session.createWorkflow(chain('Hook', hook('first')));
		expect(await call('first')).toBe(404);

		await app.session.activateWorkflow(id);
		expect(await call('first')).toBe(200);

		await app.session.updateWorkflow(id, { name: 'Renamed', nodes: [hook('second')] });
		expect([await call('first'), await call('second')]).toEqual([404, 200]);
		expect((await app.session.getWorkflow(id)).name).toBe('Renamed');

		await app.session.deactivateWorkflow(id);
		expect(await call('second')).toBe(404);
		await app.session.deleteWorkflow(id);
		await expect(app.session.getWorkflow(id)).rejects.toThrow('404');
	});

	it('tells of a taken port', async () => {
		const second = startN8n({ userFolder: app.userFolder, port: app.n8n.port });
		await expect(second).rejects.toThrow(`Port ${app.n8n.port}, which n8n was to use, is taken`);
	});

	it('keeps workflows, credentials and the package over a restart', async () => {
		const { id } = await app.session.createWorkflow(leadWorkflow('restart@example.com'));
		await app.restart();

		expect((await app.session.executeWorkflow(id)).status).toBe('success');
		expect(leadsCreatedFor('restart@example.com')).toBe(1);
		expect(await app.session.listCommunityPackages()).toHaveLength(1);
	});
});

import { answer, json, startHostileServer, type Behaviour, type HostileServer } from '../../support/hostileServer';
import { HostileBench, NAME, secretsIn, shown, type Sender } from './bench';
import { Certificates } from './certificates';
import { NodeProcess } from './nodeProcess';
import { namesOf, once, OPERATIONS } from './operations';

/**
 * What is sent with a credential reaches the host in the credential, and no other one, whatever that
 * host says: no redirect is followed, and no TLS certificate is taken that is not in order.
 */

let bench: HostileBench;
let server: HostileServer;
/** Everywhere that a redirect may point to. */
let others: HostileServer[];

beforeAll(async () => {
	bench = await HostileBench.start();
});
beforeEach(async () => {
	server = await startHostileServer('');
	others = [
		await startHostileServer(''),
		// Another host, as the operating system has it.
		await startHostileServer('', undefined, '127.0.0.2'),
		await startHostileServer('', undefined, 'localhost'),
	];
	for (const other of others) other.behave(answer(200, '{"data": {"id": "stolen"}, "account": {}}'));
});
afterEach(async () => await Promise.all([server, ...others].map(async (one) => await one.stop())));
afterAll(async () => await bench.stop());

const STATUSES = [301, 302, 303, 307, 308];

/** The forms in which a redirect can name a place, this server itself included. */
function locations(): string[] {
	const [port, host, name] = others.map(({ origin }) => origin);
	return [`${port}/v1/leads?take=1`, `${host}/`, name, host.replace('http:', ''), `http://user:pass@${host.replace('http://', '')}/`, `${server.origin}/elsewhere`, '/elsewhere', ''];
}

function expectNothingElsewhere(): void {
	expect(others.flatMap(({ requests }) => requests)).toEqual([]);
	expect(server.requests.filter(({ url }) => url?.includes('elsewhere'))).toEqual([]);
}

it('notices a request that went elsewhere, and what it carried', async () => {
	const [other] = others;
	const headers = { authorization: 'Bearer access-token-91ab7f' };
	server.behave((_request, response) => response.writeHead(307, { location: other.origin }).end());
	// A client that follows redirects with everything it has.
	const redirect = await fetch(server.origin, { headers, redirect: 'manual' });
	await fetch(redirect.headers.get('location') ?? '', { headers });
	expect(other.requests.flatMap((request) => secretsIn(shown(request)))).toEqual(['token']);
	expect(expectNothingElsewhere).toThrow();
});

describe.each(namesOf('read', 'write', 'file'))('%s', (name) => {
	const operation = OPERATIONS[name];

	it.each(STATUSES)('follows no redirect of status %d', async (status) => {
		for (const location of locations()) {
			server.behave(answer(status, '', { location }));
			const { error } = await bench.run(operation.sender, server.origin, once(operation));
			expect(error?.message).toMatch(new RegExp(`^${NAME[operation.sender]} refused the request: .*status ${status}`));
			expect(error?.description).toContain('Redirects are not followed, because they would carry your credentials along');
			expect(error?.httpCode).toBe(String(status));
			expect(server.requests).toHaveLength(1);
			expectNothingElsewhere();
		}
	});
});

describe.each<Sender>(['salesOs', 'salesOsSigned', 'outboundSync'])('%s', (sender) => {
	it.each(STATUSES)('follows no redirect of status %d for a list, a trigger or the test of the credential', async (status) => {
		const searches = sender === 'outboundSync' ? ['searchWebhooks', 'searchSources'] : ['searchLeads', 'searchStages'];
		for (const location of locations().slice(0, 4)) {
			server.behave(answer(status, '', { location }));
			for (const search of searches) await expect(bench.listSearch(sender, server.origin, search)).rejects.toThrow(`status ${status}`);
			for (const method of ['checkExists', 'create', 'delete'] as const) {
				await expect(bench.trigger(sender, server.origin).hook(method)).rejects.toThrow(`status ${status}`);
			}
			const tested = await bench.testCredential(sender, server.origin);
			expect(tested.status).toBe('Error');
			expect(secretsIn(tested.message)).toEqual([]);
			expectNothingElsewhere();
		}
	});
});

describe('a redirect of the server that gives tokens', () => {
	/** What n8n 2.41 does by itself, before any request of ours: documented in docs/security.md, and looked at here. */
	it.each([
		[301, []],
		[302, []],
		[303, []],
		[307, ['client secret']],
		[308, ['client secret']],
	])('of status %d is followed by n8n, with what the status says', async (status, carried) => {
		const bodies: string[] = [];
		const [other] = others;
		other.behave((_request, response) => json(response, 400, {}));
		const thief = await startThief(bodies);
		const auth = await startAuth((_request, response) => response.writeHead(status, { location: `${thief.origin}/token` }).end());
		const { error } = await bench.run('salesOs', server.origin, once(OPERATIONS['SalesOS: get']), { authOrigin: auth.origin });
		await Promise.all([auth.stop(), thief.stop()]);
		expect(error?.message).toContain('No connection to SalesOS: no access token could be obtained');
		expect(secretsIn(JSON.stringify(error))).toEqual([]);
		expect(bodies.length).toBeGreaterThan(0);
		expect(bodies.some((body) => body.includes('client-secret-5d0c1e')) ? ['client secret'] : []).toEqual(carried);
		expect(server.requests).toEqual([]);
	});
});

/** A server that keeps the bodies that it is sent, and gives no token. */
async function startThief(bodies: string[]): Promise<HostileServer> {
	return await startAuth((request, response) => {
		let body = '';
		request.on('data', (piece: Buffer) => (body += piece.toString()));
		request.on('end', () => {
			bodies.push(body);
			json(response, 400, { error: 'no' });
		});
	});
}

async function startAuth(behaviour: Behaviour): Promise<HostileServer> {
	const { createServer } = await import('node:http');
	return await startHostileServer('', () => createServer((request, response) => behaviour(request, response)));
}

describe('TLS', () => {
	let certificates: Certificates;
	let trusting: NodeProcess;

	beforeAll(async () => {
		certificates = new Certificates();
		trusting = await NodeProcess.start({ env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile } });
	}, 120_000);
	afterAll(async () => {
		await trusting.stop();
		certificates.remove();
	});

	async function secure(behaviour: Behaviour, { certificateFor = '127.0.0.1', days = 1 } = {}): Promise<HostileServer> {
		const started = await startHostileServer('', certificates.server(certificateFor, days));
		started.behave(behaviour);
		return started;
	}

	const get = OPERATIONS['OutboundSync: get'];
	const create = OPERATIONS['OutboundSync: create'];
	const httpsOf = ({ origin }: HostileServer): string => origin.replace('http:', 'https:');

	it('with a certificate in order is spoken', async () => {
		const good = await secure(answer(200, '{"account": {"id": 1}}'));
		const { items, message } = await trusting.run({ sender: 'outboundSync', origin: httpsOf(good), parameters: once(get) });
		await good.stop();
		expect([message, items]).toEqual([undefined, 1]);
		expect(good.requests.flatMap((request) => secretsIn(shown(request)))).toEqual(['apiKey']);
	});

	it.each([
		['that has expired', { days: -1 }, 'CERT_HAS_EXPIRED'],
		['of another host', { certificateFor: 'other.example.com' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
	])('with a certificate %s is not, and nothing is sent', async (_what, certificate, code) => {
		const bad = await secure(answer(200, '{}'), certificate);
		for (const operation of [get, create]) {
			const { description, message } = await trusting.run({ sender: 'outboundSync', origin: httpsOf(bad), parameters: once(operation) });
			expect(message).toBe(`No connection to OutboundSync: its TLS certificate or protocol is not accepted (${code})`);
			expect(description).toContain('Check the base URL in the credential');
		}
		await bad.stop();
		expect(bad.requests).toEqual([]);
	});

	it('of an authority that nobody trusts is not, and nothing is sent', async () => {
		const bad = await secure(answer(200, '{}'));
		const { error } = await bench.run('salesOsSigned', httpsOf(bad), once(OPERATIONS['SalesOS, signed: create']));
		await bad.stop();
		expect(error?.message).toMatch(/^No connection to SalesOS: its TLS certificate or protocol is not accepted \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)\)$/);
		expect(bad.requests).toEqual([]);
	});

	it.each(STATUSES)('is not left for plain HTTP by a redirect of status %d', async (status) => {
		const [other] = others;
		const good = await secure(answer(status, '', { location: `${other.origin}/api/v1/me` }));
		const { message } = await trusting.run({ sender: 'outboundSync', origin: httpsOf(good), parameters: once(get) });
		await good.stop();
		expect(message).toContain(`status ${status}`);
		expect(good.requests).toHaveLength(1);
		expectNothingElsewhere();
	});
});

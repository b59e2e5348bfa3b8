import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { verifyDelivery } from '../../../nodes/shared/webhook/verify';
import { SECRET } from './referenceSigner';

describe('npm run sign', () => {
	const ROOT = join(__dirname, '../../..');
	let folder: string;
	let bodyPath: string;

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "sign it's-"));
		bodyPath = join(folder, 'body.json');
		writeFileSync(bodyPath, '{ "id": "evt_1",\n\t"name": "Zoë & \'$HOME`" }\n');
	});

	afterAll(() => rmSync(folder, { recursive: true }));

	const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
		new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
			const child = spawn(command, args, { cwd: ROOT, env: { PATH: process.env.PATH, ...env } });
			const output = { stdout: '', stderr: '' };
			child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
			child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
			child.on('error', reject);
			child.on('close', (code) => resolve({ code, ...output }));
		});

	const sign = (args: string[], env?: NodeJS.ProcessEnv) =>
		run('npm', ['run', '--silent', 'sign', '--', ...args], env);

	it('prints a curl line that delivers what a trigger accepts, and never the secret', async () => {
		const received: Array<{ headers: IncomingHttpHeaders; body: Buffer }> = [];
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				received.push({ headers: request.headers, body: Buffer.concat(chunks) });
				response.end();
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/a?b=c&d='e'`;
			const options = ['--url', url, '--header', 'OutboundSync-Signature', bodyPath];
			const secret = 'oswhsec_do-not-print';
			for (const [args, env] of [
				[['--scheme', 'timestamped'], { WEBHOOK_SECRET: secret }],
				[['--scheme', 'headerTimestamp', '--encoding', 'base64', '--secret', secret], {}],
			] as const) {
				const { code, stdout, stderr } = await sign([...args, ...options], env);
				expect([code, stderr]).toEqual([0, expect.not.stringContaining('refuse')]);
				expect(stdout + stderr).not.toContain(secret);
				const curl = stdout.split('\n\n')[1];
				expect(await run('sh', ['-c', `${curl.trim()} --silent --show-error --fail`])).toMatchObject({
					code: 0,
					stderr: '',
				});
				const { headers, body } = received[received.length - 1];
				const verdict = verifyDelivery({
					rawBody: body,
					headers,
					secrets: [secret],
					scheme: 'auto',
					toleranceSeconds: 300,
					nowMs: Date.now(),
				});
				expect(verdict).toMatchObject({ ok: true, scheme: args[1], payload: { id: 'evt_1' } });
			}
			expect(received).toHaveLength(2);
		} finally {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
	});

	it('signs a custom scheme at a given time, and says that a trigger would find it too old', async () => {
		const { code, stdout, stderr } = await sign(
			[
				...[
					'--scheme',
					'custom',
					'--header',
					'X-Mac',
					'--label',
					'v0=',
					'--content',
					'v0:{timestamp}:{body}',
				],
				...['--timestamp-header', 'X-Time', '--timestamp', '1700000000', bodyPath],
			],
			{ WEBHOOK_SECRET: SECRET },
		);
		expect(code).toBe(0);
		expect(stdout).toMatch(/^x-time: 1700000000\nx-mac: v0=[0-9a-f]{64}\n\ncurl /);
		expect(stderr).toContain(
			'a trigger will refuse this delivery: its signature is right but its timestamp is too old',
		);
	});

	it.each([
		[['--scheme', 'auto', 'body.json'], '--scheme must be one of timestamped, '],
		[['--scheme', 'bareBody'], 'Give one file'],
		[['--scheme', 'bareBody', '--encoding', 'rot13', 'body.json'], '--encoding must be'],
		[['--scheme', 'bareBody', '--timestamp', '1e9', 'body.json'], '--timestamp must be'],
		[['--scheme', 'bareBody', '--colour', 'body.json'], "Unknown option '--colour'"],
	])('explains itself at %j', async (args, message) => {
		const { code, stdout, stderr } = await sign(args, { WEBHOOK_SECRET: SECRET });
		expect([code, stdout]).toEqual([2, '']);
		expect(stderr).toContain(message);
		expect(stderr).toContain('WEBHOOK_SECRET=… npm run -s sign');
	});

	it('asks for a secret where there is none', async () => {
		const { code, stderr } = await sign(['--scheme', 'bareBody', bodyPath]);
		expect([code, stderr]).toEqual([
			2,
			expect.stringContaining("Set WEBHOOK_SECRET to the webhook's secret"),
		]);
	});

	it('names a file it cannot read', async () => {
		const { code, stderr } = await sign(['--scheme', 'bareBody', join(folder, 'none.json')], {
			WEBHOOK_SECRET: 'x',
		});
		expect([code, stderr]).toEqual([1, expect.stringContaining('none.json')]);
	});
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority of our own, for one test run, and what it signs. */
export class Certificates {
	private readonly folder = mkdtempSync(join(tmpdir(), 'certificates-'));

	/** The authority's certificate, for NODE_EXTRA_CA_CERTS. */
	readonly authorityFile = this.file('authority.pem');

	constructor() {
		this.openssl('req', '-x509', ...NEW_KEY, '-days', '1', '-subj', '/CN=Test Authority', '-keyout', this.file('authority.key'), '-out', this.authorityFile);
	}

	/** A maker of servers with a certificate for a host, valid for some days from now; negative days have passed. */
	server(host: string, days: number): (listener: RequestListener) => Server {
		const [key, request, certificate, extension] = ['key', 'csr', 'pem', 'ext'].map((ending) => this.file(`${host}${days}.${ending}`));
		writeFileSync(extension, `subjectAltName=${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`);
		this.openssl('req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', key, '-out', request);
		const signed = ['-CA', this.authorityFile, '-CAkey', this.file('authority.key'), '-CAcreateserial', '-days', String(days), '-extfile', extension];
		this.openssl('x509', '-req', '-in', request, ...signed, '-out', certificate);
		return (listener) => createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, listener);
	}

	remove(): void {
		rmSync(this.folder, { recursive: true });
	}

	private file(name: string): string {
		return join(this.folder, name);
	}

	private openssl(...args: string[]): void {
		execFileSync('openssl', args, { stdio: 'ignore' });
	}
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

import { randomBytes } from 'node:crypto';
import { Table, type RecordSink } from '../store/store';

export interface ApiKey {
	/** The key itself. */
	id: string;
	/** What the journal calls it, since the key is the secret. */
	label: string;
	name: string;
	scopes: Array<'read' | 'write'>;
	connectionScope: 'account' | 'connection';
	/** The one connection a connection-scoped key sees. */
	connectionId: number | null;
	revoked: boolean;
}

/** The demo keys are the same on every start, so that a stored n8n credential keeps working. */
export const demoKeys = {
	apiKey: 'osapi_sandbox_full_access',
	readOnlyKey: 'osapi_sandbox_read_only',
	connectionScopedKey: 'osapi_sandbox_one_connection',
} as const;

export class ApiKeys {
	readonly table: Table<ApiKey>;

	constructor(sink?: RecordSink) {
		this.table = new Table('outboundSync.keys', sink);
		if (this.table.size === 0) this.seed();
	}

	add(key: Partial<ApiKey> = {}): ApiKey {
		const suffix = randomBytes(8).toString('hex');
		return this.table.put({
			id: `osapi_${randomBytes(16).toString('hex')}`,
			label: `key-${suffix}`,
			name: `Key ${suffix}`,
			scopes: ['read', 'write'],
			connectionScope: 'account',
			connectionId: null,
			revoked: false,
			...key,
		});
	}

	reset(): void {
		this.table.clear();
		this.seed();
	}

	private seed(): void {
		this.add({ id: demoKeys.apiKey, label: 'full', name: 'Full access' });
		this.add({ id: demoKeys.readOnlyKey, label: 'read-only', name: 'Read only', scopes: ['read'] });
		this.add({
			id: demoKeys.connectionScopedKey,
			label: 'connection-scoped',
			name: 'One connection',
			connectionScope: 'connection',
			connectionId: 1,
		});
	}
}

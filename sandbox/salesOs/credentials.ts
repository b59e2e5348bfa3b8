import { randomBytes } from 'node:crypto';
import { Table, type RecordSink } from '../store/store';

/** Scopes seen in the vendor's pages, then those inferred by analogy. */
export const documentedScopes = ['leads:read', 'leads:write', 'deals:read', 'default:sync'] as const;
export const inferredScopes = ['deals:write', 'users:read', 'users:write', 'webhooks:read', 'webhooks:write'] as const;
export type Scope = (typeof documentedScopes)[number] | (typeof inferredScopes)[number];
export const allScopes: readonly Scope[] = [...documentedScopes, ...inferredScopes];

export interface Client {
	/** The client id. */
	id: string;
	clientSecret: string;
	name: string;
	scopes: Scope[];
	revoked: boolean;
}

export interface SignedKey {
	/** The API key, which is sent; only its secret never is. */
	id: string;
	secret: string;
	scopes: Scope[];
	/** Null for the account's default. */
	requestsPerHour: number | null;
	revoked: boolean;
}

/** The demo credentials are the same on every start, so that a stored n8n credential keeps working. */
export const demoClient = { clientId: 'sandbox-client', clientSecret: 'sandbox-client-secret' } as const;
export const demoSignedKey = { signedKey: 'sk_test_sandbox', signedSecret: 'sandbox-signing-secret' } as const;

/** The OAuth clients and signed keys an admin would manage under Admin > Integrations > API Keys. */
export class SalesOsCredentials {
	readonly clients: Table<Client>;
	readonly signedKeys: Table<SignedKey>;
	private readonly revokedTokens = new Set<string>();
	private tokensRevokedUntilMs = 0;

	constructor(sink?: RecordSink) {
		this.clients = new Table<Client>('salesOs.clients', sink);
		this.signedKeys = new Table<SignedKey>('salesOs.signedKeys', sink);
	}

	seed(): void {
		this.addClient({ id: demoClient.clientId, clientSecret: demoClient.clientSecret, name: 'Sandbox client' });
		this.addSignedKey({ id: demoSignedKey.signedKey, secret: demoSignedKey.signedSecret });
	}

	addClient(client: Partial<Client> = {}): Client {
		return this.clients.put({
			id: `client-${randomBytes(6).toString('hex')}`,
			clientSecret: randomBytes(24).toString('base64url'),
			name: 'Another client',
			scopes: [...allScopes],
			revoked: false,
			...client,
		});
	}

	addSignedKey(key: Partial<SignedKey> = {}): SignedKey {
		return this.signedKeys.put({
			id: `sk_test_${randomBytes(8).toString('hex')}`,
			secret: randomBytes(24).toString('base64url'),
			scopes: [...allScopes],
			requestsPerHour: null,
			revoked: false,
			...key,
		});
	}

	/** Makes one token worthless, by its id. */
	revokeToken(tokenId: string): void {
		this.revokedTokens.add(tokenId);
	}

	/** Makes every token minted so far worthless; the clients may fetch new ones. */
	revokeAllTokens(mintedUntilMs: number): void {
		this.tokensRevokedUntilMs = mintedUntilMs;
	}

	isRevoked(tokenId: string, mintedAtMs: number): boolean {
		return this.revokedTokens.has(tokenId) || mintedAtMs <= this.tokensRevokedUntilMs;
	}

	reset(): void {
		this.clients.clear();
		this.signedKeys.clear();
		this.revokedTokens.clear();
		this.tokensRevokedUntilMs = 0;
		this.seed();
	}
}

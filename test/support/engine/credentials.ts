import './environment';
import {
	ICredentials,
	ICredentialsHelper,
	NodeHelpers,
	Workflow,
	isExpression,
	type ICredentialDataDecryptedObject,
	type ICredentialsExpressionResolveValues,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeParameters,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type IWorkflowDataProxyAdditionalKeys,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import type { LoadedTypes } from './types';

/** Hidden fields that n8n never takes from stored data, only from the type's defaults. */
const PINNED_FIELDS = [
	'useDynamicClientRegistration',
	'authUrl',
	'accessTokenUrl',
	'grantType',
	'authentication',
	'usePkce',
];

const NOWHERE: INode = {
	id: 'none',
	name: '',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

interface StoredCredential {
	type: string;
	name: string;
	data: ICredentialDataDecryptedObject;
}

/** What n8n would keep encrypted in its database. */
class StoredCredentials extends ICredentials {
	constructor(
		details: INodeCredentialsDetails,
		private readonly stored: StoredCredential,
	) {
		super(details, stored.type);
	}

	async getData(): Promise<ICredentialDataDecryptedObject> {
		return structuredClone(this.stored.data);
	}

	getDataToSave(): never {
		throw new Error('Credentials are kept in memory and have no encrypted form');
	}

	async setData(data: ICredentialDataDecryptedObject): Promise<void> {
		this.stored.data = structuredClone(data);
	}

	async updateData(data: ICredentialDataDecryptedObject): Promise<void> {
		Object.assign(this.stored.data, structuredClone(data));
	}
}

/**
 * n8n's credentials helper over a map in memory. Only the storage is ours: resolving, expressions and
 * authentication follow n8n's own helper step by step, and tokens are minted and renewed by n8n-core.
 */
export class CredentialStore extends ICredentialsHelper {
	private readonly stored = new Map<string, StoredCredential>();

	/** How often n8n-core stored a newly minted or renewed OAuth token, by credential id. */
	readonly tokenUpdates = new Map<string, number>();

	constructor(private readonly types: LoadedTypes) {
		super();
	}

	/**
	 * Stores what a user typed into the fields of a credential.
	 * @returns the reference that a node carries
	 */
	add(
		type: string,
		data: ICredentialDataDecryptedObject,
		name = type,
	): INodeCredentialsDetails & { id: string } {
		this.types.credential(type);
		const id = randomUUID();
		this.stored.set(id, { type, name, data: structuredClone(data) });
		return { id, name };
	}

	/** The stored data as it is, OAuth token included. */
	raw(id: string): ICredentialDataDecryptedObject {
		return structuredClone(this.entry({ id, name: id }).data);
	}

	/** Changes stored fields, as saving the credential dialog does. */
	change(id: string, data: ICredentialDataDecryptedObject): void {
		Object.assign(this.entry({ id, name: id }).data, structuredClone(data));
	}

	private entry({ id, name }: INodeCredentialsDetails): StoredCredential {
		const stored = id === null ? undefined : this.stored.get(id);
		if (!stored) throw new Error(`Credential with ID "${id ?? ''}" does not exist (${name})`);
		return stored;
	}

	getParentTypes(name: string): string[] {
		return this.types.parentTypes(name);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.types.credentialProperties(type);
	}

	async getCredentials(details: INodeCredentialsDetails): Promise<ICredentials> {
		return new StoredCredentials(details, this.entry(details));
	}

	async updateCredentials(
		details: INodeCredentialsDetails,
		_type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		await (await this.getCredentials(details)).setData(data);
	}

	async updateCredentialsOauthTokenData(
		details: INodeCredentialsDetails,
		_type: string,
		{ oauthTokenData }: ICredentialDataDecryptedObject,
	): Promise<void> {
		const credentials = await this.getCredentials(details);
		await credentials.setData({ ...(await credentials.getData()), oauthTokenData });
		const id = String(details.id);
		this.tokenUpdates.set(id, (this.tokenUpdates.get(id) ?? 0) + 1);
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolveValues?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const data = await (await this.getCredentials(details)).getData();
		return raw ? data : this.resolve(type, data, additionalData, mode, executeData, resolveValues);
	}

	/** Stored fields with the type's defaults under them and expressions resolved. */
	resolve(
		type: string,
		data: ICredentialDataDecryptedObject,
		{ variables }: IWorkflowExecuteAdditionalData,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		at?: ICredentialsExpressionResolveValues,
	): ICredentialDataDecryptedObject {
		const properties = this.getCredentialsProperties(type);
		const pinned = properties.filter(
			({ name, type: kind }) => kind === 'hidden' && PINNED_FIELDS.includes(name),
		);
		const stored = Object.entries(data).filter(
			([field]) => !pinned.some(({ name }) => name === field),
		);
		const complete = NodeHelpers.getNodeParameters(
			properties,
			Object.fromEntries(stored) as INodeParameters,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		if (data.oauthTokenData !== undefined) complete.oauthTokenData = data.oauthTokenData;

		const keys: IWorkflowDataProxyAdditionalKeys = { $vars: variables };
		const parameters = complete as unknown as INodeParameters;
		const resolved = at
			? at.workflow.expression.getParameterValue(
					parameters,
					at.runExecutionData,
					at.runIndex,
					at.itemIndex,
					at.node.name,
					at.connectionInputData,
					mode,
					keys,
					executeData,
					false,
					complete,
				)
			: new Workflow({
					nodes: [NOWHERE],
					connections: {},
					active: false,
					nodeTypes: this.types,
				}).expression.getComplexParameterValue(
					NOWHERE,
					parameters,
					mode,
					keys,
					undefined,
					undefined,
					complete,
				);
		return resolved as unknown as ICredentialDataDecryptedObject;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.types.credential(typeName);
		if (!authenticate) return options;
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		if (!workflow || !node) throw new Error('Declarative authentication needs a workflow and a node');

		const resolveText = (text: string): string => {
			if (!isExpression(text)) return text;
			const value = workflow.expression.getSimpleParameterValue(
				node,
				text,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return value ? String(value) : '';
		};
		const target = options as unknown as Record<string, Record<string, unknown> | undefined>;
		for (const [part, values] of Object.entries(authenticate.properties)) {
			const into = (target[part] ??= {});
			for (const [key, value] of Object.entries(values as Record<string, string>)) {
				into[resolveText(key)] = resolveText(value);
			}
		}
		return options;
	}

	/** As n8n does: only for a type with a hidden expirable field, when that is empty or was refused. */
	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const type = this.types.credential(typeName);
		const expirable = type.properties.find(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		const details = node.credentials?.[typeName];
		if (!expirable || !type.preAuthentication || !details) return undefined;
		if (credentials[expirable.name] !== '' && !credentialsExpired) return undefined;

		const output = (await type.preAuthentication.call(
			helpers,
			credentials,
		)) as ICredentialDataDecryptedObject;
		if (output[expirable.name] === undefined) return undefined;
		const storedCredentials = await this.getCredentials(details);
		await storedCredentials.setData({ ...(await storedCredentials.getData()), ...output });
		return Object.assign(credentials, output);
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication } = this.types.credential(typeName);
		return (await preAuthentication?.call(helpers, credentials)) as
			| ICredentialDataDecryptedObject
			| undefined;
	}
}

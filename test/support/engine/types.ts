import './environment';
import { PackageDirectoryLoader, UnrecognizedCredentialTypeError, UnrecognizedNodeTypeError } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialType,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';
import { oAuth2ApiType } from './oAuth2ApiType';
import { HttpRequestNode, ItemsNode } from './standInNodes';

type AnyNode = INodeType | IVersionedNodeType;

/** What one n8n has loaded: our package from its build output, and the few stand-ins tests need. */
export class LoadedTypes implements INodeTypes {
	private readonly nodes = new Map<string, AnyNode>([
		['n8n-nodes-base.manualTrigger', new ItemsNode()],
		['n8n-nodes-base.httpRequest', new HttpRequestNode()],
	]);

	private readonly credentials = new Map<string, ICredentialType>([['oAuth2Api', oAuth2ApiType]]);

	/** @param packageName `n8n-nodes-…`; a node type without a dot belongs to it */
	constructor(readonly packageName: string) {}

	addNode(fullName: string, node: AnyNode): void {
		this.nodes.set(fullName, node);
	}

	addCredential(type: ICredentialType): void {
		this.credentials.set(type.name, type);
	}

	fullName(type: string): string {
		return type.includes('.') ? type : `${this.packageName}.${type}`;
	}

	has(fullName: string): boolean {
		return this.nodes.has(fullName);
	}

	getByName(fullName: string): AnyNode {
		const node = this.nodes.get(fullName);
		if (!node) throw new UnrecognizedNodeTypeError(...splitName(fullName));
		return node;
	}

	getByNameAndVersion(fullName: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(fullName), version);
	}

	getKnownTypes(): Record<string, never> {
		return {};
	}

	credential(name: string): ICredentialType {
		const type = this.credentials.get(name);
		if (!type) throw new UnrecognizedCredentialTypeError(name);
		return type;
	}

	/** Parents first, as n8n lists them, theirs included. */
	parentTypes(name: string): string[] {
		return (this.credential(name).extends ?? []).flatMap((parent) => [
			...this.parentTypes(parent),
			parent,
		]);
	}

	/** A credential type's fields over those of its parents. */
	credentialProperties(name: string): INodeProperties[] {
		const type = this.credential(name);
		if (!type.extends) return type.properties;
		const properties: INodeProperties[] = [];
		for (const parent of type.extends) {
			NodeHelpers.mergeNodeProperties(properties, this.credentialProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(properties, type.properties);
		return properties;
	}
}

function splitName(fullName: string): [string, string] {
	const dot = fullName.indexOf('.');
	return [fullName.slice(0, dot), fullName.slice(dot + 1)];
}

/**
 * Loads a package the way n8n does.
 * @param directory where its package.json is; `dist` must be built
 */
export async function loadPackage(directory: string): Promise<LoadedTypes> {
	const loader = new PackageDirectoryLoader(directory);
	await loader.loadAll();
	const types = new LoadedTypes(loader.packageName);
	for (const [name, { type }] of Object.entries(loader.nodeTypes)) {
		types.addNode(`${loader.packageName}.${name}`, type);
	}
	for (const { type } of Object.values(loader.credentialTypes)) types.addCredential(type);
	return types;
}

import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const FOLDER = path.resolve(__dirname, '../../sandbox/openapi');
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export const MARKS = ['documented', 'inferred', 'unknown'] as const;
export type Mark = (typeof MARKS)[number];

type Json = Record<string, unknown>;

/** One operation of an OpenAPI file. */
export interface Described {
	/** Upper case. */
	readonly method: string;
	/** With `{name}` for its variable parts. */
	readonly path: string;
	readonly mark: Mark;
	readonly scope: string;
	/** Whether the scope is documented; the file's own mark where it has none for the scope. */
	readonly scopeMark: Mark;
	/** Where it stands in the file, as a JSON pointer. */
	readonly pointer: string;
	readonly node: Json;
	readonly parameters: readonly Parameter[];
}

interface Parameter {
	readonly name: string;
	readonly in: 'path' | 'query';
	readonly required: boolean;
	readonly isList: boolean;
	/** Whether something about it is not documented. */
	readonly isDoubtful: boolean;
	readonly check: ValidateFunction;
}

/** What goes over the wire in one direction. */
export interface WireMessage {
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
}

/** An OpenAPI 3.1 file as something that requests and answers can be held against. */
export class Contract {
	readonly document: Json;
	readonly operations: readonly Described[];
	private readonly ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
	/** Parameters arrive as text, so theirs is the only validator that turns text into numbers and flags. */
	private readonly ajvOfText = new Ajv2020({ allErrors: true, allowUnionTypes: true, coerceTypes: true });
	private readonly compiled = new Map<string, ValidateFunction>();

	/** @param basePath what the server's URL puts in front of the file's paths */
	constructor(
		fileName: string,
		private readonly basePath = '',
	) {
		this.document = parse(readFileSync(path.join(FOLDER, fileName), 'utf8')) as Json;
		const closed = structuredClone(this.document);
		close(closed, new Set());
		for (const ajv of [this.ajv, this.ajvOfText]) {
			addFormats(ajv);
			// Ours, and those of the file as a whole, which is the schema that all references lead into.
			ajv.addVocabulary(['x-mark', 'x-inferred', 'x-published', 'x-source', 'openapi', 'info', 'servers', 'security', 'paths', 'components']);
			ajv.addSchema({ ...closed, $id: 'file' });
		}
		this.operations = this.readOperations();
	}

	/** The operation that a request calls; a path that is spelt out goes before one with variable parts. */
	find(method: string, url: string): Described | undefined {
		const [requestPath] = url.split('?');
		const candidates = this.operations.filter(
			(operation) => operation.method === method && expressionOf(this.basePath + operation.path).test(requestPath),
		);
		return candidates.sort((one, other) => variableParts(one) - variableParts(other))[0];
	}

	/** What is wrong with a request; nothing where it keeps to the contract. */
	requestProblems(operation: Described, url: string, { body, headers }: WireMessage): string[] {
		return [...this.parameterProblems(operation, url), ...this.requestBodyProblems(operation, headers, body)];
	}

	/** What is wrong with an answer; nothing where it keeps to the contract. */
	answerProblems(operation: Described, status: number, { body, headers }: WireMessage): string[] {
		const responses = operation.node.responses as Json;
		const key = String(status) in responses ? String(status) : status >= 400 ? 'default' : undefined;
		if (key === undefined) return [`answers ${status}, which is not described`];
		const { node, pointer } = this.resolve(`${operation.pointer}/responses/${escape(key)}`);
		return [
			...this.headerProblems(pointer, (node.headers ?? {}) as Json, headers),
			...this.contentProblems(pointer, node.content as Json | undefined, headers, body, 'answer'),
		];
	}

	private parameterProblems(operation: Described, url: string): string[] {
		const [requestPath, query = ''] = url.split('?');
		const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
		const values = expressionOf(this.basePath + operation.path).exec(requestPath)?.slice(1) ?? [];
		const inPath = new Map(names.map((name, at) => [name, [decodeURIComponent(values[at])]]));
		const sent = new URLSearchParams(query);
		const problems: string[] = [];
		for (const parameter of operation.parameters) {
			const { check, isList, name, required } = parameter;
			const given = parameter.in === 'path' ? (inPath.get(name) ?? []) : sent.getAll(name);
			if (given.length === 0) {
				if (required) problems.push(`lacks the parameter ${name}`);
				continue;
			}
			if (!isList && given.length > 1) problems.push(`gives the parameter ${name} ${given.length} times`);
			const value = { value: isList ? given : given[0] };
			if (!check(value)) problems.push(...describe(`parameter ${name}`, check.errors));
		}
		const known = new Set(operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name));
		for (const name of new Set(sent.keys())) {
			if (!known.has(name)) problems.push(`gives the parameter ${name}, which is not described`);
		}
		return problems;
	}

	private requestBodyProblems(operation: Described, headers: WireMessage['headers'], body: Buffer): string[] {
		const described = operation.node.requestBody as { content: Json; required?: boolean } | undefined;
		if (body.length === 0) return described?.required === true ? ['lacks its body'] : [];
		if (!described) return ['has a body, which is not described'];
		return this.contentProblems(`${operation.pointer}/requestBody`, described.content, headers, body, 'request');
	}

	private contentProblems(
		pointer: string,
		content: Json | undefined,
		headers: WireMessage['headers'],
		body: Buffer,
		what: string,
	): string[] {
		if (content === undefined) return body.length === 0 ? [] : [`has a body, and none is described for the ${what}`];
		if ('*/*' in content) return [];
		const type = String(headers['content-type'] ?? '').split(';')[0].trim();
		if (!(type in content)) return [`has a ${what} body of the type "${type}"`];
		// Forms are read by the sandbox; what matters of them are their parts.
		if (type !== 'application/json') return [];
		let value: unknown;
		try {
			value = JSON.parse(body.toString('utf8'));
		} catch {
			return [`has a ${what} body that is not JSON`];
		}
		const check = this.compile(this.ajv, `${pointer}/content/${escape(type)}/schema`);
		return check(value) ? [] : describe(`${what} body`, check.errors);
	}

	private headerProblems(pointer: string, described: Json, headers: WireMessage['headers']): string[] {
		return Object.keys(described).flatMap((name) => {
			const given = headers[name.toLowerCase()];
			if (given === undefined) return [];
			const header = this.resolve(`${pointer}/headers/${escape(name)}`);
			const check = this.compileText(`${header.pointer}/schema`);
			return check({ value: given }) ? [] : describe(`header ${name}`, check.errors);
		});
	}

	private readOperations(): Described[] {
		const paths = this.document.paths as Record<string, Json>;
		return Object.entries(paths).flatMap(([template, item]) =>
			METHODS.filter((method) => method in item).map((method): Described => {
				const pointer = `/paths/${escape(template)}`;
				const node = item[method] as Json;
				const scope = node['x-scope'] as string | { name: string; 'x-mark': Mark };
				const mark = node['x-mark'] as Mark;
				return {
					method: method.toUpperCase(),
					path: template,
					mark,
					scope: typeof scope === 'string' ? scope : scope.name,
					scopeMark: typeof scope === 'string' ? mark : scope['x-mark'],
					pointer: `${pointer}/${method}`,
					node,
					parameters: [
						...this.readParameters(`${pointer}/parameters`, item.parameters),
						...this.readParameters(`${pointer}/${method}/parameters`, node.parameters),
					],
				};
			}),
		);
	}

	private readParameters(pointer: string, list: unknown): Parameter[] {
		return (Array.isArray(list) ? list : []).map((_, at): Parameter => {
			const found = this.resolve(`${pointer}/${at}`);
			return {
				name: String(found.node.name),
				in: found.node.in as Parameter['in'],
				required: found.node.required === true,
				isList: (found.node.schema as Json).type === 'array',
				isDoubtful: found.node['x-mark'] !== 'documented' || found.node['x-inferred'] !== undefined,
				check: this.compileText(`${found.pointer}/schema`),
			};
		});
	}

	/** The node that a reference such as `#/components/schemas/Lead` leads to. */
	at(reference: string): Json {
		return this.resolve(reference.slice(1)).node;
	}

	/** The schemas that the body of an operation may have: those among which it chooses, or the only one; an empty one if it has no body. */
	bodies({ requestBody }: Json): Json[] {
		const content = (requestBody as { content: Json } | undefined)?.content['application/json'];
		const { schema = {} } = (content ?? {}) as { schema?: Json };
		return ((schema.oneOf ?? [schema]) as Json[]).map((one) => this.followed(one));
	}

	/**
	 * The records in an answer: the components that its schema leads to, and not what those lead to.
	 * @param status e.g. `200`
	 */
	records({ pointer }: Described, status: string): Json[] {
		const { node } = this.resolve(`${pointer}/responses/${status}`);
		const found: Json[] = [];
		const look = (inner: unknown): void => {
			if (typeof inner !== 'object' || inner === null) return;
			if (typeof (inner as Json).$ref === 'string') found.push(this.followed(inner as Json));
			else Object.values(inner).forEach(look);
		};
		look(node.content);
		return found;
	}

	private followed(node: Json): Json {
		return typeof node.$ref === 'string' ? this.at(node.$ref) : node;
	}

	/** The node at a pointer, with a reference followed. */
	private resolve(pointer: string): { node: Json; pointer: string } {
		const node = pointer
			.split('/')
			.slice(1)
			.reduce<unknown>((parent, key) => (parent as Json)[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.document) as Json;
		return typeof node.$ref === 'string' ? this.resolve(node.$ref.slice(1)) : { node, pointer };
	}

	private compile(ajv: Ajv2020, pointer: string): ValidateFunction {
		const found = this.compiled.get(pointer) ?? ajv.compile({ $ref: `file#${encodeURI(pointer)}` });
		this.compiled.set(pointer, found);
		return found;
	}

	/** The schema of something that arrives as text; wrapped, because only a property can be turned into a number. */
	private compileText(pointer: string): ValidateFunction {
		return this.ajvOfText.compile({ type: 'object', properties: { value: { $ref: `file#${encodeURI(pointer)}` } } });
	}
}

/** Lets objects have the properties that are listed and no others, unless the file says otherwise. */
function close(node: unknown, seen: Set<unknown>): void {
	if (typeof node !== 'object' || node === null || seen.has(node)) return;
	seen.add(node);
	const schema = node as Json;
	const isObject = schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'));
	if (isObject && schema.properties !== undefined) schema.additionalProperties ??= false;
	for (const inner of Object.values(schema)) close(inner, seen);
}

function describe(what: string, errors: readonly ErrorObject[] | null | undefined): string[] {
	return (errors ?? []).map(
		({ instancePath, message, params }) => `${what}${instancePath.replace(/^\/value/, '')} ${message ?? ''} ${JSON.stringify(params)}`,
	);
}

function escape(key: string): string {
	return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function expressionOf(template: string): RegExp {
	const source = template
		.split(/\{\w+\}/)
		.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('([^/]+)');
	return new RegExp(`^${source}$`);
}

function variableParts({ path: template }: Described): number {
	return template.split('{').length - 1;
}

export const CONTRACTS = {
	salesOs: new Contract('salesos.yaml'),
	outboundSync: new Contract('outboundsync.yaml', '/api/v1'),
} as const;

export type VendorName = keyof typeof CONTRACTS;

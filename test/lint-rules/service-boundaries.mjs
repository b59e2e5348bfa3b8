import { dirname, relative, resolve, sep } from 'node:path';
import { ownerOf } from '../package/services.mjs';

const SHIPPED = /^(nodes|credentials)\//;

/** The one kind of module specifier a static rule can follow: a plain string. */
function specifierOf(node) {
	if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
	if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) {
		return node.quasis[0].value.cooked;
	}
	return null;
}

/**
 * Keeps the sources splittable by service: a service's files never import another service's,
 * shared files import no service's, and shipped files import nothing that is not shipped.
 */
export default {
	meta: {
		type: 'problem',
		docs: { description: 'Keep services apart, and shared code free of them' },
		messages: {
			otherService: '{{from}} may not import {{target}}: it belongs to {{owner}}.',
			notShipped: '{{target}} is not part of the shipped package.',
		},
		schema: [],
	},
	create(context) {
		const root = context.cwd;
		const toPath = (file) => relative(root, file).split(sep).join('/');
		const file = toPath(context.filename);
		if (!SHIPPED.test(file)) return {};
		const fileOwner = ownerOf(file);

		function check(node) {
			const specifier = specifierOf(node);
			if (!specifier?.startsWith('.')) return;
			const target = toPath(resolve(dirname(context.filename), specifier));
			// A folder's own index ('nodes/SalesOs') belongs to that folder.
			const owner = ownerOf(`${target}/`);
			if (!SHIPPED.test(`${target}/`)) {
				context.report({ node, messageId: 'notShipped', data: { target } });
			} else if (owner !== null && owner !== fileOwner) {
				const from = fileOwner ?? 'Shared code';
				context.report({ node, messageId: 'otherService', data: { from, target, owner } });
			}
		}

		return {
			ImportDeclaration: (node) => check(node.source),
			ImportExpression: (node) => check(node.source),
			ExportNamedDeclaration: (node) => check(node.source),
			ExportAllDeclaration: (node) => check(node.source),
			TSImportType: (node) => check(node.source ?? node.argument?.literal),
			TSExternalModuleReference: (node) => check(node.expression),
			'CallExpression[callee.name="require"]': (node) => check(node.arguments[0]),
			'CallExpression[callee.object.name="require"]': (node) => check(node.arguments[0]),
		};
	},
};

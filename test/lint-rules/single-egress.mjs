// n8n's request helpers. `request` alone is also an ordinary word, so it counts on `helpers` only.
const REQUEST_HELPER = /^(httpRequest|requestWithAuthentication|requestOAuth)/;
const ANY_REQUEST = /request/i;

/** The name behind `x.name`, `x['name']` or `{ name: … }`; null where it is computed. */
function staticName(key, computed) {
	if (!computed && key.type === 'Identifier') return key.name;
	if (key.type === 'Literal') return String(key.value);
	if (key.type === 'TemplateLiteral' && key.expressions.length === 0) {
		return key.quasis[0].value.cooked;
	}
	return null;
}

/** `helpers`, `this.helpers`, `context['helpers']`, and each of them behind a cast. */
function isHelpers(node) {
	switch (node?.type) {
		case 'Identifier':
			return node.name === 'helpers';
		case 'MemberExpression':
			return staticName(node.property, node.computed) === 'helpers';
		case 'ChainExpression':
		case 'TSAsExpression':
		case 'TSTypeAssertion':
		case 'TSNonNullExpression':
		case 'TSSatisfiesExpression':
			return isHelpers(node.expression);
		default:
			return false;
	}
}

/** The value that a destructuring pattern takes apart, as far as it can be read off the source. */
function isHelpersPattern(pattern) {
	const { parent } = pattern;
	if (parent.type === 'VariableDeclarator') return isHelpers(parent.init);
	if (parent.type === 'AssignmentExpression') return isHelpers(parent.right);
	return parent.type === 'Property' && staticName(parent.key, parent.computed) === 'helpers';
}

/** Keeps one door to the network: only the file this rule is switched off for may send requests. */
export default {
	meta: {
		type: 'problem',
		docs: { description: 'Only the HTTP exchange may use n8n\'s request helpers' },
		messages: {
			egress: 'Only nodes/shared/http/exchange.ts may use "{{name}}": send through the client.',
			dynamic: 'A helper chosen at run time may be a request helper: name it.',
		},
		schema: [],
	},
	create(context) {
		function check(node, key, computed, onHelpers) {
			const name = staticName(key, computed);
			if (name === null) {
				if (onHelpers) context.report({ node, messageId: 'dynamic' });
			} else if ((onHelpers ? ANY_REQUEST : REQUEST_HELPER).test(name)) {
				context.report({ node, messageId: 'egress', data: { name } });
			}
		}

		return {
			MemberExpression(node) {
				check(node.property, node.property, node.computed, isHelpers(node.object));
			},
			ObjectPattern(node) {
				const onHelpers = isHelpersPattern(node);
				for (const property of node.properties) {
					if (property.type !== 'Property') continue;
					check(property.key, property.key, property.computed, onHelpers);
				}
			},
		};
	},
};

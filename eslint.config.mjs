import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import js from '@eslint/js';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import serviceBoundaries from './test/lint-rules/service-boundaries.mjs';
import singleEgress from './test/lint-rules/single-egress.mjs';

const NODES = ['nodes/**/*.ts'];
const CREDENTIALS = ['credentials/**/*.ts'];
const SHIPPED = [...NODES, ...CREDENTIALS];
const TESTS = ['test/**/*.ts'];
const TYPESCRIPT = [...SHIPPED, 'sandbox/**/*.ts', ...TESTS];
const MODULES = ['*.mjs', '{sandbox,test}/**/*.mjs'];
const COMMONJS = ['*.js', '{sandbox,test}/**/*.js'];
const MANIFEST = ['package.json'];

export default tseslint.config(
	{ ignores: ['dist/', '.cache/', 'coverage/'] },
	// The official scanner reads past disabling comments, so a comment that hides something hides it from us alone.
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },

	{
		files: TYPESCRIPT,
		extends: [js.configs.recommended, tseslint.configs.strict],
		languageOptions: {
			parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			eqeqeq: 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			// As the compiler has it: an underscore says that a parameter is there for its place only.
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			// A promise nobody waits for is a request nobody counts and an error nobody sees.
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			// A decision table must name every case, or a new one slips through it.
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
		},
	},
	{
		// A rejection that leaves a try block unawaited passes its catch by. Shipped code only:
		// in a server a reply can be awaited and yet must not be.
		files: SHIPPED,
		rules: { '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'] },
	},
	// Tests load compiled files the way n8n does, by require.
	{ files: TESTS, rules: { '@typescript-eslint/no-require-imports': 'off' } },
	{
		files: MODULES,
		extends: [js.configs.recommended],
		languageOptions: { globals: globals.node },
		rules: { eqeqeq: 'error' },
	},
	{
		files: COMMONJS,
		extends: [js.configs.recommended],
		languageOptions: { sourceType: 'commonjs', globals: globals.node },
		rules: { eqeqeq: 'error' },
	},

	// n8n's own rules, wired as the official scanner wires them.
	{
		files: [...SHIPPED, ...MANIFEST],
		plugins: n8nCommunityNodesPlugin.configs.recommended.plugins,
		rules: { ...n8nCommunityNodesPlugin.configs.recommended.rules, 'no-console': 'error' },
	},
	{
		files: [...SHIPPED, ...MANIFEST],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
	},
	{
		// The rules read an object literal, which the TypeScript parser makes of a JSON file.
		files: MANIFEST,
		languageOptions: { parser: tseslint.parser },
		rules: n8nNodesBase.configs.community.rules,
	},
	{
		files: CREDENTIALS,
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// Documentation pages of n8n's own repository only.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// The community plugin's credential-password-field judges the same more exactly.
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: NODES,
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// They know the string 'main' only; the community plugin asks for NodeConnectionTypes.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// The vendors do have maximums.
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},

	// Our own: what may import what, and one door to the network.
	{
		files: SHIPPED,
		plugins: {
			house: {
				rules: { 'service-boundaries': serviceBoundaries, 'single-egress': singleEgress },
			},
		},
		rules: {
			'house/service-boundaries': 'error',
			'house/single-egress': 'error',
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							regex: '^(?!\\.{1,2}/|n8n-workflow$|node:crypto$)',
							message: 'Shipped code runs with n8n-workflow and node:crypto only.',
						},
					],
				},
			],
			'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'],
		},
	},
	{ files: ['nodes/shared/http/exchange.ts'], rules: { 'house/single-egress': 'off' } },
);

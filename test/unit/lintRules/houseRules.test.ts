import { spawnSync } from 'node:child_process';
import path from 'node:path';

interface Finding {
	ruleId: string | null;
	message: string;
}

interface Snippet {
	filePath: string;
	code: string;
}

const root = path.resolve(__dirname, '../../..');

/** Lints every snippet in one run of ESLint with the package's own configuration. */
function lint(snippets: Snippet[]): Finding[][] {
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['test/lint-rules/lintSnippets.mjs'],
		{ cwd: root, input: JSON.stringify(snippets), encoding: 'utf8' },
	);
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout) as Finding[][];
}

const BOUNDARIES = 'house/service-boundaries';
const EGRESS = 'house/single-egress';
const IMPORTS = 'no-restricted-imports';

const salesOs = 'nodes/SalesOs/resources/lead/create.ts';
const outboundSync = 'nodes/OutboundSync/resources/account/getMe.ts';
const client = 'nodes/shared/http/exchange.ts';
const quota = 'nodes/shared/http/quota.ts';
const credential = 'credentials/SalesOsOAuth2Api.credentials.ts';

const violations: Array<[rule: string, filePath: string, code: string]> = [
	[BOUNDARIES, salesOs, `import { x } from '../../../OutboundSync/service'; x();`],
	[BOUNDARIES, salesOs, `import type { X } from '../../../OutboundSync/service'; export type Y = X;`],
	[BOUNDARIES, salesOs, `export { x } from '../../../OutboundSync/service';`],
	[BOUNDARIES, salesOs, `export * from '../../../OutboundSync';`],
	[BOUNDARIES, salesOs, `export const x = import('../../../OutboundSync/service');`],
	[BOUNDARIES, salesOs, `export type X = import('../../../OutboundSync/service').X;`],
	[BOUNDARIES, salesOs, `export const x = require('../../../OutboundSync/service');`],
	[BOUNDARIES, salesOs, `export const x = require.resolve('../../../OutboundSync/service');`],
	[BOUNDARIES, salesOs, `import x = require('../../../OutboundSync/service'); x();`],
	[BOUNDARIES, salesOs, `import { x } from '../../../shared/../OutboundSync/service'; x();`],
	[BOUNDARIES, outboundSync, `import { x } from '../../../SalesOs/service'; x();`],
	[BOUNDARIES, outboundSync, `import '../../../../credentials/SalesOsSignedApi.credentials';`],
	[BOUNDARIES, quota, `import { x } from '../../SalesOs/service'; x();`],
	[BOUNDARIES, quota, `import { x } from '../../OutboundSync/service'; x();`],
	[BOUNDARIES, client, `import { x } from '../../SalesOs/service'; x();`],
	[BOUNDARIES, credential, `import { x } from '../nodes/OutboundSync/service'; x();`],
	[BOUNDARIES, salesOs, `import { x } from '../../../../sandbox/salesos'; x();`],
	[BOUNDARIES, quota, `import { x } from '../../../test/clock'; x();`],

	[EGRESS, salesOs, `export function f(this: C) { return this.helpers.httpRequest({ url: '' }); }`],
	[EGRESS, salesOs, `export const f = (c: C) => c.helpers.httpRequestWithAuthentication.call(c, '', {});`],
	[EGRESS, salesOs, `export const f = (c: C) => c.helpers?.requestWithAuthentication('', {});`],
	[EGRESS, salesOs, `export const f = (c: C) => c['helpers']['requestOAuth2']('', {});`],
	[EGRESS, salesOs, `export const f = (c: C) => c.helpers.request({});`],
	[EGRESS, salesOs, 'export const f = (c: C) => c.helpers[`httpRequest`]({});'],
	[EGRESS, salesOs, `export const f = (c: C, name: 'httpRequest') => c.helpers[name]({});`],
	[EGRESS, salesOs, `export const f = (c: C) => (c.helpers as H).request({});`],
	[EGRESS, salesOs, `export function f(c: C) { const { httpRequest } = c.helpers; return httpRequest({}); }`],
	[EGRESS, salesOs, `export function f(c: C) { const { request: send } = c.helpers; return send({}); }`],
	[EGRESS, salesOs, `export function f(c: C) { const { helpers: { request } } = c; return request({}); }`],
	[EGRESS, salesOs, `export function f({ helpers: { request } }: C) { return request({}); }`],
	[EGRESS, salesOs, `export function f({ helpers }: C) { return helpers.request({}); }`],
	[EGRESS, salesOs, `export function f(c: C) { const h = c.helpers; return h.httpRequest({}); }`],
	[EGRESS, quota, `export const f = (c: C) => c.helpers.httpRequest({});`],
	[EGRESS, 'nodes/shared/webhook/exchange.ts', `export const f = (c: C) => c.helpers.httpRequest({});`],
	[EGRESS, credential, `export const f = (c: C) => c.helpers.httpRequest({});`],
	['no-restricted-globals', salesOs, `export const f = () => fetch('https://example.com');`],

	[IMPORTS, client, `import axios from 'axios'; axios.get('');`],
	[IMPORTS, salesOs, `import { sortBy } from 'lodash'; sortBy([]);`],
	[IMPORTS, salesOs, `import { readFileSync } from 'node:fs'; readFileSync('');`],
	[IMPORTS, salesOs, `import { request } from 'node:https'; request('');`],
	[IMPORTS, salesOs, `import { x } from 'n8n-workflow/dist/x'; x();`],
];

const clean: Array<[filePath: string, code: string]> = [
	[salesOs, `import { send } from '../../../shared/http/client'; import { service } from '../../service'; send(service);`],
	[outboundSync, `import type { Operation } from '../../../shared/operation/operation'; export type O = Operation;`],
	[quota, `import { clock } from './clock'; import { NodeApiError } from 'n8n-workflow'; clock(NodeApiError);`],
	[quota, `import { createHmac } from 'node:crypto'; createHmac('sha256', '');`],
	[credential, `import { baseUrls } from '../nodes/SalesOs/service'; baseUrls();`],
	[client, `export const f = (c: C) => c.helpers.httpRequestWithAuthentication.call(c, '', {});`],
	[salesOs, `export const f = (c: C) => c.helpers.returnJsonArray([c.getNodeParameter('request', 0)]);`],
	[salesOs, `export const f = (operation: O) => operation.request({ body: {} });`],
	[salesOs, `export function f({ request, path }: O) { return request(path); }`],
	[salesOs, `export const f = (waits: W, name: string) => waits[name];`],
	['test/unit/x.test.ts', `import { x } from '../../nodes/OutboundSync/service'; import { y } from '../../nodes/SalesOs/service'; x(y);`],
	['test/unit/x.test.ts', `export const f = (c: C) => c.helpers.httpRequest({});`],
];

describe('the rules of this package', () => {
	const found = lint([
		...violations.map(([, filePath, code]) => ({ filePath, code })),
		...clean.map(([filePath, code]) => ({ filePath, code })),
	]);

	test.each(violations.map((violation, index) => [...violation, index] as const))(
		'%s refuses in %s: %s',
		(rule, _filePath, _code, index) => {
			expect(found[index]?.map(({ ruleId }) => ruleId)).toContain(rule);
		},
	);

	test.each(clean.map((snippet, index) => [...snippet, violations.length + index] as const))(
		'nothing is refused in %s: %s',
		(_filePath, _code, index) => {
			expect(found[index]).toEqual([]);
		},
	);

	it('says which import crosses which line', () => {
		expect(found[0]).toContainEqual({
			ruleId: BOUNDARIES,
			message: 'SalesOs may not import nodes/OutboundSync/service: it belongs to OutboundSync.',
		});
	});
});

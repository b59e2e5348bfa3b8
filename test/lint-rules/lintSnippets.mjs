// Lints snippets with this package's own configuration, as if they stood in the named files.
// stdin: JSON [{ filePath, code }]; stdout: JSON, one array of { ruleId, message } a snippet.
// A process of its own, because ESLint loads its configuration by import(), which jest's CommonJS sandbox refuses.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// Under NODE_ENV=test, which jest hands on, eslint-plugin-n8n-nodes-base takes every file for a node.
delete process.env.NODE_ENV;

const root = new URL('../..', import.meta.url).pathname;
// Snippets are no files of the TypeScript project, so rules that need types cannot run on them.
const eslint = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });

const found = [];
for (const { filePath, code } of JSON.parse(await text(process.stdin))) {
	const [result] = await eslint.lintText(code, { filePath });
	found.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify(found));

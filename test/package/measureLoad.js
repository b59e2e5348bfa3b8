// Prints how many milliseconds it takes to require all node files of an unpacked package, n8n-workflow
// being loaded already, as it is when n8n starts. By the clock, because that is what n8n's start waits
// for; processor time also counts what V8's own threads still do about n8n-workflow.
const { createRequire } = require('node:module');
const path = require('node:path');

const packageDir = path.resolve(process.argv[2]);
const load = createRequire(path.join(packageDir, 'package.json'));
load('n8n-workflow');
const { nodes } = load('./package.json').n8n;

const startMs = performance.now();
for (const node of nodes) load(`./${node}`);
console.log(performance.now() - startMs);

// Prints how many milliseconds of processor time it takes to require all node files of an unpacked
// package, n8n-workflow being loaded already, as it is when n8n starts. Processor time, because it is
// what the package costs; the clock on the wall also counts what else the machine is doing.
const { createRequire } = require('node:module');
const path = require('node:path');

const packageDir = path.resolve(process.argv[2]);
const load = createRequire(path.join(packageDir, 'package.json'));
load('n8n-workflow');
const { nodes } = load('./package.json').n8n;

const start = process.cpuUsage();
for (const node of nodes) load(`./${node}`);
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1000);

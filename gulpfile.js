const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, src } = require('gulp');
const { n8n, peerDependencies } = require('./package.json');
const { target } = require('./tsconfig.json').compilerOptions;

// What n8n reads beside the compiled nodes: icons, codex files and output previews.
const ASSETS = ['nodes', 'credentials'].flatMap((folder) => [
	`${folder}/**/*.{svg,png}`,
	`${folder}/**/*.node.json`,
	`${folder}/**/__schema__/**/*.json`,
]);
// The compiled files that n8n looks for; each has to export the class of its own name.
const ENTRIES = [...n8n.nodes, ...n8n.credentials].map((file) => ({
	file,
	className: path.posix.basename(file).split('.')[0],
	source: file.replace(/^dist\/(.+)\.js$/, './$1'),
}));
const BUNDLE = 'dist/nodes/bundle.js';

/**
 * All code goes into one file: reading many small ones takes n8n's start longer than running them.
 * One for all nodes, so that they share what they keep in memory (quotas, replay guards), and not
 * minified, so that whoever reviews the package can read it.
 */
async function bundle() {
	await esbuild.build({
		stdin: {
			contents: ENTRIES.map(
				({ className, source }) => `export { ${className} } from '${source}';`,
			).join('\n'),
			sourcefile: 'entries',
			resolveDir: __dirname,
		},
		bundle: true,
		outfile: BUNDLE,
		platform: 'node',
		format: 'cjs',
		target,
		external: Object.keys(peerDependencies),
		charset: 'utf8',
		banner: { js: "'use strict';" },
	});
}

/** Where n8n looks for a class, and by that path for its icons, codex and output previews. */
async function entries() {
	for (const { file, className } of ENTRIES) {
		const folder = path.posix.dirname(file);
		const request = path.posix.relative(folder, BUNDLE);
		mkdirSync(folder, { recursive: true });
		writeFileSync(
			file,
			`'use strict';\n\nexports.${className} = require('${request}').${className};\n`,
		);
	}
}

function assets() {
	// encoding: false keeps the bytes; gulp 5 would otherwise read a PNG as UTF-8 and damage it.
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.build = parallel(bundle, entries, assets);

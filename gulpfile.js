const { src, dest } = require('gulp');

// What n8n reads beside the compiled nodes: icons, codex files and output previews.
const ASSETS = ['nodes', 'credentials'].flatMap((folder) => [
	`${folder}/**/*.{svg,png}`,
	`${folder}/**/*.node.json`,
	`${folder}/**/__schema__/**/*.json`,
]);

function build() {
	// encoding: false keeps the bytes; gulp 5 would otherwise read a PNG as UTF-8 and damage it.
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.build = build;

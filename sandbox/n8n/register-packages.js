/**
 * Runs inside n8n, as one of its external hooks (EXTERNAL_HOOK_FILES): records every package that lies in n8n's
 * nodes folder in n8n's database, by the very call that ends n8n's own installation of a community package.
 *
 * Without these rows n8n loads the nodes, but Settings > Community nodes does not list the package, and its nodes
 * carry no sign of being community nodes in the editor.
 */
const { createRequire } = require('node:module');
const { join } = require('node:path');

async function registerPackages() {
	const requireFromN8n = createRequire(require.main.filename);
	const { Container } = requireFromN8n('@n8n/di');
	const { InstanceSettings } = requireFromN8n('n8n-core');
	const { LoadNodesAndCredentials } = requireFromN8n('../dist/load-nodes-and-credentials.js');
	const { CommunityPackagesService } = requireFromN8n(
		'../dist/modules/community-packages/community-packages.service.js',
	);
	const service = Container.get(CommunityPackagesService);
	const folder = join(Container.get(InstanceSettings).nodesDownloadDir, 'node_modules');

	for (const loader of Object.values(Container.get(LoadNodesAndCredentials).loaders)) {
		// Some of n8n's own loaders read no directory.
		if (!loader.directory?.startsWith(folder)) continue;
		const { name } = loader.packageJson;
		const recorded = await service.findInstalledPackage(name);
		if (recorded && describeRecorded(recorded) === describeLoaded(loader)) continue;
		if (recorded) await service.removePackageFromDatabase(recorded);
		await service.persistInstalledPackage(loader);
	}
}

/** Version and nodes: a package rebuilt under the same version may have gained a node. */
function describeRecorded({ installedVersion, installedNodes }) {
	return [installedVersion, ...installedNodes.map(({ type }) => type).sort()].join(' ');
}

function describeLoaded({ packageJson, loadedNodes }) {
	return [packageJson.version, ...loadedNodes.map(({ name }) => `${packageJson.name}.${name}`).sort()].join(' ');
}

module.exports = { n8n: { ready: [registerPackages] } };

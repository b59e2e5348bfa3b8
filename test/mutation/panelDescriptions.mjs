import { PluginKind, declareValuePlugin } from '@stryker-mutator/api/plugin';

const GROUND = 'describes a field of the editor; n8n’s lint rules and the tests in the engine and the editor judge it';

/** Whether an object literal has all of the given keys. */
function has({ node }, ...keys) {
	if (node.type !== 'ObjectExpression') return false;
	const own = new Set(node.properties.map(({ key }) => key?.name ?? key?.value));
	return keys.every((key) => own.has(key));
}

/** A field, or a group of fields, as n8n's editor shows it: data that no unit test can tell right from wrong. */
const panelDescriptions = {
	shouldIgnore(path) {
		return has(path, 'displayName', 'name') ? GROUND : undefined;
	},
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'panel-descriptions', panelDescriptions)];

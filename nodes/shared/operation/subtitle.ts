import type { Operation } from './operation';
import type { Resource } from './properties';

/**
 * What the canvas shows below a node's name, in the words of the panel: "Get Many: Deal". An
 * expression can reach the parameters' values alone ("getAll: deal"), so this one brings the words along.
 */
export function operationSubtitle(resources: readonly Resource[], operations: readonly Operation[]): string {
	const labels = new Map(resources.map(({ id, label }) => [id, label]));
	const subtitles = operations.map(({ name, resource, value }) => [
		`${resource} ${value}`,
		`${name}: ${labels.get(resource) ?? resource}`,
	]);
	return `={{ (${JSON.stringify(Object.fromEntries(subtitles))})[$parameter["resource"] + " " + $parameter["operation"]] }}`;
}

import type { INodeProperties } from 'n8n-workflow';

/** The field of a collection that is itself a field, not a choice or a section. */
function innerFields({ options = [] }: INodeProperties): INodeProperties[] {
	return options.filter((option): option is INodeProperties => 'type' in option);
}

/**
 * A field that the node has, but not the tool that n8n makes of the node for AI agents: one that only
 * matters in runs of many items, that is about files, or that must not be left to a model. In a tool
 * its default holds.
 *
 * The field is hidden in tools, not shown in nodes: an n8n that does not know the name `@tool` then
 * goes on to show it.
 */
export function notInTools(field: INodeProperties): INodeProperties {
	const { displayOptions } = field;
	return { ...field, displayOptions: { ...displayOptions, hide: { ...displayOptions?.hide, '@tool': [true] } } };
}

/** The field as it is, but not in tools if it is a collection of fields that are all not there. */
export function withoutEmptyCollection(field: INodeProperties): INodeProperties {
	const inner = field.type === 'collection' ? innerFields(field) : [];
	return inner.length > 0 && inner.every(isNotInTools) ? notInTools(field) : field;
}

function isNotInTools({ displayOptions }: INodeProperties): boolean {
	return displayOptions?.hide?.['@tool']?.includes(true) ?? false;
}

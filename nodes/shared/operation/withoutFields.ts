import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../http/retryHint';

/** A copy of a record without certain fields, wherever in it they stand. */
export function withoutFields(record: IDataObject, isDropped: (name: string, value: unknown) => boolean): IDataObject {
	const clean = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(clean);
		return isRecord(value) ? withoutFields(value as IDataObject, isDropped) : value;
	};
	return Object.fromEntries(
		Object.entries(record)
			.filter(([name, value]) => !isDropped(name, value))
			.map(([name, value]) => [name, clean(value)]),
	) as IDataObject;
}

import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/http/retryHint';

/** A delivery in one shape, whichever of the vendor's envelopes it came in. */
export interface SalesOsEvent {
	readonly id: string | undefined;
	readonly type: string;
	/** When it happened, as the vendor wrote it. */
	readonly timestamp: unknown;
	readonly version: unknown;
	readonly tenant: unknown;
	readonly data: IDataObject;
}

/**
 * Reads both documented envelopes: `{id, type, version, ts, tenant, data}` and the older
 * `{event_id, event_type, timestamp, data}`.
 */
export function readEnvelope(payload: Readonly<Record<string, unknown>>): SalesOsEvent {
	const { data, event_id: oldId, event_type: oldType, id, tenant, timestamp, ts, type, version } = payload;
	return {
		id: textOf(id) ?? textOf(oldId),
		type: textOf(type) ?? textOf(oldType) ?? '',
		timestamp: ts ?? timestamp,
		version,
		tenant,
		data: isRecord(data) ? (data as IDataObject) : {},
	};
}

/** The item that the workflow gets. */
export function itemOf({ data, id, tenant, timestamp, type, version }: SalesOsEvent): IDataObject {
	const envelope = { id, type, timestamp, version, tenant };
	const known = Object.entries(envelope).filter(([, value]) => value !== undefined);
	return { ...(Object.fromEntries(known) as IDataObject), data };
}

/** Only events whose record matches; an absent filter matches all. */
export interface EventFilter {
	readonly ownerId?: string;
	readonly teamId?: string;
	readonly stageId?: string;
	readonly stageName?: string;
	readonly minValue?: number;
}

/**
 * Whether an event's record passes the filter. A record that does not carry the field at all does
 * not pass: better to miss what cannot be told than to flood a workflow that asked for less.
 */
export function matches({ data }: SalesOsEvent, { minValue, ownerId, stageId, stageName, teamId }: EventFilter): boolean {
	const stage = isRecord(data.stage) ? data.stage.id : data.stage_id;
	const team = isRecord(data.team) ? data.team.id : data.team_id;
	const owner = isRecord(data.owner) ? data.owner.id : data.owner_id;
	return (
		(ownerId === undefined || same(owner, ownerId)) &&
		(teamId === undefined || same(team, teamId)) &&
		(stageId === undefined || same(stage, stageId)) &&
		(stageName === undefined || (isRecord(data.stage) && same(data.stage.name, stageName))) &&
		(minValue === undefined || Number(data.value ?? Number.NaN) >= minValue)
	);
}

function same(found: unknown, wanted: string): boolean {
	return String(found).toLowerCase() === wanted.toLowerCase();
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
